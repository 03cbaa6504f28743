"""The database is stopped in the middle of an act: the answer says so and what next, and the act is done once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from jianheng.services.ledger.models import Entry
from jianheng.services.people import readings
from jianheng.services.people.models import Account
from jianheng.services.procedures import acting
from jianheng.services.procedures.models import ActRecord

pytestmark = pytest.mark.django_db(transaction=True)
SCREENING = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}


class Server:
    """The database server as this test's connection meets it: others of the same run go on with theirs."""

    def __init__(self, nowhere: Path) -> None:
        self.nowhere, self.usual = str(nowhere), connection.settings_dict["HOST"]

    def stop(self) -> None:
        """End the connection as a server that shuts down does (57P01), and let nobody in."""
        pid = connection.connection.info.backend_pid
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [pid])
        connection.settings_dict["HOST"] = self.nowhere

    def start(self) -> None:
        """Let everybody in again."""
        connection.settings_dict["HOST"] = self.usual
        connection.close()  # as a served request does when it is over


@pytest.fixture
def server(db, tmp_path) -> Iterator[Server]:
    """The server, running again afterwards."""
    found = Server(tmp_path)
    yield found
    found.start()


@pytest.fixture
def stops_when_writing(server, monkeypatch) -> Callable[[], None]:
    """A switch: the next act finds the database gone when it is about to be written."""
    usual = acting._write

    def write(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(acting, "_write", usual)
        server.stop()
        return usual(*given, **named)

    return lambda: monkeypatch.setattr(acting, "_write", write)


def test_an_act_broken_off_can_be_sent_again_and_is_done_once(played, cast, server, stops_when_writing) -> None:
    case = played(before="entrustment.screen")
    entries = Entry.objects.count()
    key = str(uuid.uuid4())

    def send() -> Any:
        return Client(raise_request_exception=False).post(
            f"/api/v1/entrustment/{case.root_id}/screen",
            SCREENING,
            content_type="application/json",
            headers={"Authorization": f"Bearer {cast['judge']['token']}", "Idempotency-Key": key, "If-Match": '"1"'},
        )

    stops_when_writing()
    broken_off, still_away = send(), send()
    server.start()
    first, second = send(), send()

    for answer in (broken_off, still_away):
        told = answer.json()
        assert (answer.status_code, told["code"]) == (503, "DATABASE_AWAY")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Retry-After"] == "5"
        assert "Idempotency-Key" in told["reasons"][0]["next_step"]
    assert first.status_code == second.status_code == 201
    assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
    assert first.json()["entry"] == second.json()["entry"]
    assert ActRecord.objects.filter(matter_id=case.root_id, code="screen").count() == 1
    assert Entry.objects.filter(matter_id=case.root_id, kind="act").count() == 2
    assert Entry.objects.count() > entries


def test_a_form_broken_off_can_be_sent_again_as_it_was(played, browser, server, stops_when_writing) -> None:
    case = played(before="entrustment.screen")
    client = browser("judge", raise_request_exception=False)
    form = {**SCREENING, "technique_reliable": "on", "_key": str(uuid.uuid4()), "_seen": "1", "_sure": "yes"}
    address = f"/desk/matters/{case.root_id}/acts/screen/"

    stops_when_writing()
    broken_off, while_away = client.post(address, form), client.get("/desk/")
    server.start()
    first, second = client.post(address, form), client.post(address, form)

    for page in (broken_off, while_away):
        text = page.content.decode()
        assert page.status_code == 503
        assert "DATABASE_AWAY" in text
        assert "重新提交同一份表单" in text
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert ActRecord.objects.filter(matter_id=case.root_id, code="screen").count() == 1


def test_a_load_balancer_is_told(server) -> None:
    assert Account.objects.count() == 0
    client = Client(raise_request_exception=False)

    server.stop()
    away = client.get("/healthz").status_code
    server.start()

    assert (away, client.get("/healthz").status_code) == (503, 200)


def test_a_reading_that_cannot_be_noted_is_refused_in_the_form_it_was_asked_in(
    played, cast, server, monkeypatch
) -> None:
    case = played(before="entrustment.screen")
    usual = readings._write

    def note(*given: Any, **named: Any) -> Any:
        server.stop()
        return usual(*given, **named)

    monkeypatch.setattr(readings, "_write", note)
    client = Client(raise_request_exception=False)

    answer = client.get(
        f"/api/v1/matters/{case.root_id}", headers={"Authorization": f"Bearer {cast['judge']['token']}"}
    )

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "DATABASE_AWAY"

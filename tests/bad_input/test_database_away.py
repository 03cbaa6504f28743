"""The database is stopped in the middle of an act: the answer says so and what next, and the act is done once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jianheng.config import pytest_server
from jianheng.config.postgres import Server
from jianheng.services.ledger.models import Entry
from jianheng.services.people.models import Account
from jianheng.services.procedures import acting
from jianheng.services.procedures.models import ActRecord

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not pytest_server._server, reason="the server is not ours to stop"),
]
SCREENING = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}


@pytest.fixture
def server() -> Iterator[Server]:
    """The run's own server, running again afterwards."""
    found = pytest_server._server[0]
    yield found
    found.start()
    connection.close()


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
            headers={"Authorization": f"Bearer {cast['judge']['token']}", "Idempotency-Key": key},
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
    connection.close()  # as a served request does when it is over

    assert (away, client.get("/healthz").status_code) == (503, 200)

"""What a client is told when a fault falls into a refusal."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from jianheng.services.jobs import api as jobs
from jianheng.services.pages.refusals import refusal_of
from jianheng.services.people import api as people


@pytest.mark.django_db
def test_a_refusal_that_a_full_disk_keeps_from_being_noted_is_still_a_problem_and_no_page(cast, monkeypatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("could not extend file: No space left on device")

    monkeypatch.setattr(people, "note_access", full)
    headers = {"Authorization": f"Bearer {cast['judge']['token']}"}

    answer = Client(raise_request_exception=False).post(
        "/api/v1/entrustment", {}, content_type="application/json", headers=headers
    )

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "DATABASE_AWAY"
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_while_an_act_asks_for_a_job_is_the_database_away_and_no_trouble() -> None:
    pid = connection.cursor().connection.info.backend_pid
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [pid])

    with pytest.raises(OperationalError) as away:
        jobs.defer("documents.produce", document_id=1)
    connection.close()

    assert refusal_of(away.value).code == "DATABASE_AWAY"

"""What a client is told when a fault falls into a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

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

"""What is asked for together is written together, and only if the whole ends well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from jianheng.services.jobs import api as jobs

pytestmark = pytest.mark.django_db


def waiting() -> list[tuple[int, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute("select (args->>'n')::int, lock from procrastinate_jobs where task_name = 'a' order by id")
        return cursor.fetchall()


def asked_for(*numbers: int) -> None:
    for number in numbers:
        jobs.defer("a", lock=f"lock {number}", n=number)


@pytest.fixture
def statements() -> Any:
    """What is sent to the database."""
    told: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        told.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield told


def test_a_job_alone_is_written_at_once() -> None:
    asked_for(1)

    assert waiting() == [(1, "lock 1")]


def test_many_are_one_statement_at_the_end_in_the_order_they_were_asked_for(statements) -> None:
    with jobs.together():
        asked_for(3, 1)
        with jobs.together():
            asked_for(2)
        assert statements == []

    assert len(statements) == 1
    assert waiting() == [(3, "lock 3"), (1, "lock 1"), (2, "lock 2")]


def test_nothing_asked_for_is_no_statement(statements) -> None:
    with jobs.together():
        pass

    assert statements == []


def test_what_fails_leaves_no_job_behind_and_what_goes_on_keeps_its_own() -> None:
    with jobs.together():
        asked_for(1)
        with pytest.raises(ValueError, match="inner"), jobs.together():
            asked_for(2)
            raise ValueError("inner")
        asked_for(3)
    assert [number for number, _ in waiting()] == [1, 3]

    with pytest.raises(ValueError, match="outer"), jobs.together():
        asked_for(4)
        raise ValueError("outer")
    asked_for(5)

    assert [number for number, _ in waiting()] == [1, 3, 5]

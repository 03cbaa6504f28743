"""An act costs the database few statements, whatever it decides, issues and tells (architecture: at most ten)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from jianheng.services.procedures import api as procedures

CEILING = 10
ABOVE = {
    "draw": 24,  # proved from the log, pulse and order, every institution judged again, two papers
    "commit_list": 22,  # judged, weighed, announced; the earlier order, the history and the alarm asked for
    "accept": 11,  # two papers: the number of each is a statement
    "file": 12,  # two persons and every phone, once as offered and once as chosen; the unit's number
    "issue": 12,  # likewise, and whose keys of their own are in force
    "register_material": 11,  # a case number and a paper
    "assign": 14,  # asks for the qualified, once as offered and once as chosen, and for the day the work is due
    "submit_plan": 11,  # a number, and whether whoever signs has a key of their own
    "review_acceptance": 11,  # likewise
    "rate": 11,  # likewise
}


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[int]]]:
    """Statements by act; an act that follows from another on its own matter counts for itself."""
    told: dict[str, list[int]] = defaultdict(list)
    running: list[int] = []

    def wrapped(carry: Callable[..., Any]) -> Callable[..., Any]:
        def count(*given: Any, **named: Any) -> Any:
            running.append(0)
            try:
                receipt = carry(*given, **named)
            finally:
                spent = running.pop()
            told[receipt.act].append(spent)
            return receipt

        return count

    def noticed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if running and "SAVEPOINT" not in sql:  # of the test's own transaction
            running[-1] += 1
        return execute(sql, *rest)

    monkeypatch.setattr(procedures, "perform", wrapped(procedures.perform))
    monkeypatch.setattr(procedures, "begin", wrapped(procedures.begin))
    with connection.execute_wrapper(noticed):
        yield told


def test_an_act_takes_no_more_statements_than_its_ceiling(played, monkeypatch) -> None:
    with counting(monkeypatch) as told:
        played()

    above = {act: max(spent) for act, spent in told.items() if max(spent) > ABOVE.get(act, CEILING)}

    assert above == {}
    assert sorted(told) and sum(map(sum, told.values())) / sum(map(len, told.values())) <= 8


def test_no_ceiling_is_raised_without_need(played, monkeypatch) -> None:
    with counting(monkeypatch) as told:
        played()

    assert {act: ceiling for act, ceiling in ABOVE.items() if max(told[act]) <= ceiling - 2} == {}

"""Two sizes are compared in the same minutes: each question goes to its own database, and the usual one comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from jianheng.config import cast, registers
from jianheng.config.bench import acts, budgets, growth, population
from jianheng.services.procedures import api as procedures

FEW, MORE = 20, 60


@pytest.fixture
def kept(transactional_db: None, settings, tmp_path: Path) -> Iterator[tuple[BaseDatabaseWrapper, int]]:  # type: ignore[no-untyped-def]
    """The cast with a few matters, kept; beside it the same with more; and a matter of both."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    registers.load_courts()
    cast.make(tmp_path / "accounts.json")
    matter_id = procedures.begin("entrustment", by=acts.clerk(), given=population.GIVEN).matter_id
    population.grow(FEW)
    kept = growth.keep()
    population.grow(MORE)
    try:
        yield kept, matter_id
    finally:
        kept.close()
        with connection.cursor() as cursor:
            cursor.execute(f"drop database {growth.KEPT}")


def test_the_same_is_asked_of_both_databases_in_turns(
    kept: tuple[BaseDatabaseWrapper, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "TIMES", 10)
    fewest, matter_id = kept
    before = _acts(connection, matter_id)

    told = growth.beside(fewest, matter_id)

    assert list(told) == ["act", *growth.FLAT]
    assert all(one["ratio"] == round(one["ours"] / one["fewest"], 2) for one in told.values())
    assert _acts(connection, matter_id) == _acts(fewest, matter_id) == before + 20
    assert population.size() == MORE
    assert _asked(fewest, "select count(*) from procedures_matter") == FEW


def test_what_grows_is_judged_by_the_turns_at_the_largest_size() -> None:
    same = {"ours": 1.0}
    told = {
        "reading (ms)": {"work list": same, "work list of another court": same},
        "beside the fewest (ms)": {"act": {"ratio": 1.3}, "work list": {"ratio": 1.3}},
    }

    act, work_list, _ = budgets._growing({"10": {}, "1000": told})

    assert act == ("act at 1000 matters, times 10", 1.3, 1.2, False)
    assert work_list == ("work list at 1000 matters, times 10", 1.3, 1.5, False)


def _acts(database: object, matter_id: int) -> int:
    return _asked(database, f"select acts from procedures_matter where id = {matter_id}")


def _asked(database: object, sql: str) -> int:
    with database.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql)
        return int(cursor.fetchone()[0])

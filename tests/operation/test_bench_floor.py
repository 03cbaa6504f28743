"""The floor acts are compared with is honest: by hand the same rows are written, column by column."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jianheng.config import cast, registers
from jianheng.config.bench import acts, population
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

# What is another in every act: numbers, moments, chance, and what is computed from them.
OWN = {"id", "seq", "acts", "matter_id", "root_id", "at", "added_at", "created_at", "opened_at", "last_act_at"}
CHANCE = {"entry", "entry_id", "salt", "commitment", "body", "leaf_hash", "key", "hash", "batch"}


@pytest.fixture
def judge(db: None, settings, tmp_path: Path) -> people.Actor:  # type: ignore[no-untyped-def]
    """The judge of the cast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    registers.load_courts()
    cast.make(tmp_path / "accounts.json")
    return acts.clerk()


def _rows(matter_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row that any table holds of a matter."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select table_name from information_schema.columns
               where table_schema = 'public' and column_name = 'matter_id' order by 1"""
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"select to_jsonb(t) from {table} t where matter_id = %s", [matter_id])
            found[table] = [json.loads(row) for (row,) in cursor.fetchall()]
        for row in found["ledger_change"]:
            row["key"] = row["hash"]  # which row it is of has its own number
        cursor.execute("select to_jsonb(m) from procedures_matter m where id = %s", [matter_id])
        found["procedures_matter"] = [json.loads(row) for (row,) in cursor.fetchall()]
        cursor.execute(
            """select to_jsonb(p) from ledger_pending p join ledger_entry e on e.id = p.entry_id
               where e.matter_id = %s""",
            [matter_id],
        )
        found["ledger_pending"] = [json.loads(row) for (row,) in cursor.fetchall()]
    return found


def _written(write: Any, matter_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows that are there after and were not before, without what is another in every act, sizes instead."""
    before = _rows(matter_id)
    write()
    return {
        table: [_plain(row) for row in rows if row not in before[table]] for table, rows in _rows(matter_id).items()
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in OWN | CHANCE}
    return kept | {f"size of {name}": len(row[name]) for name in CHANCE & row.keys()}


def test_by_hand_the_rows_of_an_act_are_written(judge: people.Actor) -> None:
    begun = procedures.begin("entrustment", by=judge, given=population.GIVEN).matter_id
    ours = _written(
        lambda: procedures.perform(begun, act="add_material", by=judge, given=acts.ITEM, key=uuid.uuid4().hex), begun
    )

    floor = _written(lambda: acts.by_hand(begun, judge, uuid.uuid4().hex), begun)

    assert floor == ours
    assert {table for table, rows in ours.items() if rows} == {
        "procedures_matter",
        "procedures_actrecord",
        "files_caseitem",
        "ledger_change",
        "ledger_entry",
        "ledger_pending",
        "events_outboxevent",
    }

"""A log of its own for each test, and the hands of an attacker."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import TestCase, override_settings

from jianheng.services.ledger import api, export, sequencer
from jianheng.services.ledger.tests.world import populated

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def log_of_its_own(settings, tmp_path):
    """Every test signs with a fresh key under a name of its own."""
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.pem"
    settings.JIANHENG_LEDGER_ORIGIN = "jianheng.test/log"


@pytest.fixture(autouse=True)
def log_from_its_beginning(request):
    """The log of every test is empty at first: what migrations put into it is taken out again."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("db")
        empty_the_log()


def empty_the_log():
    """Whatever stands in it, within the test's own transaction."""
    with as_attacker() as cursor:
        for table in ("ledger_pending", "ledger_leaf", "ledger_change", "ledger_entry", "ledger_checkpoint"):
            cursor.execute(f"delete from {table}")


@pytest.fixture(scope="session", autouse=True)
def emptying_after_a_committed_test():
    """Tests that really commit are followed by a truncate of every table, which the log's triggers would refuse."""
    usual = DatabaseOperations.sql_flush

    def sql_flush(operations, *given, **named):
        statements = usual(operations, *given, **named)
        return ["set session_replication_role = replica", *statements, "set session_replication_role = origin"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


def an_entry(number=0, **changes):
    """An entry one millisecond later per number, so that numbers tell the order."""
    given = {"region": "440000", "matter_id": number, "data": {"n": number}}
    return api.entry("test", **given | changes, now=NOW + timedelta(milliseconds=number))


def append_many(count, first=0):
    """That many entries, written in one go."""
    made = [an_entry(number) for number in range(first, first + count)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "select ledger_append(%s, %s, %s, %s, %s, %s, %s, %s)",
            [(e.id, e.region, e.kind, e.matter_id, e.body, e.leaf_hash, e.digest, e.at) for e in made],
        )
    return made


def seal(limit=10_000, now=NOW):
    """Run the sequencer until nothing waits."""
    while sequencer.run_once(now, limit):
        pass


@contextmanager
def as_attacker():
    """A superuser who has switched the triggers off for this session."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        yield cursor
        cursor.execute("set session_replication_role = origin")


@pytest.fixture
def world(db, monkeypatch):
    """The registry of :mod:`world`, logged, alone in the registry of exports."""
    monkeypatch.setattr(export, "_registered", {})
    made = populated()
    api.register_export("acts", made.export_acts)
    api.register_export("documents", made.export_documents)
    return made


@dataclass
class Original:
    """An honest export, made once and then only copied, with what its readers kept."""

    export: Path
    key_file: Path
    key: str
    checkpoint: str
    receipts: list[dict[str, Any]]  # of acts, in order


@pytest.fixture(scope="session")
def original(tmp_path_factory, django_db_setup, django_db_blocker):
    """Made in a transaction that is rolled back."""
    home = tmp_path_factory.mktemp("original")
    named = {"JIANHENG_LEDGER_KEY_FILE": home / "ledger.pem", "JIANHENG_LEDGER_ORIGIN": "jianheng.test/log"}
    with django_db_blocker.unblock(), override_settings(**named), pytest.MonkeyPatch.context() as patch:
        atomics = TestCase._enter_atomics()
        try:
            patch.setattr(export, "_registered", {})
            empty_the_log()
            made = populated()
            api.register_export("acts", made.export_acts)
            api.register_export("documents", made.export_documents)
            api.export(home / "export")
            receipts = [api.receipt(act["entry"]) for act in made.acts]
            return Original(home / "export", home / "ledger.pem", api.public_key(), api.checkpoint(), receipts)
        finally:
            TestCase._rollback_atomics(atomics)

"""What a mark says of a database is so, whoever is writing at that moment."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from jianheng.config.commands import backup
from jianheng.config.postgres import Server
from jianheng.config.safekeeping import source
from jianheng.config.safekeeping.source import Source, segment_number


@pytest.fixture(scope="module")
def database() -> Iterator[Source]:
    """A server of these tests' own: a position in the log is a whole server's, and other tests write to theirs."""
    place = Path(tempfile.mkdtemp(prefix="jianheng-source-"))
    place.chmod(0o755)
    server = Server(place / "data", durable=False)
    try:
        server.start()
        yield Source(server.dsn)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)


def test_a_mark_is_quiet_where_nobody_writes(database) -> None:
    mark = database.mark(count=True)

    assert mark.quiet
    assert mark.log is None


def test_a_mark_is_not_quiet_while_the_newest_transaction_is_open(database, monkeypatch) -> None:
    """Its number lies beyond the upper bound of any snapshot; what it commits may be in the log before it is seen."""
    monkeypatch.setattr(source, "QUIET_TRIES", 3)

    with psycopg.connect(database.dsn) as writer:
        writer.execute("select pg_current_xact_id()")

        assert not database.mark(count=False).quiet


@pytest.mark.parametrize(
    ("one", "next_one", "megabytes"),
    [
        ("000000010000000000000001", "000000010000000000000002", 16),
        ("0000000100000000000000FF", "000000010000000100000000", 16),
        ("000000010000000200000003", "000000010000000300000000", 1024),
    ],
)
def test_segments_follow_each_other_over_the_edge_of_their_names(one, next_one, megabytes) -> None:
    size = megabytes * 2**20

    assert segment_number(next_one, size) == segment_number(one, size) + 1


def test_a_slot_tells_from_which_segment_the_log_can_still_be_had(database, tmp_path) -> None:
    spool, slot = tmp_path / "spool", "jianheng_backup_test"
    try:
        assert database.hold(slot, spool) == "", "a slot just made continues nothing"
        for _ in range(3):
            first = database.hold(slot, spool)
            fetched = database.fetch(slot, spool, database.beat()[1])
            assert fetched[0].name[:24] == first
            assert database.hold(slot, spool) == first

            with psycopg.connect(database.dsn, autocommit=True) as writer:
                writer.execute("select pg_logical_emit_message(true, 'test', 'before'), pg_switch_wal()")
            assert len(database.fetch(slot, spool, database.beat()[1])) > len(fetched)
            for path in spool.iterdir():
                path.unlink()
        database.release(slot)
        assert database.hold(slot, spool) == "", "nor does one made again"
    finally:
        database.release(slot)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "trouble", [psycopg.OperationalError("server closed"), OSError(28, "No space left on device")]
)
def test_backing_up_at_intervals_goes_on_after_a_run_that_could_not_be_made(capsys, trouble) -> None:
    with backup._next_time():
        raise trouble

    assert "稍后再试" in capsys.readouterr().err


@pytest.mark.django_db
def test_tables_that_only_grow_are_those_no_row_of_which_may_go_nor_change() -> None:
    """Jobs that are done are deleted: that there are fewer than at the mark is no loss."""
    connection.ensure_connection()

    found, kept = source.tables(connection.connection)

    assert {"public.procedures_actrecord", "public.ledger_entry", "public.documents_document"} <= set(kept)
    assert not [name for name in kept if "procrastinate" in name]
    assert set(kept) <= set(found)

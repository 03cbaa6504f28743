"""The running database as the backup sees it: a replication slot, base backups, write-ahead log, marks.

Works alike for the private server and for any server given by a DSN, through the replication protocol: the account
needs REPLICATION. The slot keeps the server from discarding log that was not fetched yet; what was fetched waits in a
spool directory until it is in the archive, so that a run that fails loses none of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jianheng.config.postgres import programs
from jianheng.config.safekeeping.errors import BackupSourceError
from jianheng.config.safekeeping.manifest import Mark
from jianheng.kernel import canonical

CHUNK_BYTES = 1024 * 1024
SEGMENT_LETTERS = 24
QUIET_TRIES = 150
FLUSH_PATIENCE_SECONDS = 20.0
SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?|[0-9A-F]{8}\.history")

_TABLES = """
select format('%I.%I', n.nspname, c.relname),
       exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgtype & 26 = 26)  -- before, delete, update
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1
"""
_WRITERS = "select count(*) from pg_locks where locktype = 'transactionid' and pid is distinct from pg_backend_pid()"
_HERE = "select pg_current_wal_insert_lsn()::text, clock_timestamp()"
_SLOT = "select wal_status, pg_walfile_name(restart_lsn + 1) from pg_replication_slots where slot_name = %s"
_LOG = "select size, encode(root, 'hex'), note from ledger_checkpoint order by size desc limit 1"


def the_row(connection: psycopg.Connection[Any], sql: str, *given: str) -> tuple[Any, ...]:
    """The row of a question that always has one."""
    found: tuple[Any, ...] | None = connection.execute(sql, given or None).fetchone()
    assert found is not None
    return found


def tables(connection: psycopg.Connection[Any]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Rows by table, and the tables that only grow: those with a trigger that stands before update and delete alike."""
    known = connection.execute(_TABLES).fetchall()
    counts = {name: the_row(connection, f"select count(*) from {name}")[0] for name, _ in known}  # noqa: S608 - names quoted by the server
    return counts, tuple(name for name, kept in known if kept)


def log_state(connection: psycopg.Connection[Any]) -> dict[str, Any] | None:
    """The newest checkpoint of the platform's log; ``None`` while there is none."""
    if connection.execute("select to_regclass('ledger_checkpoint')").fetchone() == (None,):
        return None
    found = connection.execute(_LOG).fetchone()
    return {"size": found[0], "root": found[1], "note": found[2]} if found else None


@dataclass(frozen=True)
class Source:
    """A database by its libpq address."""

    dsn: str

    def connect(self) -> psycopg.Connection[Any]:
        """A connection outside any transaction; refuses when the server does not answer."""
        try:
            return psycopg.connect(self.dsn, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as error:
            raise BackupSourceError(f"数据库连接不上：{str(error).strip()}") from error

    def about(self) -> dict[str, Any]:
        """What a restore must know of the server: version, its identity, names of database and account."""
        with self.connect() as connection:
            row = connection.execute(
                "select current_setting('server_version_num')::int, s.system_identifier::text, current_database(), "
                "current_user, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), "
                "pg_size_bytes(current_setting('wal_segment_size')) from pg_control_system() s"
            ).fetchone()
        names = ("version", "identifier", "database", "user", "timeline", "segment_bytes")
        return dict(zip(names, row or (), strict=True))

    def hold(self, slot: str, spool: Path) -> str:
        """Make sure the slot is there; returns the name of the first segment of the log that can still be had.

        "" where the slot is new or the server has discarded its log: what it keeps begins somewhere after the end of
        what was fetched before, and what the spool held is of no use.
        """
        with self.connect() as connection, _explained():
            status = connection.execute(_SLOT, [slot]).fetchone()
            if status is None or status[0] in {None, "lost"}:
                if status:
                    connection.execute("select pg_drop_replication_slot(%s)", [slot])
                connection.execute("select pg_create_physical_replication_slot(%s, true)", [slot])
                shutil.rmtree(spool, ignore_errors=True)
                return ""
        waiting = [path.name[:SEGMENT_LETTERS] for path in segments_in(spool) if path.suffix != ".history"]
        return min([*waiting, str(status[1])])

    def release(self, slot: str) -> None:
        """Let the server discard log again; nothing happens where there is no such slot."""
        with self.connect() as connection, _explained():
            connection.execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %s", [slot]
            )

    def _command(self, program: str) -> tuple[list[str], dict[str, str]]:
        given = conninfo_to_dict(self.dsn)
        password = str(given.pop("password", "") or "")
        environment = os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
        return [str(programs() / program), "-d", make_conninfo("", **given), "--no-password"], environment

    def base(self) -> Iterator[bytes]:
        """A base backup as one tar stream, with PostgreSQL's own manifest in it; refuses when it breaks off."""
        command, environment = self._command("pg_basebackup")
        command += ["-D", "-", "-Ft", "-X", "none", "--checkpoint=fast", "--manifest-checksums=SHA256"]
        with tempfile.TemporaryFile() as said:
            running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said)  # noqa: S603
            assert running.stdout is not None
            try:
                while piece := running.stdout.read(CHUNK_BYTES):
                    yield piece
                status = running.wait()
            finally:
                running.stdout.close()
                running.kill()
                running.wait()
            if status:
                said.seek(0)
                raise BackupSourceError(f"基础备份没有完成：{said.read()[-500:].decode('utf-8', 'replace').strip()}")

    def mark(self, *, count: bool) -> Mark:
        """Where the log stands and what is in the database there; waits a moment for one without writers.

        Quiet is: nobody held a transaction number after the position was read, and the position was still the same when
        the snapshot had been taken. Then nothing was committed in between, and nothing that is committed in the log
        is still invisible. A snapshot alone does not tell: numbers beyond its upper bound are not in its list.
        """
        with self.connect() as connection:
            for tries in range(QUIET_TRIES):
                before = _position(connection)
                writers = connection.execute(_WRITERS).fetchone()
                connection.execute("begin isolation level repeatable read read only")
                lsn, now = the_row(connection, _HERE)
                quiet = writers == (0,) and before == lsn
                if quiet or tries == QUIET_TRIES - 1:
                    break
                connection.execute("rollback")
                time.sleep(0.01)
            rows, kept = tables(connection) if count else ({}, ())
            log = log_state(connection)
            connection.execute("commit")
        return Mark(canonical.instant(now), lsn, quiet, rows, kept, log)

    def beat(self) -> tuple[datetime, str]:
        """Commit something that changes nothing, so that every instant before it can be restored to.

        Returns an instant just before that commit, and the log position up to which it must be fetched.
        """
        with self.connect() as connection:
            now: datetime = the_row(connection, "select clock_timestamp()")[0]
            connection.execute("select pg_logical_emit_message(true, 'jianheng', 'backup')")
            reached = _position(connection)
            deadline = time.monotonic() + FLUSH_PATIENCE_SECONDS
            while not the_row(connection, "select pg_current_wal_flush_lsn() >= %s::pg_lsn", reached)[0]:
                if time.monotonic() > deadline:
                    raise BackupSourceError("数据库没有在规定时间内写出预写日志。")
                time.sleep(0.05)
        return now, reached

    def fetch(self, slot: str, spool: Path, reached: str) -> list[Path]:
        """Bring the write-ahead log up to a position into the spool; returns its segments, oldest first."""
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        command, environment = self._command("pg_receivewal")
        command += ["-D", str(spool), "-S", slot, "--no-loop", f"--endpos={_just_before(reached)}"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise BackupSourceError(f"预写日志没有取完：{done.stderr[-500:].strip()}")
        return segments_in(spool)


def segments_in(spool: Path) -> list[Path]:
    """The segments and timeline histories in a directory, oldest first."""
    return sorted(path for path in spool.glob("*") if SEGMENT.fullmatch(path.name))


def segment_number(name: str, segment_bytes: int) -> int:
    """The place of a segment in its timeline: names count 4 GiB in the middle, segments at the end."""
    return int(name[8:16], 16) * (2**32 // segment_bytes) + int(name[16:24], 16)


def _position(connection: psycopg.Connection[Any]) -> str:
    return str(the_row(connection, "select pg_current_wal_insert_lsn()::text")[0])


def _just_before(position: str) -> str:
    """One byte earlier: the receiver goes on until it is past the position it was given."""
    high, low = (int(half, 16) for half in position.split("/"))
    before = (high << 32 | low) - 1
    return f"{before >> 32:X}/{before & 0xFFFFFFFF:X}"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.Error as error:
        raise BackupSourceError(f"数据库不允许备份：{str(error).strip()}") from error

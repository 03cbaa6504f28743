"""A pytest plugin: one private PostgreSQL server for the whole run, started before Django looks for it.

Workers of a parallel run inherit its address; a run with ``-p no:django`` needs none, nor does one that is given
``JIANHENG_DSN``. Nothing is left behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from jianheng.config.postgres import Server
from jianheng.connectors.demonstration.beacon import Beacon

_server: list[Server] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> None:
    """Start the server and say where it is; a property test fails for what is false, never for what is slow."""
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")
    home = (
        Path(tempfile.gettempdir()) / f"jianheng-test-{os.geteuid()}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    )
    os.environ["JIANHENG_HOME"] = str(home)
    if os.environ.get("JIANHENG_DSN") or "no:django" in args or "-pno:django" in args:
        return
    place = Path(tempfile.mkdtemp(prefix="jianheng-pg-"))
    place.chmod(0o755)
    _server.append(Server(place / "data", durable=False))
    _server[0].start()
    os.environ["JIANHENG_DSN"] = _server[0].dsn


@pytest.fixture(autouse=True)
def a_log_of_its_own() -> None:
    """Every test begins with an empty log: the mark of the one before would forbid signing it."""
    (Path(os.environ["JIANHENG_HOME"]) / "keys" / "ledger.mark").unlink(missing_ok=True)


@pytest.fixture
def empty_log(db: None) -> None:
    """Nothing in the log: what migrations put into it is taken out again, in the test's own transaction."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        for table in ("ledger_pending", "ledger_leaf", "ledger_change", "ledger_entry", "ledger_checkpoint"):
            cursor.execute(f"delete from {table}")  # noqa: S608 - our own names
        cursor.execute("set session_replication_role = origin")


def pytest_sessionstart() -> None:
    """Draws of this run are decided by a beacon of its own; programs it starts are told nothing of it."""
    from django.conf import settings as house

    if _server or os.environ.get("JIANHENG_DSN"):
        Beacon.ensure(Path(os.environ["JIANHENG_HOME"]) / "keys" / "beacon")
        house.JIANHENG_BEACON_CHAIN = str(Path(os.environ["JIANHENG_HOME"]) / "keys" / "beacon" / "chain.json")


def pytest_unconfigure() -> None:
    """Stop the server and remove its data."""
    while _server:
        server = _server.pop()
        server.stop()
        shutil.rmtree(server.data.parent, ignore_errors=True)

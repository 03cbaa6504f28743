"""A database of every released state is brought up to this version: nothing is lost, receipts hold, work goes on.

The dumps hold one whole case and three under way, of the demonstration's cast; the keys beside them signed those logs
and nothing else.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jianheng.config import postgres

DUMPS = Path(__file__).parent / "dumps"
RELEASED = ("2026-11-22", "0.1.0")


@pytest.fixture(scope="module", params=RELEASED)
def upgraded(request, tmp_path_factory) -> Iterator[dict[str, Any]]:
    version = request.param
    home, target = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("target")
    (home / "keys").mkdir(mode=0o700)
    shutil.copy(DUMPS / f"{version}.pem", home / "keys" / "ledger.pem")
    (home / "keys" / "ledger.pem").chmod(0o600)
    (home / "demo").mkdir()
    (home / "demo" / "accounts.json").write_text("[]")  # the cast is in the dump
    server = os.environ["JIANHENG_DSN"]
    name = "upgrade_" + "".join(letter if letter.isdigit() else "_" for letter in version)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")
        connection.execute(f"create database {name} template template0")
    dsn = psycopg.conninfo.make_conninfo(server, dbname=name)
    subprocess.run(
        [str(postgres.programs() / "psql"), "--quiet", "-v", "ON_ERROR_STOP=1", "-d", dsn],
        input=gzip.decompress((DUMPS / f"{version}.sql.gz").read_bytes()),
        check=True,
        capture_output=True,
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("JIANHENG_", "DJANGO_"))}
    environment |= {
        "JIANHENG_HOME": str(home),
        "JIANHENG_DSN": dsn,
        "JIANHENG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.upgrades.upgraded", str(target)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    yield json.loads(done.stdout.splitlines()[-1])
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")


def test_every_case_keeps_the_name_of_its_court(upgraded) -> None:
    assert upgraded["courts"] == ["示例市示例区人民法院"] * 7


def test_the_log_goes_on_and_everything_before_still_verifies(upgraded) -> None:
    assert upgraded["problems"] == []
    assert upgraded["checked"]["acts"] > 100


def test_what_was_owed_is_still_owed_and_can_be_done(upgraded) -> None:
    assert upgraded["work"]["unheld"] == []
    assert upgraded["work"]["asked"] >= 3


def test_an_order_drawn_before_goes_on_and_no_list_announced_the_old_way_waits(upgraded) -> None:
    draws = upgraded["draws"]

    assert draws["orders"] >= 1
    assert draws["formats"] == ["jianheng-draw/1"]
    assert draws["astray"] == []
    assert (draws["versions"], draws["waiting"]) == ([2], 0)

"""Rolls a restored base backup forward, in a server of its own that only this account can reach."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from jianheng.config.postgres import START_PATIENCE_SECONDS, PostgresFault, Server, major_version, programs
from jianheng.config.safekeeping.choosing import Plan
from jianheng.config.safekeeping.errors import RestoreServerError

OURS = "postgresql.auto.conf"
FURTHER = {"hot_standby": "off", "archive_mode": "off", "ssl": "off", "wal_level": "replica"}
OPEN_TO_THE_SOCKET = "local all all trust\nlocal replication all trust\n"


def must_fit(version: int) -> None:
    """Refuse where the server's programs at hand are of another major version than the backup."""
    try:
        major = major_version()
    except PostgresFault as fault:
        raise RestoreServerError("这台机器上没有 PostgreSQL 服务器程序。") from fault
    if major != version // 10000:
        raise RestoreServerError(f"备份来自 PostgreSQL {version // 10000}，{programs()} 中的程序是 {major} 版。")


def recover(server: Server, log: Path, plan: Plan, say: Callable[[str], None] = lambda line: None) -> str:
    """Start, roll forward to what ``plan`` says, leave recovery; returns the DSN. ``log``: where the segments lie."""
    ours = server.place / OURS
    before = ours.read_text(encoding="utf-8") if ours.exists() else ""
    _make_reachable(server.place)
    ours.write_text(before + _recovery(log, plan), encoding="utf-8")
    (server.place / "recovery.signal").touch()
    try:
        server.adopt()
    except PostgresFault as fault:
        raise RestoreServerError(f"数据库的账户进不了恢复目录：{fault}") from fault
    begun = server.begin(FURTHER, wait=False)
    if begun.returncode:
        raise RestoreServerError(f"数据库没有启动：{begun.stdout}{begun.stderr}")
    about = plan.manifest.server
    where = make_conninfo(host=str(server.socket_directory), user=about["user"], dbname=about["database"])
    _wait(server, where, say)
    ours.write_text(before, encoding="utf-8")
    return (
        f"postgresql://{quote(about['user'])}@/{quote(about['database'])}?host={quote(str(server.socket_directory))}"
    )


def _make_reachable(data: Path) -> None:
    """A server whose settings lie elsewhere brings none in its base backup; whoever may enter the socket is let in."""
    (data / "pg_hba.conf").write_text(OPEN_TO_THE_SOCKET, encoding="utf-8")
    for name in ("postgresql.conf", "pg_ident.conf"):
        (data / name).touch()
    (data / "pg_wal" / "archive_status").mkdir(parents=True, exist_ok=True)


def _recovery(log: Path, plan: Plan) -> str:
    fetch = f'cp {shlex.quote(str(log))}/%f "%p"'
    settings: dict[str, Any] = {"restore_command": fetch, "recovery_target_timeline": "current"}
    if plan.exactly and plan.mark:
        settings |= {"recovery_target_lsn": plan.mark.lsn, "recovery_target_inclusive": "off"}
    elif plan.until:
        settings |= {"recovery_target_time": plan.until.isoformat()}
    if plan.exactly or plan.until:
        settings["recovery_target_action"] = "promote"
    return "".join(f"{name} = {_quoted(str(value))}\n" for name, value in settings.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _wait(server: Server, where: str, say: Callable[[str], None]) -> None:
    """Return when the server has left recovery; refuse with its own last words when it gave up.

    A server that was just started may not be seen for a moment; one that was seen and is no more has given up.
    """
    said, seen, patience = time.monotonic(), False, time.monotonic() + START_PATIENCE_SECONDS
    while True:
        try:
            with psycopg.connect(where, autocommit=True) as connection:
                row = connection.execute("select pg_is_in_recovery()").fetchone()
            if row and not row[0]:
                return
        except psycopg.OperationalError as error:
            running = server.running()
            seen = seen or running
            if not running and (seen or time.monotonic() > patience):
                last = server.log.read_text(encoding="utf-8", errors="replace").splitlines()[-6:]
                raise RestoreServerError("数据库恢复中断：" + "；".join(last)) from error
        if time.monotonic() - said > 10:
            say("正在重放预写日志……")
            said = time.monotonic()
        time.sleep(0.1)


def settings_of(home: Path, dsn: str, platform: Mapping[str, Any]) -> dict[str, str]:
    """The environment in which the platform's own commands look at what was restored, and at nothing else."""
    return {
        "JIANHENG_HOME": str(home),
        "JIANHENG_DSN": dsn,
        "JIANHENG_SECRET": "looking at what was restored",
        "JIANHENG_LEDGER_ORIGIN": platform["origin"],
        "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
    }

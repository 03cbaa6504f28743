"""``jianheng backup``: keep everything of the platform in an encrypted archive, once or at intervals."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from jianheng.kernel.errors import Refusal

if TYPE_CHECKING:
    from jianheng.config.safekeeping.keeping import Platform
    from jianheng.config.safekeeping.keyring import GivenKey
    from jianheng.config.safekeeping.manifest import Manifest


def register(commands: Any) -> None:
    """Add the verb."""
    backup = commands.add_parser("backup", help="备份：数据库、预写日志、文件 · encrypted backup")
    backup.add_argument("directory", type=Path, metavar="DIR", help="备份目录；不存在、为空，或者已有的备份")
    key_options(backup)
    backup.add_argument("--make-key", action="store_true", help="密钥文件不存在时生成一份")
    backup.add_argument("--base-every", type=float, default=7, metavar="DAYS", help="隔多少天重做基础备份（默认 7）")
    backup.add_argument("--base-now", action="store_true", help="这次就重做基础备份")
    backup.add_argument("--every", type=float, metavar="SECONDS", help="不退出，每隔若干秒备份一次")
    backup.add_argument("--check", action="store_true", help="只检查已有的备份是否完好，不备份")
    backup.add_argument("--release", action="store_true", help="不再备份到这个目录：让数据库不再为它保留日志")
    backup.add_argument("--json", action="store_true")
    backup.set_defaults(run=_run)


def key_options(parser: argparse.ArgumentParser) -> None:
    """The two ways of giving the key."""
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--key-file", type=Path, help="密钥文件；默认 JIANHENG_BACKUP_KEY_FILE")
    ways.add_argument("--passphrase-file", type=Path, help="第一行是口令的文件；默认 JIANHENG_BACKUP_PASSPHRASE_FILE")


def given_key(given: argparse.Namespace) -> GivenKey:
    """The key the operator gave, on the command line or in the environment."""
    from jianheng.config.safekeeping import keyring
    from jianheng.config.safekeeping.errors import BackupKeyNeededError

    file, passphrase = given.key_file, given.passphrase_file
    if not file and not passphrase:
        file = os.environ.get("JIANHENG_BACKUP_KEY_FILE")
        passphrase = os.environ.get("JIANHENG_BACKUP_PASSPHRASE_FILE")
    if file:
        if getattr(given, "make_key", False):
            keyring.make(Path(file))
        return keyring.from_file(Path(file))
    if passphrase:
        return keyring.from_passphrase_file(Path(passphrase))
    raise BackupKeyNeededError


def platform() -> Platform:
    """The platform this command is run beside."""
    os.environ.setdefault("JIANHENG_HOME", str(Path("var").resolve()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    import importlib.metadata

    import django
    from django.conf import settings

    django.setup()
    from jianheng.config.safekeeping.keeping import Content, Platform
    from jianheng.config.safekeeping.source import Source
    from jianheng.services.files import api as files
    from jianheng.services.lawbook import api as lawbook
    from jianheng.services.ledger import api as ledger

    home = Path(settings.HOME)
    demonstration = (home / "demo").is_dir()  # what the home holds, whatever this command is told of it
    return Platform(
        home=home,
        database=Source(database_address(home)),
        about={
            "version": importlib.metadata.version("jianheng"),
            "origin": ledger.origin(),
            "log_key": ledger.public_key(),
            "demonstration": demonstration,
        },
        contents=lambda: (Content(sha256, f"files/{place}") for sha256, place in files.contents()),
        open_content=files.open_content,
        own={"law": lawbook.own_directory()} | ({"demo": home / "demo"} if demonstration else {}),
    )


def database_address(home: Path) -> str:
    """Who backs up: a role that may replicate and read everything, else the owner, else whoever the application is."""
    from jianheng.config.postgres import Server

    given = os.environ.get("JIANHENG_BACKUP_DSN") or os.environ.get("JIANHENG_OWNER_DSN")
    return given or os.environ.get("JIANHENG_DSN") or Server(home / "postgres").dsn


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.safekeeping import archive
    from jianheng.config.safekeeping.keeping import Keeper

    key = given_key(given)
    if given.check:
        return _check(archive.open_with(given.directory, key), given)
    if (given.directory / archive.ABOUT).exists():
        opened = archive.open_with(given.directory, key)
    else:
        opened = archive.make(given.directory, key)
    with opened.alone():
        keeper = Keeper(opened, platform(), (lambda line: None) if given.json else print)
        if given.release:
            keeper.platform.database.release(keeper.slot)
            print("数据库不再为这个备份目录保留日志；目录中的备份仍可恢复。")
            return 0
        done = keeper.run(base_every=timedelta(days=given.base_every), base_now=given.base_now)
        _tell(done, given)
        while given.every:
            time.sleep(given.every)
            with _next_time():
                _tell(keeper.run(base_every=timedelta(days=given.base_every), count=False), given)
    return 1 if done.lost else 0


@contextmanager
def _next_time() -> Iterator[None]:
    """A run that cannot be made, while the database restarts or the disk is full, is said, and tried again."""
    from django.db import Error, close_old_connections

    close_old_connections()
    try:
        yield
    except (Error, psycopg.Error, OSError, Refusal) as error:
        print(f"本次备份没有完成，稍后再试：{str(error).strip()}", file=sys.stderr, flush=True)


def _check(opened: Any, given: argparse.Namespace) -> int:
    from jianheng.config.safekeeping.errors import BackupDamagedError

    runs = opened.whole()
    parts = dict.fromkeys(part for run in runs for part in run.parts)
    if damaged := opened.damaged(parts):
        raise BackupDamagedError(f"备份中有文件损坏、被改动或者丢失：{'、'.join(damaged)}。", about=damaged[0])
    told = {"directory": str(given.directory), "runs": len(runs), "parts": len(parts), "reach": runs[-1].reach}
    if given.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"备份完好：{told['runs']} 次，{told['parts']} 个文件，可恢复到 {runs[-1].reach}。")
    return 0


def _tell(done: Manifest, given: argparse.Namespace) -> None:
    from jianheng.config.safekeeping.choosing import said
    from jianheng.kernel import canonical

    written = sum(part.sealed_size for part in done.parts)
    files = sum(part.role == "file" for part in done.parts)
    if given.json:
        told = {
            "archive": done.archive,
            "number": done.number,
            "base": done.base is not None,
            "reach": done.reach,
            "bytes": written,
            "files": files,
            "lost": list(done.lost),
            "keys": [dict(key) for key in done.keys],
        }
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    kind = "基础备份和预写日志" if done.base else "预写日志"
    reach = said(canonical.read_instant(done.reach))
    print(f"第 {done.number} 次备份完成：{kind}，新文件 {files} 份，{written / 2**20:.1f} MB，可恢复到 {reach}。")
    for sha256 in done.lost:
        print(f"注意：平台自己已丢失或者损坏文件 {sha256}，备份中没有它。")
    if done.base:
        print("备份中没有密钥。以下各项请按说明另行保管，恢复时放回：")
        for key in done.keys:
            print(f"  {key['place']}（指纹 {key['fingerprint'][:16]}）：{key['keep']}。")

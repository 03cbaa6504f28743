"""Restore: check everything, put it into an empty place, roll forward, and believe nothing before it is verified."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import RawIOBase
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg

from jianheng import verifier
from jianheng.config.postgres import Server
from jianheng.config.safekeeping import choosing, keys, recovering, source
from jianheng.config.safekeeping.archive import Archive
from jianheng.config.safekeeping.choosing import Plan
from jianheng.config.safekeeping.errors import (
    BackupDamagedError,
    RestoreKeyError,
    RestorePlaceError,
    RestoreServerError,
)
from jianheng.config.safekeeping.manifest import Mark, Part

Say = Callable[[str], None]
SCRATCH = ".restoring"


@dataclass
class Restored:
    """What came back: a running server at ``dsn``, rows by table, the log, and everything that is not as it should be."""

    home: Path
    server: Server
    plan: Plan
    dsn: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    log: dict[str, Any] | None = None
    files: int = 0
    verified: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> Path:
        """Where the write-ahead log waits to be rolled forward: beside the data, where the server can read it."""
        return self.server.place.parent / SCRATCH / "wal"

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Note how long a phase took."""
        began = time.monotonic()
        yield
        self.seconds[phase] = round(time.monotonic() - began, 3)


def restore(
    archive: Archive,
    home: Path,
    *,
    until: datetime | None = None,
    exactly: bool = False,
    only_needed: bool = False,
    keys_from: Path | None = None,
    durable: bool = True,
    say: Say = lambda line: None,
) -> Restored:
    """Restore into ``home`` and verify; the server is left running. What it refuses, it refuses before it begins.

    A failure on the way removes what was put there; what came back but did not verify stays, to be looked at.
    """
    runs = archive.whole()
    plan = choosing.plan(runs, until=until, exactly=exactly)
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise RestorePlaceError(f"恢复的目标 {home} 不是空目录。")
    recovering.must_fit(plan.manifest.server["version"])
    _must_be_the_keys(archive, plan, keys_from)
    made = Restored(home, Server(home / "postgres", durable=durable), plan)
    say("正在检查备份的每一个文件……")
    with made.timed("check"):
        every = plan.parts if only_needed else tuple(part for run in runs for part in run.parts)
        if damaged := archive.damaged(dict.fromkeys(every)):
            raise BackupDamagedError(f"备份中有文件损坏、被改动或者丢失：{'、'.join(damaged)}。", about=damaged[0])
    try:
        with made.timed("unpack"):
            say("正在解开备份……")
            _unpack(archive, made, keys_from)
        with made.timed("recover"):
            say("正在恢复数据库……")
            made.dsn = recovering.recover(made.server, made.waiting, plan, say)
    except BaseException:
        made.server.stop()
        _empty(home)
        raise
    try:
        with made.timed("verify"):
            say("正在核验……")
            _look(made)
            _verify(made)
    except BaseException:
        made.server.stop()
        raise
    for scratch in {home / SCRATCH, made.waiting.parent}:
        shutil.rmtree(scratch, ignore_errors=True)
    return made


def _empty(home: Path) -> None:
    for entry in home.iterdir() if home.is_dir() else ():
        if entry.is_symlink():  # the data, where the server could not have reached them here
            shutil.rmtree(entry.resolve().parent, ignore_errors=True)
            entry.unlink()
        else:
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink()


def _must_be_the_keys(archive: Archive, plan: Plan, keys_from: Path | None) -> None:
    for key in plan.manifest.keys:
        given = keys_from / key["place"] if keys_from else None
        if given and given.is_file() and keys.fingerprint(given, archive.secret) != key["fingerprint"]:
            raise RestoreKeyError(f"{given} 不是备份时的那一份密钥。", about=key["place"])


# --- putting it there -----------------------------------------------------------------------------------------


class _Reader(RawIOBase):
    """A stream of pieces as a file, for the tar reader."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._waiting = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._waiting = piece
        taken = self._waiting[: len(buffer)]
        buffer[: len(taken)] = taken
        self._waiting = self._waiting[len(taken) :]
        return len(taken)


def _unpack(archive: Archive, made: Restored, keys_from: Path | None) -> None:
    home, plan = made.home, made.plan
    home.mkdir(parents=True, exist_ok=True)
    made.server.settle()
    made.server.place.mkdir(mode=0o700, exist_ok=True)
    pieces = archive.read(plan.base)
    with tarfile.open(fileobj=_Reader(pieces), mode="r|") as tar:
        _extract(tar, made.server.place)
    for _ in pieces:  # to the end: only there is it known that nothing was cut off
        pass
    log = made.waiting
    log.mkdir(parents=True)
    for part in plan.wal:
        _write(archive, part, log / part.to)
    for part in (*plan.files, *plan.own):
        _write(archive, part, _inside(home, part.to))
    made.files = len(plan.files)
    if os.geteuid() == 0:
        for entry in (log.parent, log, *log.iterdir()):
            shutil.chown(entry, made.server.user)
    for key in plan.manifest.keys:
        given = keys_from / key["place"] if keys_from else None
        if given and given.is_file():
            _copy_key(given, _inside(home, key["place"]))


def _extract(tar: tarfile.TarFile, place: Path) -> None:
    """Directories and plain files below ``place``, closed to others; a base backup holds nothing else.

    Not ``extractall``: its filters are missing from some Pythons a distribution still ships.
    """
    for member in tar:
        if PurePosixPath(member.name).parts == ():
            continue
        path, content = _inside(place, member.name), tar.extractfile(member) if member.isfile() else None
        if content is not None:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
        elif member.isdir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            raise BackupDamagedError(f"基础备份中的“{member.name}”既不是文件也不是目录。", about=member.name)


def _inside(home: Path, place: str) -> Path:
    """A place below the home; what a manifest says was checked, and still does not reach outside."""
    parts = PurePosixPath(place).parts
    if not parts or ".." in parts or parts[0] == "/":
        raise BackupDamagedError(f"备份清单中的位置“{place}”不在恢复目录之内。")
    return home.joinpath(*parts)


def _write(archive: Archive, part: Part, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # as contents are kept
        for piece in archive.read(part):
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != part.sha256:
        raise BackupDamagedError(f"备份文件 {part.name} 的内容与清单不符。", about=part.name)


def _copy_key(given: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(given.read_bytes())


# --- believing it ---------------------------------------------------------------------------------------------


def _look(made: Restored) -> None:
    """Count, and compare with the mark and with the files."""
    with psycopg.connect(made.dsn, autocommit=True) as connection:
        made.tables, made.kept = source.tables(connection)
        made.log = source.log_state(connection)
        named = {row[0] for row in connection.execute("select sha256 from files_storedfile")}
    if made.plan.mark and made.plan.mark.tables:
        made.problems += differences(made.plan.mark, made.tables, exactly=made.plan.exactly)
    missing = named - {part.sha256 for part in made.plan.files}
    made.problems += [f"数据库所记的文件 {sha256} 不在备份中。" for sha256 in sorted(missing)]


def differences(mark: Mark, found: dict[str, int], *, exactly: bool) -> list[str]:
    """Where the rows found are not those of the mark: every table at the mark itself, else none of the growing less."""
    if exactly and mark.quiet:
        names = sorted({*mark.tables, *found})
        wrong = [name for name in names if mark.tables.get(name) != found.get(name)]
    else:
        wrong = [name for name in mark.kept if found.get(name, 0) < mark.tables[name]]
    return [f"表 {name} 应有 {mark.tables.get(name)} 行，恢复出 {found.get(name)} 行。" for name in wrong]


def _verify(made: Restored) -> None:
    """Let the independent verifier judge an export of what was restored, against the checkpoint of the mark."""
    platform = made.plan.manifest.platform
    (made.home / SCRATCH).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=made.home / SCRATCH) as scratch:
        exported, known = Path(scratch) / "export", None
        command = [sys.executable, "-m", "jianheng.config.cli", "ledger", "export", str(exported)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JIANHENG_")}
        environment |= recovering.settings_of(made.home, made.dsn, platform)
        done = subprocess.run(  # noqa: S603 - our own program
            [*command, "--key", platform["log_key"]], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RestoreServerError(f"恢复出来的账本不能导出：{(done.stderr or done.stdout)[-500:].strip()}")
        if made.plan.mark and made.plan.mark.log:
            known = Path(scratch) / "checkpoint"
            known.write_text(made.plan.mark.log["note"], encoding="utf-8")
        report = verifier.verify([exported], keys=[platform["log_key"]], since=known)
    made.verified = dict(report.checked)
    made.problems += [f"{problem.code}：{problem.text}（{problem.place}）" for problem in report.problems]

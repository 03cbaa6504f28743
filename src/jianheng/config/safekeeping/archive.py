"""The archive: a directory of sealed parts and the manifests that vouch for them.

::

    archive.json            which archive, how its key is made (scrypt's numbers), the key's fingerprint; with a MAC
    manifests/000001.json   one for each run, written last
    base/ wal/ files/ own/  sealed parts

Everything is written beside, synced and renamed: what has its final name is whole. A part that no manifest names, left
by a run that failed, is nothing, and is written over.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from jianheng.config.safekeeping import manifest, sealing
from jianheng.config.safekeeping.errors import (
    BackupBusyError,
    BackupDamagedError,
    BackupDiskFullError,
    BackupPlaceError,
    BackupWrongKeyError,
    NoBackupError,
)
from jianheng.config.safekeeping.keyring import GivenKey
from jianheng.config.safekeeping.manifest import FORMAT, Manifest, NotAuthentic, Part
from jianheng.config.safekeeping.sealing import Secret
from jianheng.kernel import canonical

ABOUT = "archive.json"
INCOMING = ".incoming-"


@contextmanager
def _room_for(path: Path) -> Iterator[None]:
    """A full disk, told as such."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise BackupDiskFullError(f"写入 {path} 时空间不足，本次备份没有完成。") from error
        raise


def _put(path: Path, write: Callable[[IO[bytes]], Any]) -> Any:
    """Let ``write`` fill a file that then is at ``path``, whole, or is not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    incoming = path.parent / f"{INCOMING}{path.name}"
    try:
        with _room_for(path), incoming.open("wb") as file:
            written = write(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise
    incoming.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return written


@dataclass(frozen=True)
class Archive:
    """An archive that was opened with its key."""

    directory: Path
    id: str
    secret: Secret

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other backup out meanwhile."""
        with (self.directory / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupBusyError from error
            yield

    def manifests(self) -> list[tuple[Manifest, bytes]]:
        """Every run with its manifest's file, oldest first; refuses a changed, missing or exchanged one by name."""
        found: list[tuple[Manifest, bytes]] = []
        previous = ""
        for number, path in enumerate(sorted((self.directory / "manifests").glob("[0-9]*.json")), start=1):
            name = f"manifests/{path.name}"
            content = path.read_bytes()
            try:
                told = manifest.read(content, self.secret)
            except NotAuthentic as wrong:
                raise BackupDamagedError(f"备份清单 {name} 已经损坏或者被改动。", about=name) from wrong
            if (told.archive, told.number, told.previous) != (self.id, number, previous):
                raise BackupDamagedError(f"备份清单 {name} 与前一份不相连，中间有清单丢失或者被替换。", about=name)
            found.append((told, content))
            previous = manifest.hash_of(content)
        return found

    def whole(self) -> list[Manifest]:
        """As :meth:`manifests`, and refuses an archive without any."""
        found = [told for told, _ in self.manifests()]
        if not found:
            raise NoBackupError(f"{self.directory} 中没有完整的备份。")
        return found

    def keep(self, name: str, content: Iterable[bytes], *, role: str, to: str, pack: bool = True) -> Part:
        """Seal ``content`` as the part ``name``."""
        sealed = _put(
            self.directory / name,
            lambda file: sealing.seal(content, file, name=name, secret=self.secret, pack=pack),
        )
        return Part(name, role, to, sealed.size, sealed.sha256, sealed.sealed_size, sealed.sealed_sha256)

    def close(self, told: Manifest) -> bytes:
        """Write the manifest: from now on the run has happened. Returns its file."""
        content = told.write(self.secret)
        _put(self.directory / "manifests" / f"{told.number:06d}.json", lambda file: file.write(content))
        return content

    def read(self, part: Part) -> Iterator[bytes]:
        """What a part holds, in pieces; refuses a changed one by name."""
        try:
            with (self.directory / part.name).open("rb") as file:
                yield from sealing.unseal(file, name=part.name, secret=self.secret)
        except (sealing.Unreadable, FileNotFoundError) as wrong:
            raise BackupDamagedError(f"备份文件 {part.name} 已经损坏或者丢失。", about=part.name) from wrong

    def damaged(self, parts: Iterable[Part]) -> list[str]:
        """The names of parts that are not what their manifest says: missing, shorter, longer, or changed."""
        return [part.name for part in parts if not self._sound(part)]

    def _sound(self, part: Part) -> bool:
        path = self.directory / part.name
        if not path.is_file() or path.stat().st_size != part.sealed_size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == part.sealed_sha256


def make(directory: Path, given: GivenKey) -> Archive:
    """A new archive in an empty directory."""
    with _room_for(directory):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(not entry.name.startswith((INCOMING, ".lock")) for entry in directory.iterdir()):
        raise BackupPlaceError(f"备份目录 {directory} 不是空的，也不是已有的备份。")
    described = given.described()
    secret = given.secret(described)
    assert secret is not None
    archive_id = os.urandom(8).hex()
    about = {
        "format": FORMAT,
        "id": archive_id,
        "made_at": canonical.instant(datetime.now(UTC)),
        "key": described | {"fingerprint": secret.fingerprint},
    }
    content = canonical.encode({"archive": about, "mac": secret.mac(canonical.encode(about))}) + b"\n"
    _put(directory / ABOUT, lambda file: file.write(content))
    return Archive(directory, archive_id, secret)


def open_with(directory: Path, given: GivenKey) -> Archive:
    """An archive that is there; refuses a wrong key, and one whose description was changed."""
    path = directory / ABOUT
    if not path.is_file():
        raise NoBackupError(f"{directory} 不是备份目录（没有 {ABOUT}）。")
    content = path.read_bytes()
    try:
        described = canonical.decode(content)["archive"]["key"]
        told, secret = str(described["fingerprint"]), given.secret(described)
    except (canonical.NotCanonicalFault, UnicodeDecodeError, KeyError, TypeError, ValueError) as wrong:
        raise BackupDamagedError(f"备份说明 {ABOUT} 已经损坏。", about=ABOUT) from wrong
    if secret is None or secret.fingerprint != told:
        raise BackupWrongKeyError(f"密钥或者口令与这份备份不符（指纹应为 {told[:16]}），或者 {ABOUT} 已被改动。")
    try:
        about = manifest.authentic(content, secret, "archive")
    except NotAuthentic as wrong:
        raise BackupDamagedError(f"备份说明 {ABOUT} 已经损坏或者被改动。", about=ABOUT) from wrong
    return Archive(directory, about["id"], secret)

"""The operator's key: a file that only the operator has, or a passphrase made into a key by scrypt (RFC 7914)."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from jianheng.config.safekeeping.errors import BackupKeyFileError
from jianheng.config.safekeeping.sealing import SECRET_BYTES, Secret

MARK = "jianheng-backup-key-1"
COST = 2**17  # with r = 8: 128 MiB and about half a second for each guess
HIGHEST_COST = 2**20
SHORTEST_PASSPHRASE = 12


@dataclass(frozen=True)
class GivenKey:
    """What the operator gave: the bytes of a key file, or a passphrase; exactly one of the two."""

    file: bytes | None = None
    passphrase: str | None = None

    def described(self) -> dict[str, Any]:
        """What a new archive says about its key, without telling it."""
        if self.file is not None:
            return {"kind": "file"}
        return {"kind": "passphrase", "n": COST, "r": 8, "p": 1, "salt": os.urandom(16).hex()}

    def secret(self, described: Mapping[str, Any]) -> Secret | None:
        """The archive's secret; ``None`` when it was made from the other kind of key."""
        if described["kind"] == "file":
            return Secret(self.file) if self.file is not None else None
        if self.passphrase is None or not 2**14 <= described["n"] <= HIGHEST_COST:
            return None
        made = Scrypt(bytes.fromhex(described["salt"]), SECRET_BYTES, described["n"], described["r"], described["p"])
        return Secret(made.derive(self.passphrase.encode()))


def make(path: Path) -> None:
    """A new key file, mode 0600; one that is there already stays."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise BackupKeyFileError(f"备份密钥文件 {path} 不能写入：{error.strerror}。") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{MARK} {base64.b64encode(os.urandom(SECRET_BYTES)).decode()}\n")
        file.flush()
        os.fsync(file.fileno())


def _private_text(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise BackupKeyFileError(f"{path} 可被其他账户读取。")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupKeyFileError(f"备份密钥文件 {path} 不能读取。") from error


def from_file(path: Path) -> GivenKey:
    """The key in a file made by :func:`make`; refuses one that others can read, or that is something else."""
    mark, _, encoded = _private_text(path).strip().partition(" ")
    try:
        value = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        value = b""
    if mark != MARK or len(value) != SECRET_BYTES:
        raise BackupKeyFileError(f"{path} 不是备份密钥文件。")
    return GivenKey(file=value)


def from_passphrase_file(path: Path) -> GivenKey:
    """The passphrase in a file's first line."""
    passphrase = _private_text(path).partition("\n")[0].strip()
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BackupKeyFileError(
            f"{path} 中的口令少于 {SHORTEST_PASSPHRASE} 个字符。", next_step="请换用更长的口令。"
        )
    return GivenKey(passphrase=passphrase)

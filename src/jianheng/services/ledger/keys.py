"""The key that signs checkpoints: Ed25519, in a PEM file (PKCS #8) that nobody else can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from jianheng.kernel import notes
from jianheng.services.ledger import models
from jianheng.services.ledger.errors import KeyFault


def ensure(path: Path) -> Ed25519PrivateKey:
    """The key in ``path``; makes it, mode 0600, where there is none. Two makers at once agree on one key."""
    if not path.exists():
        _make(path)
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise KeyFault(f"{path} has mode {mode:04o}: others can read the log's signing key; set it to 0600")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as wrong:
        raise KeyFault(f"{path} is not a private key in PEM") from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path} is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600 from the start
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # complete or not at all, and never over another key
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


_named: list[str] = []  # the name found in the database, once there is one


def origin() -> str:
    """The log's name: what the operator says, else what the log calls itself in its newest checkpoint, else a first name.

    A command that is not told the platform's whole environment must not give the same log another name.
    """
    if settings.JIANHENG_LEDGER_ORIGIN:
        return str(settings.JIANHENG_LEDGER_ORIGIN)
    if not _named:
        newest = models.Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()
        if newest is None:
            return str(settings.JIANHENG_LEDGER_FIRST_ORIGIN)
        _named.append(notes.parse_checkpoint(notes.parse(newest).text).origin)
    return _named[0]


def continues(note: str) -> bool:
    """Whether this key may sign after a checkpoint: under the same name only the key that signed it may.

    On several machines a key made anew where none was brought along would split the log in two.
    """
    key, _ = signing()
    return all(line.key_id == key.key_id for line in notes.parse(note).signatures if line.name == key.name)


def signing() -> tuple[notes.Key, notes.Sign]:
    """The log's verifier key, named after its origin, and the function that signs with the private part."""
    private = ensure(Path(settings.JIANHENG_LEDGER_KEY_FILE))
    public = private.public_key().public_bytes_raw()
    return notes.Key(origin(), public), private.sign

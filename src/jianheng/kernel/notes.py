"""Signed notes, checkpoints and cosignatures: the text forms of C2SP.

Sources: c2sp.org/signed-note (a text and signature lines), c2sp.org/tlog-checkpoint (the text that names a tree),
c2sp.org/tlog-cosignature (a witness's dated signature on a checkpoint, ``cosignature/v1``).

Pure text and bytes. Keys never come here: whoever signs passes the signing function (Ed25519, RFC 8032) and the
32 bytes of the public key; whoever checks passes the verifying function.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from jianheng.kernel.digests import sha256
from jianheng.kernel.errors import Fault

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
ML_DSA_44 = 0x06  # named and read, not yet written or checked
PUBLIC_BYTES = {ED25519: 32, COSIGNATURE_V1: 32, ML_DSA_44: 1312}

_DASH = "\u2014"
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE_LINE = re.compile(rf"{_DASH} ([^\s+]+) ([A-Za-z0-9+/]+={{0,2}})")
_SIZE = re.compile(r"0|[1-9][0-9]*")

Sign = Callable[[bytes], bytes]
Check = Callable[[bytes, bytes], bool]  # (signature, message) -> whether it holds


class MalformedNoteFault(Fault):
    """The text is not a signed note, a checkpoint or a key of the C2SP form."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, the four bytes that name the key, and the signature proper."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in the note, with its newline."""
        return f"{_DASH} {self.name} {_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its last newline included, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}"


class Key(NamedTuple):
    """A public key as a verifier key names it: ``kind`` is the signature type, ``public`` as long as that type's."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """``SHA-256(name || 0x0A || type || public key)[:4]``."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.public)}"


def parse_key(text: str) -> Key:
    """The verifier key (vkey) written in ``text``; its key id must fit its content."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        material = base64.b64decode(encoded, validate=True)
        key = Key(name, material[1:], material[0])
    except (ValueError, IndexError) as wrong:
        raise MalformedNoteFault("a verifier key reads name+id+base64") from wrong
    if len(key.public) != PUBLIC_BYTES.get(key.kind) or key.key_id.hex() != key_id or not _NAME.fullmatch(name):
        raise MalformedNoteFault("the verifier key does not fit its own id")
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def parse(note: str) -> Note:
    """The note written in ``note``; signatures of any kind, none of them checked yet."""
    if any(character < " " and character != "\n" for character in note):
        raise MalformedNoteFault("a note holds no control characters but newlines")
    text, blank, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or len(lines) < 2 or lines.pop() != "":
        raise MalformedNoteFault("a note is a text, an empty line, and signature lines")
    return Note(f"{text}\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    found = _SIGNATURE_LINE.fullmatch(line)
    try:
        data = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        data = b""
    if not found or len(data) < 5:
        raise MalformedNoteFault(f"not a signature line: {line!r}")
    return Signature(found[1], data[:4], data[4:])


def sign(text: str, key: Key, sign_bytes: Sign) -> Signature:
    """Sign a note's text as type ``0x01``."""
    if not text.endswith("\n") or not _NAME.fullmatch(key.name) or key.kind != ED25519:
        raise MalformedNoteFault("the text ends in a newline, the key's name has neither space nor plus")
    return Signature(key.name, key.key_id, sign_bytes(text.encode()))


def signed_by(note: Note, key: Key, check: Check) -> bool:
    """Whether the note bears a good signature by ``key`` (of either type), and no bad one by it."""
    of_key = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    return bool(of_key) and all(_holds(note.text, line, key, check) for line in of_key)


def _holds(text: str, signature: Signature, key: Key, check: Check) -> bool:
    if key.kind == ED25519:
        return check(signature.value, text.encode())
    if key.kind == COSIGNATURE_V1 and len(signature.value) == 8 + 64:
        return check(signature.value[8:], cosigned_message(text, cosigned_at(signature)))
    return False


# --- checkpoints ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree at one size. ``origin`` names the log; ``extensions`` are further signed lines, none empty."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text: origin, size, root in base64, extensions; one line each."""
        lines = (self.origin, str(self.size), _base64(self.root), *self.extensions)
        if not all(lines) or self.size < 0 or any("\n" in line for line in lines):
            raise MalformedNoteFault("each line of a checkpoint is one non-empty line")
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise MalformedNoteFault("a checkpoint is origin, size, root, and extensions, one line each")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error as wrong:
        raise MalformedNoteFault("the root hash is not base64") from wrong
    if len(root) != 32 or _base64(root) != lines[2]:
        raise MalformedNoteFault("the root hash is not 32 bytes in base64")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


# --- cosignatures ---------------------------------------------------------------------------------------------


def cosigned_message(text: str, time_seconds: int) -> bytes:
    """What a witness signs: the header, the POSIX time, and the whole text of the checkpoint's note."""
    return f"cosignature/v1\ntime {time_seconds}\n{text}".encode()


def cosign(text: str, key: Key, sign_bytes: Sign, *, time_seconds: int) -> Signature:
    """A witness's signature on a checkpoint's text at a POSIX time; ``key.kind`` must be ``COSIGNATURE_V1``."""
    parse_checkpoint(text)
    if key.kind != COSIGNATURE_V1 or not 0 <= time_seconds < 2**63:
        raise MalformedNoteFault("a cosignature needs a key of type 0x04 and a POSIX time")
    signed = sign_bytes(cosigned_message(text, time_seconds))
    return Signature(key.name, key.key_id, time_seconds.to_bytes(8, "big") + signed)


def cosigned_at(signature: Signature) -> int:
    """The POSIX time a cosignature states, in seconds."""
    return int.from_bytes(signature.value[:8], "big")

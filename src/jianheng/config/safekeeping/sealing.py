"""The sealed form: a stream of bytes, encrypted so that nothing of it can be read, changed, cut off or exchanged.

``jianheng-sealed/1``::

    "JHSEAL1\\n" (8 bytes) ‖ packing (1 byte: 0 as it is, 1 zlib) ‖ salt (32 bytes) ‖ chunk ‖ chunk ‖ …

Each chunk is AES-256-GCM (NIST SP 800-38D) of at most 1 MiB, 16 bytes longer than what it hides. Its key belongs to
this stream alone: HKDF-SHA256 (RFC 5869) of the archive's secret with the salt. Its nonce is the number of the chunk
(11 bytes, big-endian) and one byte that is 1 in the last chunk and 0 in all others; its associated data are the header
and the name of the part. This is the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015): a chunk
moved, left out or added, a stream cut off, and one part put in the place of another are all found.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"JHSEAL1\n"
SALT_BYTES = 32
HEADER_BYTES = len(MAGIC) + 1 + SALT_BYTES
CHUNK_BYTES = 1024 * 1024
TAG_BYTES = 16
SECRET_BYTES = 32


class Unreadable(Exception):
    """The stream is not what was sealed under this name with this secret; the message says where it breaks."""


@dataclass(frozen=True)
class Secret:
    """The 32 bytes everything of one archive hangs on. They are never used themselves, only what follows from them."""

    value: bytes

    def derived(self, purpose: str, salt: bytes = b"") -> bytes:
        """32 bytes for one purpose."""
        return HKDF(SHA256(), SECRET_BYTES, salt or None, f"jianheng-backup/1 {purpose}".encode()).derive(self.value)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal characters that tell one secret from another and nothing about it."""
        return self.derived("fingerprint")[:8].hex()

    def mac(self, content: bytes) -> str:
        """HMAC-SHA256 of a manifest, hexadecimal."""
        return hmac.new(self.derived("manifest"), content, hashlib.sha256).hexdigest()

    def hidden(self, content: bytes) -> str:
        """A name for a content that tells nobody else which content it is, 32 hexadecimal characters."""
        return hmac.new(self.derived("names"), content, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sizes in bytes and SHA-256 of a stream, before and after sealing."""

    size: int
    sha256: str
    sealed_size: int
    sealed_sha256: str


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def seal(content: Iterable[bytes], into: IO[bytes], *, name: str, secret: Secret, pack: bool) -> Sealed:
    """Write ``content``, in pieces of any size, to ``into``; returns what it was and what it became."""
    salt = os.urandom(SALT_BYTES)
    header = MAGIC + bytes([pack]) + salt
    cipher, about = AESGCM(secret.derived("part", salt)), header + name.encode()
    plain, sealed = hashlib.sha256(), hashlib.sha256(header)
    sizes = [0, len(header)]
    into.write(header)

    def measured() -> Iterator[bytes]:
        for piece in content:
            plain.update(piece)
            sizes[0] += len(piece)
            yield piece

    for number, (chunk, last) in enumerate(_chunks(_packed(measured()) if pack else measured())):
        hidden = cipher.encrypt(_nonce(number, last), chunk, about)
        sealed.update(hidden)
        sizes[1] += len(hidden)
        into.write(hidden)
    return Sealed(sizes[0], plain.hexdigest(), sizes[1], sealed.hexdigest())


def _packed(content: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1)
    for piece in content:
        yield packer.compress(piece)
    yield packer.flush()


def _chunks(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Whole chunks, and whether each is the last; there is always one, if only an empty one."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) > CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES]), False
            del waiting[:CHUNK_BYTES]
    yield bytes(waiting), True


def unseal(source: IO[bytes], *, name: str, secret: Secret) -> Iterator[bytes]:
    """What was sealed, in pieces; raises :class:`Unreadable`. Nothing is told before it has been found true."""
    header = source.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC) or header[len(MAGIC)] > 1:
        raise Unreadable(f"{name}: not a sealed stream")
    opened = _opened(source, header, name, secret)
    return _unpacked(opened, name) if header[len(MAGIC)] else opened


def _opened(source: IO[bytes], header: bytes, name: str, secret: Secret) -> Iterator[bytes]:
    cipher = AESGCM(secret.derived("part", header[-SALT_BYTES:]))
    number, chunk = 0, source.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = source.read(CHUNK_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, not following), chunk, header + name.encode())
        except InvalidTag:
            raise Unreadable(f"{name}: chunk {number} was changed, or another key sealed it") from None
        if not following:
            return
        number, chunk = number + 1, following


def _unpacked(content: Iterable[bytes], name: str) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in content:
        waiting = piece
        while waiting:
            yield unpacker.decompress(waiting, CHUNK_BYTES)
            waiting = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise Unreadable(f"{name}: the packed stream ends early")

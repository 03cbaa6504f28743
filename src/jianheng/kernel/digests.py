"""Hash functions by name: the name stands in each record, so that SM3 can stand beside SHA-256.

``sha256`` (FIPS 180-4) and ``sm3`` (GB/T 32905-2016) serve the log and the draw; both give 32 bytes. ``md5``
(RFC 1321) exists only because RFC 3797 prints its worked example with it, and is refused for anything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from jianheng.kernel.errors import Fault

LOG = ("sha256", "sm3")  # fit for records that must stay unforgeable
DRAW = ("md5", *LOG)  # fit for RFC 3797; md5 for conformance with its example only

Digest = Callable[[bytes], bytes]


class UnknownDigestFault(Fault):
    """The named hash function does not exist here, or may not be used for this."""


def sha256(data: bytes) -> bytes:
    """SHA-256 of ``data``: 32 bytes."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 of ``data``: 32 bytes. Uses the system's OpenSSL, or ``cryptography``'s own where that lacks it."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        return _sm3_of_cryptography(data)


def _sm3_of_cryptography(data: bytes) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes

    try:
        context = hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm as missing:
        raise UnknownDigestFault(
            "neither the system's OpenSSL nor 'cryptography' offers SM3; use a build of OpenSSL with it"
        ) from missing
    context.update(data)
    return context.finalize()


def md5(data: bytes) -> bytes:
    """MD5 of ``data``: 16 bytes, for RFC 3797's worked example."""
    return hashlib.md5(data, usedforsecurity=False).digest()


_BY_NAME: dict[str, Digest] = {"sha256": sha256, "sm3": sm3, "md5": md5}


def named(name: str, *, among: tuple[str, ...] = LOG) -> Digest:
    """The hash function called ``name``; raises :class:`UnknownDigestFault` unless it is ``among`` the allowed."""
    if name not in among:
        raise UnknownDigestFault(f"hash function {name!r} is not one of {', '.join(among)}")
    return _BY_NAME[name]

"""The manifest of one run: what was written, how far it reaches, and what was in the database then.

A manifest is one line of canonical JSON (RFC 8785), ``{"mac": …, "manifest": {…}}``: its HMAC-SHA256 under the
archive's secret, so that nobody without it can write one. Manifests are numbered from 1 and each holds the SHA-256 of
the one before it. It is written last: a run without a manifest never happened.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from jianheng.config.safekeeping.sealing import Secret
from jianheng.kernel import canonical

FORMAT = "jianheng-backup/1"


class NotAuthentic(Exception):
    """The bytes are not what the holder of the secret wrote."""


@dataclass(frozen=True, slots=True)
class Part:
    """A sealed file of the archive. ``to`` is its place below the restored home, ``role`` what it is for:
    "base", "wal" (``to`` is the segment's name), "file", "own"."""

    name: str
    role: str
    to: str
    size: int
    sha256: str
    sealed_size: int
    sealed_sha256: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The database at one point of its write-ahead log: rows by table, the tables that only grow, the newest checkpoint.

    ``quiet``: no transaction was under way, so that a restore to exactly ``lsn`` has exactly these rows; otherwise at
    least these in the tables that only grow.
    """

    at: str
    lsn: str
    quiet: bool
    tables: Mapping[str, int]
    kept: tuple[str, ...]
    log: Mapping[str, Any] | None  # {size, root, note}; None while the log is empty


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run of the backup. Instants as :func:`jianheng.kernel.canonical.instant` writes them.

    ``base`` {ended_at, timeline} when this run holds a base backup; ``reach`` the instant up to which the run can be
    restored; ``follows`` whether its write-ahead log continues that of the run before; ``keys`` what the operator must
    keep elsewhere; ``lost`` files the platform itself had lost or damaged.
    """

    archive: str
    number: int
    previous: str
    began_at: str
    reach: str
    follows: bool
    platform: Mapping[str, Any]
    server: Mapping[str, Any]
    base: Mapping[str, Any] | None
    mark: Mark | None
    parts: tuple[Part, ...]
    keys: tuple[Mapping[str, str], ...]
    lost: tuple[str, ...] = field(default=())

    def write(self, secret: Secret) -> bytes:
        """The file."""
        body = canonical.decode(canonical.encode({"format": FORMAT, **asdict(self)}))
        return canonical.encode({"mac": secret.mac(canonical.encode(body)), "manifest": body}) + b"\n"


def authentic(content: bytes, secret: Secret, member: str) -> dict[str, Any]:
    """The ``member`` of a file written as above; raises :class:`NotAuthentic` if one bit of it is another."""
    try:
        outer = canonical.decode(content)
        body, mac = outer[member], outer["mac"]
        again = canonical.encode(outer) + b"\n"
        told = secret.mac(canonical.encode(body))
    except (canonical.NotCanonicalFault, UnicodeDecodeError, KeyError, TypeError) as wrong:
        raise NotAuthentic(str(wrong)) from wrong
    if again != content or not isinstance(mac, str) or not hmac.compare_digest(mac.encode(), told.encode()):
        raise NotAuthentic("the MAC does not fit")
    return dict(body)


def read(content: bytes, secret: Secret) -> Manifest:
    """The manifest in a file; raises :class:`NotAuthentic`."""
    body = authentic(content, secret, "manifest")
    if body.pop("format") != FORMAT:
        raise NotAuthentic(f"not {FORMAT}")
    mark = body.pop("mark")
    return Manifest(
        **body
        | {
            "mark": Mark(**mark | {"kept": tuple(mark["kept"])}) if mark else None,
            "parts": tuple(Part(**part) for part in body["parts"]),
            "keys": tuple(body["keys"]),
            "lost": tuple(body["lost"]),
        }
    )


def hash_of(content: bytes) -> str:
    """SHA-256 of a manifest's file, which the next one holds."""
    return hashlib.sha256(content).hexdigest()

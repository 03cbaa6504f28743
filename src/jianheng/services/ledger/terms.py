"""Values the log hands out and takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, complete and hashed, not yet written.

    ``body`` are the canonical bytes (RFC 8785), ``leaf_hash`` is RFC 9162's leaf of them under ``digest``.
    """

    id: UUID
    region: str
    kind: str
    matter_id: int | None
    body: bytes
    leaf_hash: bytes
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WitnessShown:
    """A witness as a reader sees it: the size it last cosigned and when, whether that is fresh, and what is wrong."""

    name: str
    key: str
    size: int
    at: datetime | None
    is_fresh: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class State:
    """How far the log is: leaves under a signed checkpoint, when it was signed, entries still waiting, and since when."""

    size: int
    waiting: int
    waiting_since: datetime | None
    checkpoint: str | None
    sealed_at: datetime | None = None
    needs_witnesses: bool = False
    witnessed_size: int = 0
    witnessed_at: datetime | None = None

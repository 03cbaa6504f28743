"""Whose key is in force when, and who can no longer be signed for without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from jianheng.services.personalkeys.models import PersonalKey


@dataclass(frozen=True, slots=True)
class KeyRef:
    """A key as others know it."""

    person_id: int
    public: str
    enrolled_at: datetime
    effective_at: datetime
    ended_at: datetime | None

    @property
    def fingerprint(self) -> str:
        """The first half of the public key in groups, to be compared by eye."""
        return " ".join(self.public[at : at + 4] for at in range(0, 32, 4))


def of(row: PersonalKey) -> KeyRef:
    """A row as others know it."""
    return KeyRef(row.person_id, row.public, row.enrolled_at, row.effective_at, row.ended_at)


def keys_of(person_id: int) -> tuple[KeyRef, ...]:
    """All keys a person ever enrolled, newest first."""
    return tuple(of(row) for row in PersonalKey.objects.filter(person_id=person_id).order_by("-pk"))


def held(person_ids: Iterable[int], *, at: datetime) -> dict[int, KeyRef | None]:
    """For everybody who had a key in force once by then: the one in force, ``None`` where it was ended.

    Who is not in it never had one. Who is in it signs by a key or not at all: ending a key is no way to be signed for.
    """
    rows = PersonalKey.objects.filter(person_id__in=set(person_ids), effective_at__lte=at)
    found: dict[int, KeyRef | None] = {}
    for row in rows.order_by("effective_at", "pk"):
        if row.ended_at is not None and row.ended_at <= row.effective_at:
            continue  # ended while it waited: it never was in force
        found[row.person_id] = of(row) if row.ended_at is None or row.ended_at > at else None
    return found


def must_sign(person_id: int | None, *, at: datetime) -> bool:
    """Whether a person's papers need the person's own key."""
    return person_id is not None and person_id in held([person_id], at=at)

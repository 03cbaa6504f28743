"""A pen: a person's key, unlocked by the phrase for one act and forgotten with it.

The phrase and the key are in this process while the request lasts, nowhere else: neither is written, logged or sent on.
"""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import Max

from jianheng.services.people import api as people
from jianheng.services.personalkeys.errors import (
    NoKeyInForceError,
    PhraseNeededError,
    PhraseTooOftenError,
    PhraseWrongError,
)
from jianheng.services.personalkeys.holding import held
from jianheng.services.personalkeys.models import PersonalKey
from jianheng.services.personalkeys.phrases import LONGEST, Cost, Wrapped, unwrap


class Pen:
    """Signs for one person until it is dropped; says nothing of its key."""

    __slots__ = ("_private", "person_id", "public")

    def __init__(self, person_id: int, public: str, private: Ed25519PrivateKey) -> None:
        self.person_id, self.public, self._private = person_id, public, private

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of a message."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"Pen({self.person_id})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a pen is not kept")


def unlock(person_id: int, phrase: str, *, now: datetime) -> Pen:
    """The pen of a person's key in force.

    Refuses with ``PhraseNeededError`` an empty phrase, with ``PhraseWrongError`` a wrong one; after five, unseen and
    uncounted with ``PhraseTooOftenError`` until the wait is over, as with passwords. Belongs before the transaction of
    the act: a failure is counted whatever becomes of it.
    """
    if not phrase:
        raise PhraseNeededError(about="phrase")
    newest = PersonalKey.objects.filter(person_id=person_id).aggregate(at=Max("enrolled_at"))["at"]
    key = held([person_id], at=max(now, newest or now)).get(person_id)  # a clock gone back unmakes no key
    if key is None:
        raise NoKeyInForceError(about="phrase")
    door = people.keyed(f"phrase:{person_id}")
    if minutes := people.minutes_to_wait(door, now=now):
        raise PhraseTooOftenError(f"签名口令输错次数过多，请约{minutes}分钟后再签署。", about="phrase")
    row = PersonalKey.objects.get(public=key.public)
    kept = Wrapped(row.wrapped, row.salt, Cost(row.memory, row.passes, row.lanes))
    private = unwrap(kept, phrase[:LONGEST], person_id=person_id, public=key.public)
    if private is None:
        people.failed(door, now=now)
        raise PhraseWrongError(about="phrase")
    people.forgiven(door, now=now)
    return Pen(person_id, key.public, Ed25519PrivateKey.from_private_bytes(private))

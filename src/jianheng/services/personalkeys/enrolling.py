"""Enrolling, replacing and ending a personal key: each in the log, and told to the person by every way there is.

A new key waits before it is in force, unless the old one signs the change: whoever runs the platform can enrol a key in
somebody's name, but not one that signs before that person was told and had time to end it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jianheng.kernel import canonical
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.personalkeys.errors import AlreadyWaitingError
from jianheng.services.personalkeys.holding import KeyRef, held, of
from jianheng.services.personalkeys.models import PersonalKey
from jianheng.services.personalkeys.pens import Pen
from jianheng.services.personalkeys.phrases import STRONG, Cost, must_be_fit, wrap

KIND = "personal_key"
CHANGE = b"jianheng-key-change/1\n"
NATION = "000000"


def enrol(
    person_id: int,
    phrase: str,
    *,
    now: datetime,
    consent: Pen | None = None,
    waits: timedelta | None = None,
    cost: Cost = STRONG,
) -> KeyRef:
    """Make a key for a person under a phrase, and forget both; its public part goes into the log.

    ``consent`` is the pen of the key in force, which signs the change: then the new one is in force at once, else
    after ``waits`` (``JIANHENG_SIGNING_KEY_WAIT``). Refuses with ``PhraseUnfitError`` a phrase too easily guessed, and
    with ``AlreadyWaitingError`` a second new key while one waits.
    """
    must_be_fit(phrase)
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    kept = wrap(raw, phrase, person_id=person_id, public=public, cost=cost)
    effective = now if consent else now + (wait() if waits is None else waits)
    with transaction.atomic():
        _must_be_the_only_one(person_id, now=now)
        before = held([person_id], at=now).get(person_id)
        said: dict[str, Any] = {
            "what": "enrolled",
            "person": person_id,
            "key": public,
            "effective": canonical.instant(effective),
            "replaces": before.public if before else None,
            "consent": None,
        }
        if consent is not None:
            said["consent"] = consent.sign(change(said)).hex()
        entry = _logged(said, now=now)
        row = PersonalKey.objects.create(
            person_id=person_id,
            public=public,
            wrapped=kept.sealed,
            salt=kept.salt,
            memory=cost.memory,
            passes=cost.passes,
            lanes=cost.lanes,
            enrolled_at=now,
            effective_at=effective,
            entry_id=entry.id,
        )
        _tell(person_id, f"登记了个人签名密钥（指纹 {of(row).fingerprint}），{_when(effective, now)}", now=now)
        ledger.close_batch()  # the row is explained by this entry, whatever else the caller does after it
    return of(row)


def wait() -> timedelta:
    """How long a new key waits that the old one does not consent to."""
    waiting: timedelta = settings.JIANHENG_SIGNING_KEY_WAIT
    return waiting


def change(said: Mapping[str, Any]) -> bytes:
    """What the old key signs: the new one, whose, in whose place, from when."""
    told = {name: said[name] for name in ("person", "key", "effective", "replaces")}
    return CHANGE + canonical.encode(told)


def end(person_id: int, public: str, *, now: datetime) -> None:
    """End a person's key at once, one that waits as well; somebody else's and one that was ended are left alone."""
    with transaction.atomic():
        row = (
            PersonalKey.objects.select_for_update().filter(person_id=person_id, public=public, ended_at=None).first()
        )
        if row is None:
            return
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        _logged({"what": "ended", "person": person_id, "key": public}, now=now)
        _tell(person_id, f"停用了个人签名密钥（指纹 {of(row).fingerprint}）", now=now)
        ledger.close_batch()


def _must_be_the_only_one(person_id: int, *, now: datetime) -> None:
    if PersonalKey.objects.filter(person_id=person_id, ended_at=None, effective_at__gt=now).exists():
        raise AlreadyWaitingError


def _logged(said: Mapping[str, Any], *, now: datetime) -> ledger.Entry:
    entry = ledger.entry(KIND, region=NATION, matter_id=None, data=said, now=now)
    ledger.append(entry)
    return entry


def _when(effective: datetime, now: datetime) -> str:
    if effective <= now:
        return "已经生效"
    return f"将于{timezone.localtime(effective):%Y-%m-%d %H:%M}生效"


def _tell(person_id: int, what: str, *, now: datetime) -> None:
    """The person hears of it in the inboxes of all posts and by phone and mail: whoever did it in their name is seen."""
    text = f"您的账号于{timezone.localtime(now):%Y-%m-%d %H:%M}{what}。不是您本人操作的，请立即登录停用，并告知平台管理员。"
    actor = people.actor_of_person(person_id, today=timezone.localdate(now))
    for post in actor.posts if actor else ():
        notices.tell(
            [(post.holder, f"{actor.name if actor else ''}：{text}")], region=post.region, matter_id=None, now=now
        )
    ways = people.ways_to(person_id)
    for kind, address in (("SMS", ways.phone), ("EMAIL", ways.email)):
        if address:
            notices.send(kind, [(address, f"【鉴衡】{text}")], now=now)

"""Parties' ways in: a code sent to the phone opens one side of one case, once.

Invariants: a case and a phone together are a door. How often a code may be asked for at a door and how often a
wrong one may be tried is counted over a window, whatever is asked for in between, and alike for doors behind which
there is nobody: no answer tells who is a party. Of a door only a keyed digest is kept.

Guessing shuts the door to six digits, not to the party: after too many wrong codes only sixteen digits open it, which
nobody guesses, and the phone is sent such a code for the asking, counted anew. It lives as long as asking is counted
over, so that whoever uses up the asking leaves a good code on the phone.

Whoever asks uses up their own asking, counted by the address they come from, and not the party's. A live code is sent
again instead of another, and a phone gets so many messages an hour for all its cases together; the last of them carries
sixteen digits that last the hour, so that no stranger's asking leaves the party without a code. Messages are counted
anew when a code was used: they were read by whoever holds the phone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from jianheng.kernel.errors import Refusal
from jianheng.kernel.text import is_clean
from jianheng.services.people.models import PartyPass, PassAttempt
from jianheng.services.people.terms import Actor, Attempt

PASS_KEY = "party_pass"  # noqa: S105 - the name of a session entry
PASS_CODE = "pass_code"  # noqa: S105 - the kind of secret a message carries
ASKING_WINDOW, FAILING_WINDOW = timedelta(hours=1), timedelta(days=1)
DIGITS, LONG_DIGITS = 6, 16
MESSAGES_AN_HOUR = 6  # to one phone, whatever the cases and whoever asks
INSTANT = timedelta(microseconds=1)
STILL_GOOD = timedelta(minutes=2)  # what a code must have left to be sent again
CODE_LIFE = {DIGITS: timedelta(minutes=10), LONG_DIGITS: ASKING_WINDOW}


class PasswordNeededError(Refusal):
    """签发令牌须同时输入当前口令，口令不正确。"""

    code = "PASSWORD_NEEDED"
    status = 403
    next_step = "请输入您现在的登录口令后重新签发；忘记口令的，请联系本单位的平台管理员。"


class PassCodeError(Refusal):
    """验证码不正确或已失效。"""

    code = "PASS_CODE_WRONG"
    status = 403
    next_step = "请核对查询编号、手机号码和短信验证码；验证码十分钟内有效，失效的请重新获取。"


class PassCodeTooOftenError(Refusal):
    """获取验证码过于频繁，本次没有发送。"""

    code = "PASS_CODE_TOO_OFTEN"
    status = 429
    next_step = "请使用最近收到的验证码，或者一小时后再获取；急需查询的，请联系案件承办法官。"


class PassLockedError(Refusal):
    """输错验证码次数过多，六位验证码已停用，须使用十六位验证码。"""

    code = "PASS_LOCKED"
    status = 429
    next_step = "请重新获取验证码，十六位验证码将发送到该手机，一小时内有效；怀疑他人冒用的，请告知案件承办法官。"


def add_parties(*, region: str, root_id: int, parties: Iterable[tuple[str, str, str]]) -> None:
    """Enter the parties of a new case, each a side, a name and a phone, so that codes can be sent to their phones."""
    PartyPass.objects.bulk_create(
        PartyPass(region=region, root_id=root_id, side=side, name=name, phone=phone) for side, name, phone in parties
    )


def parties_of(root_id: int) -> tuple[Mapping[str, Any], ...]:
    """The parties of a case: side, name, phone."""
    rows = PartyPass.objects.filter(root_id=root_id, closed_at=None)
    return tuple(rows.order_by("side", "pk").values("side", "name", "phone"))


def move_party(*, root_id: int, side: str, phone: str, now: datetime) -> tuple[str, ...]:
    """Let a side in by another phone from now on; returns its phones until now.

    Codes sent to those are dead, and whoever came in by one is out.
    """
    rows = PartyPass.objects.filter(root_id=root_id, side=side, closed_at=None)
    with transaction.atomic():
        old = list(rows.select_for_update().order_by("pk"))
        rows.update(closed_at=now, code_digest="")
        again = PartyPass.objects.filter(root_id=root_id, side=side, phone=phone)
        if not again.update(closed_at=None, code_digest=""):
            told = {"region": old[0].region, "name": old[0].name}
            PartyPass.objects.create(root_id=root_id, side=side, phone=phone, **told)
    return tuple(row.phone for row in old)


class SentCode(str):
    """A code, and how it is made again (:func:`code_again`) when the message that carries it is sent: it is kept nowhere."""

    pass_id: int
    moment: str

    @property
    def reference(self) -> dict[str, Any]:
        """The parameters of :func:`code_again`."""
        return {"pass_id": self.pass_id, "moment": self.moment, "digits": len(self)}


def send_pass_code(*, root_id: int, phone: str, now: datetime, address: str = "") -> SentCode | None:
    """The code for a party's phone, to be sent by SMS; ``None`` when there is nothing to send, party or not.

    The live one again, or a new one of six digits; of sixteen where too many wrong ones were tried, and with the last
    message of an hour. ``address`` is where it is asked from: what is used up is that address's. The caller answers in
    the same words either way, so that nobody learns who is a party; the refusal (:class:`PassCodeTooOftenError`) comes either way too.
    """
    with transaction.atomic():
        door = _held_door(root_id, phone, now=now)
        guessed_at = _guessed_at(door, now=now)
        since = max(now - ASKING_WINDOW, guessed_at or now - ASKING_WINDOW)
        asker = keyed(f"asker:{root_id}:{phone}:{address}")
        if _count(asker, Attempt.ASKED, since=since) >= settings.JIANHENG_PASS_CODES_AN_HOUR:
            raise PassCodeTooOftenError
        PassAttempt.objects.create(door=asker, kind=Attempt.ASKED, at=now)
        line = keyed(f"line:{phone}")
        messages = _count(line, Attempt.SENT, since=since)
        row = _row(root_id, phone)
        if row is None or messages >= MESSAGES_AN_HOUR:
            return None
        is_last = messages == MESSAGES_AN_HOUR - 1
        code = _live_or_new(row, DIGITS if guessed_at is None and not is_last else LONG_DIGITS, now=now)
        PassAttempt.objects.create(door=line, kind=Attempt.SENT, at=now)
        return code


def _live_or_new(row: PartyPass, digits: int, *, now: datetime) -> SentCode:
    """The code sent last, where it is unused and still good, else another; it is made from its moment, not kept."""
    if row.code_digest and row.code_sent_at is not None:
        code = _code(row, digits)
        left = row.code_sent_at + CODE_LIFE[digits] - now
        if left >= STILL_GOOD and hmac.compare_digest(row.code_digest, _code_digest(row.pk, code)):
            return code
    used = row.code_sent_at
    row.code_sent_at = now if used is None or used < now else used + INSTANT  # no moment makes two codes
    code = _code(row, digits)
    row.code_digest = _code_digest(row.pk, code)
    row.save(update_fields=["code_digest", "code_sent_at"])
    return code


def _code(row: PartyPass, digits: int) -> SentCode:
    moment = row.code_sent_at.isoformat() if row.code_sent_at else ""
    code = SentCode(code_again(row.pk, moment, digits, to=row.phone))
    code.pass_id, code.moment = row.pk, moment
    return code


def code_again(pass_id: int, moment: str, digits: int, *, to: str) -> str:
    """The code of a pass and a moment, which only who holds the platform's secret can tell; to another phone another."""
    return f"{int(keyed(f'code:{pass_id}:{to}:{moment}:{digits}'), 16) % 10**digits:0{digits}d}"


def check_pass_code(*, root_id: int, phone: str, code: str, now: datetime) -> int:
    """Exchange a code for the id of its pass. A code opens one door once.

    Raises :class:`PassCodeError`, and :class:`PassLockedError` for six digits when too many wrong codes were tried at
    this door within a day, even for the right ones. What is guessed is not forgiven by a code of sixteen.
    """
    code = "".join(code.split())
    with transaction.atomic():
        door = _held_door(root_id, phone, now=now)
        is_guessed = _guessed_at(door, now=now) is not None
        if is_guessed and len(code) != LONG_DIGITS:
            raise PassLockedError
        row = _row(root_id, phone)
        if row is not None and _opens(row, code, now=now):
            PartyPass.objects.filter(pk=row.pk).update(code_digest="")
            PassAttempt.objects.filter(door=keyed(f"line:{phone}"), kind=Attempt.SENT).delete()
            if not is_guessed:
                PassAttempt.objects.filter(door=door, kind=Attempt.FAILED).delete()
            return row.pk
        if not is_guessed:
            PassAttempt.objects.create(door=door, kind=Attempt.FAILED, at=now)
    raise PassCodeError


def actor_of_pass(pass_id: int) -> Actor | None:
    """The party behind a pass."""
    row = PartyPass.objects.filter(pk=pass_id, closed_at=None).first()
    return Actor(name=row.name, sides=((row.root_id, row.side),)) if row else None


def _row(root_id: int, phone: str) -> PartyPass | None:
    rows = PartyPass.objects.filter(root_id=root_id, phone=phone) if is_clean(phone) else PartyPass.objects.none()
    return rows.filter(closed_at=None).order_by("pk").first()


def _opens(row: PartyPass, code: str, *, now: datetime) -> bool:
    life = CODE_LIFE.get(len(code))
    fresh = life is not None and row.code_sent_at is not None and now - row.code_sent_at <= life
    return fresh and hmac.compare_digest(row.code_digest, _code_digest(row.pk, code))


def _held_door(root_id: int, phone: str, *, now: datetime) -> str:
    """The door's digest, held until the transaction ends, so that no count is overtaken; old attempts are forgotten."""
    door = keyed(f"door:{root_id}:{phone}")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [door])
    PassAttempt.objects.filter(at__lte=now - FAILING_WINDOW).delete()
    return door


def _guessed_at(door: str, *, now: datetime) -> datetime | None:
    """When the last wrong code too many was tried at a door within a day; ``None`` while six digits do."""
    failed = PassAttempt.objects.filter(door=door, kind=Attempt.FAILED, at__gt=now - FAILING_WINDOW)
    times = list(failed.order_by("-at").values_list("at", flat=True)[: settings.JIANHENG_PASS_FAILURES_A_DAY])
    return times[0] if len(times) >= settings.JIANHENG_PASS_FAILURES_A_DAY else None


def _count(door: str, kind: Attempt, *, since: datetime) -> int:
    return PassAttempt.objects.filter(door=door, kind=kind, at__gt=since).count()


def _code_digest(pass_id: int, code: str) -> str:
    return keyed(f"{pass_id}:{code}")


def keyed(text: str) -> str:
    """A digest by which attempts are counted without saying whose they are."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(errors="replace"), hashlib.sha256).hexdigest()

"""How long whoever failed has to wait: longer each time, and uncounted meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from jianheng.kernel.errors import Refusal
from jianheng.services.people.models import PassAttempt
from jianheng.services.people.terms import Attempt

WINDOW = timedelta(days=1)
FREE, FIRST_WAIT, LONGEST_WAIT = 5, timedelta(seconds=30), timedelta(hours=1)


class SignInTooOftenError(Refusal):
    """登录失败次数过多，暂缓以口令登录。"""

    code = "SIGN_IN_TOO_OFTEN"
    status = 429
    next_step = "请稍候再试，或者使用曾经登录过的浏览器、通行密钥登录；不是您本人操作的，请告知平台管理员。"


def must_wait_no_more(door: str, *, now: datetime) -> None:
    """Refuse, unseen and uncounted, what comes before the wait after the last failures is over."""
    if minutes := minutes_to_wait(door, now=now):
        raise SignInTooOftenError(f"登录失败次数过多，请约{minutes}分钟后再以口令登录。")


def minutes_to_wait(door: str, *, now: datetime) -> int:
    """How long a door stays shut after the last failures, in minutes begun; 0 where it is open."""
    times = list(failures(door, now - WINDOW).order_by("-at").values_list("at", flat=True)[: FREE + 16])
    if len(times) < FREE:
        return 0
    wait = min(FIRST_WAIT * 2 ** (len(times) - FREE), LONGEST_WAIT)
    left = times[0] + wait - now
    return max(1, -(-int(left.total_seconds()) // 60)) if left > timedelta(0) else 0


def forgiven(door: str, *, now: datetime) -> None:
    """Whoever came in with the right word is counted anew."""
    failures(door, now - WINDOW).delete()


def failed(*doors: str, now: datetime) -> None:
    """Count a failure at each door."""
    PassAttempt.objects.bulk_create([PassAttempt(door=door, kind=Attempt.FAILED, at=now) for door in doors])


def failures(door: str, since: datetime) -> QuerySet[PassAttempt]:
    """What failed at a door since a moment."""
    return PassAttempt.objects.filter(door=door, kind=Attempt.FAILED, at__gt=since)

"""Terms (期限) as pure functions of a start, a length, pauses, extensions and the calendar.

Nothing here increments and nothing is stored: ask again with the same events and the answer is the same.
The rules carry the numbers K1 to K12 of the domain file on clocks:

K1, K2 the calendar · K3 the start day is not counted, a last day on a rest day moves on, posting in time is
in time · K4 licensing periods are working days (a law parameter) · K6, K7, K9, K10, K12 the grounds of
:mod:`jianheng.kernel.pauses` · K8 whoever starts a clock says its length · K11 the start day is excluded for
working days too (``start_counts`` says otherwise where a text does). K5, penalty procedure, has no clock here.

Invariants: lengths are whole days above zero and, in all, at most ``LENGTH_CEILING``; a pause counts neither
its first nor its last day; days paused twice are left out once; a term in working days always falls due on a
working day, and a term in calendar days never on a rest day.

Law: 民事诉讼法 第八十五条; 最高人民法院关于适用民事诉讼法的解释 第一百二十五条.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum

from jianheng.kernel.calendar import ONE_DAY, DayKind, WorkingCalendar
from jianheng.kernel.errors import Refusal

LENGTH_CEILING = 3660  # days; ten years, longer than any term of the procedures served
LAST_DAY_LAW = "民事诉讼法 第八十五条"


class TermError(Refusal):
    """期限的长度、暂停或者延长不合理，无法计算。"""

    code = "TERM_INVALID"
    next_step = "请核对起算日、天数以及暂停的起止日期后重新填写。"


class TermNotEndingError(TermError):
    """期限被暂停得太久，超出了可以计算的日期范围。"""

    code = "TERM_BEYOND_CALENDAR"


class Unit(Enum):
    """What a term is counted in; the value is what a clerk reads."""

    WD = "个工作日"
    CD = "日"


def chinese(day: date) -> str:
    """``day`` as an official paper writes it: 2026年2月10日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _must_be_dates(**given: date | None) -> None:
    for name, day in given.items():
        if isinstance(day, datetime):
            raise TypeError(f"{name} is an instant; a term is counted in dates")


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that is not counted. ``last`` is None while it still runs.

    ``first`` is the day of the event that stops the clock and ``last`` the day of the event that starts it
    again; neither is counted, as the start day is not (K3). ``ground`` says why in Chinese, ``basis`` names
    the article, ``document`` the paper that proves it.
    """

    first: date
    last: date | None
    ground: str
    basis: str
    document: str = ""

    def __post_init__(self) -> None:
        _must_be_dates(first=self.first, last=self.last)
        if self.last is not None and self.last < self.first:
            raise TermError(
                f"暂停的结束日（{chinese(self.last)}）早于开始日（{chinese(self.first)}）。", about="pause"
            )

    def covers(self, day: date) -> bool:
        """Whether ``day`` is left out because of this pause."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, in the unit of the clock: ``length`` days granted by ``approved_by`` on ``approved_on``.

    ``approved_by`` is "" in a calculation nobody has approved yet.
    """

    length: int
    approved_by: str
    approved_on: date
    basis: str

    def __post_init__(self) -> None:
        _must_be_dates(approved_on=self.approved_on)
        _must_be_length(self.length, what="延长的天数")

    def __str__(self) -> str:
        basis = f"（{self.basis}）" if self.basis else ""
        approval = f"{chinese(self.approved_on)}经{self.approved_by}批准，" if self.approved_by else ""
        return f"{approval}延长{self.length}日{basis}"


@dataclass(frozen=True, slots=True)
class Clock:
    """One running term. The start day counts only if ``start_counts``.

    Refuses with :class:`TermError` a length that is not a whole number from 1 to ``LENGTH_CEILING``.
    """

    start_on: date
    length: int
    unit: Unit
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    basis: str = ""
    start_counts: bool = False

    def __post_init__(self) -> None:
        _must_be_dates(start_on=self.start_on)
        _must_be_length(self.length, what="期限的天数")
        _must_be_length(self.total, what="期限连同延长的总天数")

    @property
    def extended_by(self) -> int:
        """Days added by extensions so far."""
        return sum(extension.length for extension in self.extensions)

    @property
    def total(self) -> int:
        """Days to count in all."""
        return self.length + self.extended_by

    @property
    def first_countable(self) -> date:
        """The first day that may count."""
        return self.start_on if self.start_counts else _after(self.start_on)


def _must_be_length(length: int, *, what: str) -> None:
    if isinstance(length, bool) or not isinstance(length, int):
        raise TypeError(f"a length is a whole number of days, not {length!r}")
    if not 1 <= length <= LENGTH_CEILING:
        raise TermError(f"{what}应为1至{LENGTH_CEILING}的整数，现为{length}。", about="length")


def _after(day: date) -> date:
    if day == date.max:
        raise TermNotEndingError
    return day + ONE_DAY


@dataclass(frozen=True, slots=True)
class Step:
    """A run of days treated alike: from ``first`` to ``last``, of which ``counted`` counted, for ``why``.

    ``reached`` is the number counted up to and including ``last``.
    """

    first: date
    last: date
    counted: int
    reached: int
    why: str

    def __str__(self) -> str:
        days = chinese(self.first)
        if self.last != self.first:
            days += f"至{chinese(self.last)}"
        if not self.counted:
            return f"{days}：{self.why}，不计入"
        return f"{days}：{self.why}，计{self.counted}日，累计{self.reached}日"


@dataclass(frozen=True, slots=True)
class Due:
    """When a term falls due, and how that was found.

    ``day`` is None while a pause runs on; then ``paused_since`` is the first day it left out. ``moved_from``
    is the rest day on which a term in calendar days would have ended (K3). ``counted`` lists every run of
    days from the first countable one.
    """

    clock: Clock
    day: date | None
    counted: tuple[Step, ...]
    moved_from: date | None = None
    paused_since: date | None = None

    @property
    def reached(self) -> int:
        """Days counted: the whole length, or what had run when an open pause began."""
        return self.counted[-1].reached if self.counted else 0

    def explain(self) -> list[str]:
        """How the due day was found, as sentences a party can follow."""
        clock, unit = self.clock, self.clock.unit.value
        start = "当日计入" if clock.start_counts else "当日不计入"
        told = [f"自{chinese(clock.start_on)}起算，{start}；期限{clock.length}{unit}。"]
        if clock.basis:
            told[0] = told[0][:-1] + f"（{clock.basis}）。"
        told += [f"{given}。" for given in clock.extensions]
        told += [f"{step}。" for step in self.counted]
        if self.day is None:
            left = clock.total - self.reached
            told.append(f"暂停尚未结束：已计{self.reached}{unit}，尚余{left}{unit}，届满日待恢复后确定。")
        elif self.moved_from:
            told.append(
                f"最后一日{chinese(self.moved_from)}不是工作日，顺延至{chinese(self.day)}届满（{LAST_DAY_LAW}）。"
            )
        else:
            told.append(f"{chinese(self.day)}届满。")
        return told


@dataclass
class _Tally:
    """Runs of days while they are being counted."""

    steps: list[Step] = field(default_factory=list)
    reached: int = 0

    def add(self, first: date, last: date, why: str, *, counts: bool) -> None:
        counted = (last - first).days + 1 if counts else 0
        self.reached += counted
        before = self.steps[-1] if self.steps else None
        if before and before.why == why and bool(before.counted) == counts:
            self.steps[-1] = Step(before.first, last, before.counted + counted, self.reached, why)
        else:
            self.steps.append(Step(first, last, counted, self.reached, why))


def due(clock: Clock, calendar: WorkingCalendar) -> Due:
    """The day ``clock`` falls due and how it was counted.

    Refuses with ``CalendarYearMissingError`` when a day that must be judged lies in a year without notice.

    Law: 民事诉讼法 第八十五条 (start day, last day); the pauses carry their own.
    """
    return due_by(clock, calendar.kind)


def due_by(clock: Clock, kind: Callable[[date], DayKind]) -> Due:
    """As :func:`due`, by whatever says what a day is; it is asked in order, for each day that is counted."""
    tally = _Tally()
    day = clock.first_countable
    while True:
        if pauses := [pause for pause in clock.pauses if pause.covers(day)]:
            if any(pause.last is None for pause in pauses):
                return Due(clock, None, tuple(tally.steps), paused_since=day)
            last = _paused_until(day, clock.pauses)
            tally.add(day, last, "暂停：" + "、".join(dict.fromkeys(pause.ground for pause in pauses)), counts=False)
        else:
            last = day
            if clock.unit is Unit.CD:
                tally.add(day, day, "自然日", counts=True)
            else:
                today = kind(day)
                tally.add(day, day, today.value, counts=today.works)
        if tally.reached == clock.total:
            return _ended(clock, tally, last, kind)
        day = _after(last)


def _paused_until(day: date, pauses: tuple[Pause, ...]) -> date:
    """The last day from ``day`` on which the very same pauses cover."""
    lasts = [pause.last for pause in pauses if pause.covers(day) and pause.last is not None]
    firsts = [pause.first - ONE_DAY for pause in pauses if pause.first > day]
    return min(lasts + firsts)


def _ended(clock: Clock, tally: _Tally, last: date, kind: Callable[[date], DayKind]) -> Due:
    """``last`` made the number full; a rest day moves on to the first working day not paused (K3)."""
    steps = tuple(tally.steps)
    if clock.unit is Unit.WD:
        return Due(clock, last, steps)
    day = last
    while (pauses := [pause for pause in clock.pauses if pause.covers(day)]) or not kind(day).works:
        if any(pause.last is None for pause in pauses):
            return Due(clock, None, steps, moved_from=last, paused_since=day)
        day = _after(day)
    return Due(clock, day, steps, moved_from=last if day != last else None)


def days_left(clock: Clock, calendar: WorkingCalendar, today: date) -> int:
    """How many days of the clock's own unit remain after ``today``: 0 on the due day, negative when overdue.

    Frozen during a pause. Overdue days are counted without regard to pauses begun after the due day.
    """
    _must_be_dates(today=today)
    found = due(clock, calendar)
    if found.paused_since is not None:
        until = min(today, found.paused_since - ONE_DAY)
        return max(clock.total - _countable(clock, calendar, clock.first_countable, until), 0)
    if found.day is not None and today > found.day:
        return -_countable(replace(clock, pauses=()), calendar, _after(found.day), today)
    return _countable(clock, calendar, max(_after(today), clock.first_countable), found.day or today)


def _countable(clock: Clock, calendar: WorkingCalendar, first: date, last: date) -> int:
    """How many days from ``first`` to ``last`` count, however long the term is; 0 for an empty stretch."""
    days = (first + number * ONE_DAY for number in range((last - first).days + 1))
    return sum(
        clock.unit is Unit.CD or calendar.is_working_day(day)
        for day in days
        if not any(pause.covers(day) for pause in clock.pauses)
    )


def is_in_time(due_on: date, *, received_on: date, posted_on: date | None = None) -> bool:
    """Whether an act reached its office in time; what was posted by the due day is in time (K3).

    Law: 民事诉讼法 第八十五条 (期间不包括在途时间，诉讼文书在期满前交邮的，不算过期).
    """
    return min(received_on, posted_on or received_on) <= due_on

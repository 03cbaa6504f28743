"""A year whose notice is not out yet: the day a term will probably fall due, and the days between which it must.

The notice for a year comes in the last weeks of the year before, and terms run into that year long before. Known by law
are the weekends, the statutory holidays (those that follow the moon by the almanac) and that a holiday on a weekend
is made good on a working day (K2). Not known are the swaps: weekend days worked so that a holiday grows longer.

Three readings of such a year, counted like any other:

* *expected*: what the law says and no swaps; a day made good is the first working day after its holiday;
* *earliest*: the weekend days around a holiday are worked, as many as a notice ever took (``SWAPS`` for each holiday),
  and those first that the count meets first;
* *latest*: as many weekdays around it, and those made good, are days off.

Every notice since 2018 lies between the second and the third (a test reads them all).

Law: 全国年节及纪念日放假办法 第二条、第六条.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from jianheng.kernel.calendar import DayKind, WorkingCalendar, weekday_kind
from jianheng.kernel.clocks import Clock, due_by

SWAPS = 2  # weekend days worked for one holiday
SWAP_REACH = timedelta(days=16)  # how far from its holiday a weekend day is worked
REST_REACH = timedelta(days=8)  # how far days off reach
NEW_RULE = 2025  # 除夕 and 2 May are holidays since (国务院令第795号)


@dataclass(frozen=True, slots=True)
class MovingHolidays:
    """The first days, in one year, of the holidays that follow the moon or the sun."""

    spring_festival: date
    qingming: date
    dragon_boat: date
    mid_autumn: date


@dataclass(frozen=True, slots=True)
class Provisional:
    """``day`` is the expected due day; whatever the notice says, the real one is not before ``earliest``, not after
    ``latest``."""

    day: date
    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class _Holiday:
    """The statutory days of one holiday in a year."""

    days: tuple[date, ...]

    @property
    def made_good(self) -> int:
        """How many of its days fall on a weekend and are due again."""
        return sum(weekday_kind(day) is DayKind.WEEKEND for day in self.days)

    def within(self, day: date, reach: timedelta) -> bool:
        """Whether a day is so near."""
        return self.days[0] - reach <= day <= self.days[-1] + reach


def _days(first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range(count))


@lru_cache(maxsize=64)
def _statutory(year: int, moving: MovingHolidays) -> tuple[_Holiday, ...]:
    new = year >= NEW_RULE
    spring = moving.spring_festival - timedelta(days=new)
    return (
        _Holiday(_days(date(year, 1, 1), 1)),
        _Holiday(_days(spring, 4 if new else 3)),
        _Holiday(_days(moving.qingming, 1)),
        _Holiday(_days(date(year, 5, 1), 2 if new else 1)),
        _Holiday(_days(moving.dragon_boat, 1)),
        _Holiday(_days(moving.mid_autumn, 1)),
        _Holiday(_days(date(year, 10, 1), 3)),
    )


Kind = Callable[[date], DayKind]


class _Reading(ABC):
    """One reading of the years without a notice, for one count that goes forward day by day."""

    def __init__(self, calendar: WorkingCalendar, moving: Mapping[int, MovingHolidays]) -> None:
        self.calendar, self.moving = calendar, moving
        self.used: Counter[_Holiday] = Counter()

    def __call__(self, day: date) -> DayKind:
        """What a day is taken for; a year with a notice is what the notice says."""
        if day.year in self.calendar.years:
            return self.calendar.kind(day)
        if any(day in holiday.days for holiday in self.near(day)):
            return DayKind.HOLIDAY
        return self.other(day)

    def near(self, day: date) -> Iterator[_Holiday]:
        """The holidays of the years around a day that have no notice; a swap may reach over the turn of the year."""
        for year in (day.year - 1, day.year, day.year + 1):
            if year in self.moving and year not in self.calendar.years:
                yield from _statutory(year, self.moving[year])

    @abstractmethod
    def other(self, day: date) -> DayKind:
        """What a day is that is no statutory holiday."""


class _Expected(_Reading):
    def other(self, day: date) -> DayKind:
        kind = weekday_kind(day)
        if kind is DayKind.WORKING:
            for holiday in self.near(day):
                if holiday.days[-1] < day and self.used[holiday] < holiday.made_good and self._follows(holiday, day):
                    self.used[holiday] += 1
                    return DayKind.HOLIDAY
        return kind

    def _follows(self, holiday: _Holiday, day: date) -> bool:
        """Whether a day is among the first working days after a holiday, as many as are made good."""
        working, step = 0, holiday.days[-1]
        while step < day:
            step += timedelta(days=1)
            working += weekday_kind(step) is DayKind.WORKING
        return working <= holiday.made_good


class _Earliest(_Reading):
    def other(self, day: date) -> DayKind:
        kind = weekday_kind(day)
        if kind is DayKind.WEEKEND:
            for holiday in self.near(day):
                if self.used[holiday] < SWAPS and holiday.within(day, SWAP_REACH):
                    self.used[holiday] += 1
                    return DayKind.MAKE_UP
        return kind


class _Latest(_Reading):
    def other(self, day: date) -> DayKind:
        kind = weekday_kind(day)
        if kind is DayKind.WORKING:
            for holiday in self.near(day):
                if self.used[holiday] < SWAPS + holiday.made_good and holiday.within(day, REST_REACH):
                    self.used[holiday] += 1
                    return DayKind.HOLIDAY
        return kind


def provisional(clock: Clock, calendar: WorkingCalendar, moving: Mapping[int, MovingHolidays]) -> Provisional | None:
    """Where a term will end that runs into a year without a notice; ``None`` while a pause runs on.

    ``moving``: the almanac by year; a year it does not have is taken for weekdays and weekends alone.
    """
    days = [due_by(clock, reading(calendar, moving)).day for reading in (_Expected, _Earliest, _Latest)]
    if any(day is None for day in days):
        return None
    expected, earliest, latest = (day for day in days if day is not None)
    return Provisional(expected, min(earliest, expected), max(latest, expected))

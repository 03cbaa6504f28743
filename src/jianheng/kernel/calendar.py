"""The working-day calendar (工作日历): which days count as 工作日.

The make-up working days (调休上班日) come from a yearly notice of the State Council and follow no formula
(rule K1), so a calendar knows exactly the years whose notice it was given and refuses every other year
instead of guessing.

Invariants: a notice speaks of its own year only; no day of it is both a rest day and a working day; a
make-up working day is a Saturday or a Sunday; the statutory holidays with a fixed date are never working
days (rule K2).

Law: 全国年节及纪念日放假办法 第二条、第六条; the yearly 国务院办公厅关于部分节假日安排的通知.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from jianheng.kernel.errors import Reason, Refusal

HOLIDAY_LAW = "全国年节及纪念日放假办法 第二条"
NOTICE_LAW = "国务院办公厅关于部分节假日安排的通知（每年一次）"
ONE_DAY = timedelta(days=1)

# (month, day) of the statutory holidays whose date never moves, and the first year each is one.
FIXED_HOLIDAYS = {(1, 1): 1950, (5, 1): 1950, (5, 2): 2025, (10, 1): 1950, (10, 2): 1950, (10, 3): 2000}


class CalendarYearMissingError(Refusal):
    """没有该年的工作日历，不能推算该年的工作日。"""

    code = "CALENDAR_YEAR_MISSING"
    law = (NOTICE_LAW,)

    def __init__(self, year: int) -> None:
        super().__init__(
            f"系统没有{year}年的节假日安排（国务院办公厅每年发布的通知），不能推算该年的工作日。",
            next_step=f"请管理员取得{year}年的通知后，用 jianheng calendar import 文件 导入。",
            year=year,
        )
        self.year = year


class CalendarNoticeError(Refusal):
    """节假日安排与法律或者与自身矛盾，不能采用。"""

    code = "CALENDAR_NOTICE_INVALID"
    law = (NOTICE_LAW,)
    next_step = "请对照国务院办公厅通知原文改正后重新导入。"


class DayKind(Enum):
    """What a day is to someone who counts working days; the value is what a clerk reads."""

    WORKING = "工作日"  # Monday to Friday, not a holiday
    MAKE_UP = "调休上班日"  # a Saturday or Sunday the notice makes a working day
    WEEKEND = "周末休息"  # an ordinary Saturday or Sunday
    HOLIDAY = "节假日休息"  # a day the notice gives off

    @property
    def works(self) -> bool:
        """Whether a day of this kind is a working day."""
        return self in (DayKind.WORKING, DayKind.MAKE_UP)


def weekday_kind(day: date) -> DayKind:
    """What ``day`` would be if there were no notice: Monday to Friday work, the weekend rests."""
    return DayKind.WORKING if day.weekday() < 5 else DayKind.WEEKEND


@dataclass(frozen=True, slots=True)
class YearNotice:
    """One year's holiday arrangement. ``rest_days`` are days off, ``work_days`` the make-up working days.

    ``source`` names the notice; ``verified`` says whether someone compared it with the notice's text.
    A weekend day inside a holiday may be listed as a rest day or left out, with the same effect.
    Refuses with :class:`CalendarNoticeError`, which carries every contradiction found.
    """

    year: int
    rest_days: frozenset[date]
    work_days: frozenset[date]
    source: str
    verified: bool

    def __post_init__(self) -> None:
        if reasons := tuple(self._contradictions()):
            raise CalendarNoticeError(reasons=reasons)

    def kind(self, day: date) -> DayKind:
        """What ``day``, a day of this year, is."""
        if day in self.work_days:
            return DayKind.MAKE_UP
        return DayKind.HOLIDAY if day in self.rest_days else weekday_kind(day)

    def _contradictions(self) -> Iterable[Reason]:
        for day in sorted(self.rest_days | self.work_days):
            if day.year != self.year:
                yield _contradiction(day, f"不属于{self.year}年")
            if day in self.rest_days and day in self.work_days:
                yield _contradiction(day, "既列为休息日又列为上班日")
            if day in self.work_days and day.weekday() < 5:
                yield _contradiction(day, "本来就是周一至周五，不会是调休上班日")
        for (month, dom), since in FIXED_HOLIDAYS.items():
            day = date(self.year, month, dom)
            if self.year >= since and self.kind(day).works:
                yield _contradiction(day, "是法定节假日，却没有列为休息日", HOLIDAY_LAW)


def _contradiction(day: date, what: str, law: str = NOTICE_LAW) -> Reason:
    return Reason(
        code=CalendarNoticeError.code,
        text=f"{day.isoformat()} {what}。",
        law=(law,),
        next_step=CalendarNoticeError.next_step,
        about=day.isoformat(),
    )


class WorkingCalendar:
    """The days of the years it has notices for. Of two notices for one year the later given prevails."""

    def __init__(self, notices: Iterable[YearNotice]) -> None:
        self._notices = {notice.year: notice for notice in notices}

    @property
    def years(self) -> tuple[int, ...]:
        """The years it can speak of, in order."""
        return tuple(sorted(self._notices))

    def notice(self, year: int) -> YearNotice:
        """The notice for ``year``; refuses with :class:`CalendarYearMissingError`."""
        if year not in self._notices:
            raise CalendarYearMissingError(year)
        return self._notices[year]

    def kind(self, day: date) -> DayKind:
        """What ``day`` is."""
        return self.notice(day.year).kind(day)

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is a 工作日.

        Law: 全国年节及纪念日放假办法 第六条 (a holiday on a weekend is compensated on a working day).
        """
        return self.kind(day).works

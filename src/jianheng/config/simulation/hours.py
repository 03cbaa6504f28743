"""Virtual time: seconds of a run as moments in China, and waits counted in working days of eight hours."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianheng.kernel.calendar import WorkingCalendar

CHINA = ZoneInfo("Asia/Shanghai")
OPENS, HOURS = 9, 8  # the office is open from nine to five
ONE_DAY = timedelta(days=1)


class Hours:
    """The offices of the province from ``first`` on, for ``days`` days and half a year more to finish in."""

    def __init__(self, calendar: WorkingCalendar, *, first: date, days: int) -> None:
        self.first, self.start = first, datetime.combine(first, time(0), CHINA)
        self.last = first + timedelta(days=days)
        far = min(self.last + timedelta(days=366), date(calendar.years[-1], 12, 31))
        calendar.notice(first.year), calendar.notice(self.last.year)
        span = [first + ONE_DAY * n for n in range((far - first).days + 1)]
        self.working = [day for day in span if calendar.kind(day).works]
        self._known = set(self.working)

    def at(self, seconds: float) -> datetime:
        """The moment some seconds after the beginning."""
        return self.start + timedelta(seconds=round(seconds))

    def seconds(self, moment: datetime) -> float:
        """How long after the beginning a moment is."""
        return (moment - self.start).total_seconds()

    def works(self, day: date) -> bool:
        """Whether the offices are open on a day."""
        return day in self._known

    def later(self, moment: datetime, working_days: float) -> datetime:
        """The moment when that much working time has passed; beyond the known years, a plain week follows."""
        index, worked = self._place(moment)
        total = index + worked + working_days
        whole = int(total)
        if whole >= len(self.working):
            beyond = self.working[-1] + ONE_DAY * round((total - len(self.working) + 1) * 7 / 5)
            return datetime.combine(beyond, time(OPENS), CHINA)
        opens = datetime.combine(self.working[whole], time(OPENS), CHINA)
        return opens + timedelta(hours=HOURS * (total - whole))

    def _place(self, moment: datetime) -> tuple[int, float]:
        """(number of the working day, share of it passed); outside office hours the next opening counts."""
        index = bisect_right(self.working, moment.date()) - 1
        if index < 0 or self.working[index] != moment.date():
            return index + 1, 0.0
        passed = (moment - datetime.combine(moment.date(), time(OPENS), CHINA)).total_seconds() / 3600 / HOURS
        return (index, max(passed, 0.0)) if passed < 1 else (index + 1, 0.0)

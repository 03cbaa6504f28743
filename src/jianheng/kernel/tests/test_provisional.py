"""A term that runs into a year without notice: every notice there ever was lies in the span, and mostly on the day."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from jianheng.kernel import clocks
from jianheng.kernel.calendar import WorkingCalendar, YearNotice
from jianheng.kernel.clocks import Clock, Pause, Unit
from jianheng.kernel.provisional import MovingHolidays, provisional

LAW = Path(__file__).parents[2] / "law" / "national"


def _notice(path: Path) -> YearNotice:
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    days = {kind: frozenset(row["day"] for row in told["days"] if row["kind"] == kind) for kind in ("rest", "work")}
    return YearNotice(told["year"], days["rest"], days["work"], told["source"], told["verified"])


NOTICES = {notice.year: notice for notice in map(_notice, sorted((LAW / "calendar").glob("*.yaml")))}
with (LAW / "moving_holidays.csv").open(encoding="utf-8", newline="") as _file:
    MOVING = {
        int(row.pop("year")): MovingHolidays(**{name: date.fromisoformat(day) for name, day in row.items()})
        for row in csv.DictReader(_file)
    }
KNOWN = WorkingCalendar(NOTICES.values())
PLAGUE = 2020  # the Spring Festival was prolonged by a second notice while it was under way


def without(year: int) -> WorkingCalendar:
    """The calendar as it was before the notice for a year came."""
    return WorkingCalendar(notice for notice in NOTICES.values() if notice.year != year)


@pytest.mark.parametrize("year", [year for year in NOTICES if year - 1 in NOTICES and year != PLAGUE])
def test_every_notice_there_ever_was_lies_within_the_span(year: int) -> None:
    """Terms begun on every ninth day from November before to November of the year, of every common length."""
    before, hits, asked = without(year), 0, 0
    for number in range(0, 365, 9):
        start = date(year - 1, 11, 1) + timedelta(days=number)
        for length, unit in ((3, Unit.WD), (7, Unit.WD), (15, Unit.WD), (30, Unit.WD), (10, Unit.CD), (15, Unit.CD)):
            clock = Clock(start, length, unit)
            if clock.start_on + timedelta(days=3 * length) > date(year, 12, 15):
                continue
            real, told = clocks.due(clock, KNOWN).day, provisional(clock, before, MOVING)
            assert real is not None and told is not None
            assert told.earliest <= real <= told.latest, (clock, real, told)
            hits, asked = hits + (told.day == real), asked + 1
    assert hits > asked * 0.6


def test_the_span_of_a_term_far_from_any_holiday_is_a_day() -> None:
    told = provisional(Clock(date(2027, 7, 5), 7, Unit.WD), KNOWN, MOVING)

    assert told is not None
    assert (told.earliest, told.day, told.latest) == (date(2027, 7, 14),) * 3


def test_thirty_working_days_from_late_november_2026_end_in_january_2027_with_a_span() -> None:
    told = provisional(Clock(date(2026, 11, 27), 30, Unit.WD), KNOWN, MOVING)

    assert told is not None
    assert told.day == date(2027, 1, 11)  # 1 January is a holiday, and a Friday: nothing is made good
    assert told.earliest == date(2027, 1, 7)  # 2 and 3 January worked
    assert told.latest == date(2027, 1, 13)


def test_a_holiday_on_a_weekend_is_made_good_on_the_next_working_day() -> None:
    told = provisional(Clock(date(2027, 9, 30), 3, Unit.WD), KNOWN, MOVING)  # 2 and 3 October are a weekend

    assert told is not None
    assert told.day == date(2027, 10, 8)  # 4 and 5 October made good; 6, 7, 8 are counted


def test_where_every_year_is_known_the_provisional_day_is_the_due_day() -> None:
    clock = Clock(date(2026, 2, 10), 7, Unit.WD)
    told = provisional(clock, KNOWN, MOVING)

    assert told is not None
    assert {told.earliest, told.day, told.latest} == {clocks.due(clock, KNOWN).day}


def test_a_pause_that_runs_on_has_no_provisional_day() -> None:
    clock = Clock(date(2026, 12, 28), 7, Unit.WD, pauses=(Pause(date(2027, 1, 4), None, "", ""),))

    assert provisional(clock, KNOWN, MOVING) is None


def test_a_year_beyond_the_almanac_is_weekdays_and_weekends() -> None:
    told = provisional(Clock(date(2050, 5, 31), 5, Unit.WD), KNOWN, MOVING)

    assert told is not None
    assert told.day == date(2050, 6, 7)

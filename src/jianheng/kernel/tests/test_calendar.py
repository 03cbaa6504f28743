"""The calendar knows the years it was told of, and says so about every other."""

from datetime import date, timedelta

import pytest

from jianheng.kernel.calendar import (
    CalendarNoticeError,
    CalendarYearMissingError,
    DayKind,
    WorkingCalendar,
    YearNotice,
)


def days(*texts: str) -> frozenset[date]:
    """Days written MM-DD or MM-DD..MM-DD of 2026."""
    found = set()
    for text in texts:
        first, _, last = text.partition("..")
        day = date.fromisoformat(f"2026-{first}")
        while day <= date.fromisoformat(f"2026-{last or first}"):
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


REST_2026 = days(
    "01-01..01-03", "02-15..02-23", "04-04..04-06", "05-01..05-05", "06-19..06-21", "09-25..09-27", "10-01..10-07"
)
WORK_2026 = days("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")
NOTICE_2026 = YearNotice(2026, REST_2026, WORK_2026, "国务院办公厅关于2026年部分节假日安排的通知", verified=True)
CALENDAR = WorkingCalendar([NOTICE_2026])


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-01-04", DayKind.MAKE_UP),
        ("2026-01-05", DayKind.WORKING),
        ("2026-02-13", DayKind.WORKING),
        ("2026-02-14", DayKind.MAKE_UP),
        ("2026-02-15", DayKind.HOLIDAY),
        ("2026-02-23", DayKind.HOLIDAY),
        ("2026-02-24", DayKind.WORKING),
        ("2026-02-28", DayKind.MAKE_UP),
        ("2026-03-01", DayKind.WEEKEND),
        ("2026-10-10", DayKind.MAKE_UP),
        ("2026-12-31", DayKind.WORKING),
    ],
)
def test_a_day_of_2026_is_what_the_notice_makes_it(day: str, kind: DayKind) -> None:
    assert CALENDAR.kind(date.fromisoformat(day)) is kind


def test_2026_has_248_working_days() -> None:
    year = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))

    assert sum(CALENDAR.is_working_day(day) for day in year) == 248


@pytest.mark.parametrize("day", [date(2025, 12, 30), date(2027, 1, 1), date(9999, 12, 30)])
def test_a_year_without_notice_is_refused_by_name_with_the_way_to_fill_it(day: date) -> None:
    with pytest.raises(CalendarYearMissingError) as caught:
        CALENDAR.is_working_day(day)

    assert caught.value.year == day.year
    assert f"{day.year}年" in caught.value.text
    assert "jianheng calendar import" in caught.value.next_steps[0]


def test_the_later_of_two_notices_for_a_year_prevails() -> None:
    amended = YearNotice(2026, REST_2026 | days("02-24"), WORK_2026, "调整通知", verified=True)

    assert CALENDAR.is_working_day(date(2026, 2, 24))
    assert not WorkingCalendar([NOTICE_2026, amended]).is_working_day(date(2026, 2, 24))


@pytest.mark.parametrize(
    ("rest", "work", "about"),
    [
        (REST_2026 | {date(2027, 1, 1)}, WORK_2026, "2027-01-01"),
        (REST_2026, WORK_2026 | {date(2025, 12, 28)}, "2025-12-28"),
        (REST_2026 | days("02-14"), WORK_2026, "2026-02-14"),
        (REST_2026, WORK_2026 | days("03-04"), "2026-03-04"),
        (REST_2026 - days("10-02"), WORK_2026, "2026-10-02"),
        (REST_2026 - days("05-01"), WORK_2026, "2026-05-01"),
    ],
)
def test_a_notice_that_contradicts_itself_or_the_law_is_refused_naming_the_day(
    rest: frozenset[date], work: frozenset[date], about: str
) -> None:
    with pytest.raises(CalendarNoticeError) as caught:
        YearNotice(2026, rest, work, "测试", verified=False)

    assert [reason.about for reason in caught.value.reasons] == [about]


def test_a_second_of_may_was_not_yet_a_holiday_in_2024() -> None:
    fixed = frozenset({date(2024, 1, 1), date(2024, 5, 1), *(date(2024, 10, n) for n in (1, 2, 3))})

    notice = YearNotice(2024, fixed, frozenset(), "测试", verified=False)

    assert notice.kind(date(2024, 5, 2)) is DayKind.WORKING

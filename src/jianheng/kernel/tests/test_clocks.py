"""Terms fall due on the day the examples say, and obey what is true of every term."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from jianheng.kernel import clocks
from jianheng.kernel.calendar import CalendarYearMissingError, WorkingCalendar, YearNotice
from jianheng.kernel.clocks import Clock, Extension, Pause, Unit
from jianheng.kernel.errors import Refusal
from jianheng.kernel.pauses import PAUSE_GROUNDS, pause_ground

EXAMPLES = yaml.safe_load(Path(__file__).with_name("clock_examples.yaml").read_text(encoding="utf-8"))
NOTICES = Path(__file__).parents[2] / "law" / "national" / "calendar"


def notice(path: Path) -> YearNotice:
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    days = {kind: frozenset(row["day"] for row in read["days"] if row["kind"] == kind) for kind in ("rest", "work")}
    return YearNotice(read["year"], days["rest"], days["work"], read["source"], read["verified"])


CALENDAR = WorkingCalendar(notice(path) for path in NOTICES.glob("*.yaml"))


def clock_of(example: dict[str, Any]) -> Clock:
    """The clock an example describes."""
    pauses = []
    for each in example.get("pauses", []):
        ground = pause_ground(each.get("ground", "MATERIAL_SUPPLEMENT"), region=example.get("region", ""))
        pauses.append(Pause(each["first"], each.get("last"), ground.text, ground.law))
    return Clock(
        example["start"],
        example["length"],
        Unit[example["unit"]],
        pauses=tuple(pauses),
        extensions=tuple(Extension(days, "负责人", example["start"], "") for days in example.get("extensions", [])),
        start_counts=example.get("start_counts", False),
    )


def test_there_are_at_least_thirty_examples_each_with_its_own_title_and_reason() -> None:
    assert len(EXAMPLES) >= 30
    assert len({example["title"] for example in EXAMPLES}) == len(EXAMPLES)
    assert all(example["why"] for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["title"])
def test_a_term_falls_due_as_the_example_says(example: dict[str, Any]) -> None:
    if "refused" in example:
        with pytest.raises(Refusal) as caught:
            clocks.due(clock_of(example), CALENDAR)
        assert caught.value.reasons[0].code == example["refused"]
        return

    found = clocks.due(clock_of(example), CALENDAR)

    assert (found.day, found.moved_from) == (example.get("due"), example.get("moved_from"))
    assert found.reached == example.get("running", found.clock.total)


START_2026 = date(2026, 2, 10)


def test_the_explanation_names_every_stretch_in_order() -> None:
    pause = Pause(date(2026, 2, 24), date(2026, 2, 25), "补充鉴定材料", "司法鉴定程序通则 第二十八条")
    clock = Clock(START_2026, 7, Unit.WD, (pause,), basis="司法鉴定程序通则 第十三条")

    assert clocks.due(clock, CALENDAR).explain() == [
        "自2026年2月10日起算，当日不计入；期限7个工作日（司法鉴定程序通则 第十三条）。",
        "2026年2月11日至2026年2月13日：工作日，计3日，累计3日。",
        "2026年2月14日：调休上班日，计1日，累计4日。",
        "2026年2月15日至2026年2月23日：节假日休息，不计入。",
        "2026年2月24日至2026年2月25日：暂停：补充鉴定材料，不计入。",
        "2026年2月26日至2026年2月27日：工作日，计2日，累计6日。",
        "2026年2月28日：调休上班日，计1日，累计7日。",
        "2026年2月28日届满。",
    ]


def test_the_explanation_of_a_moved_last_day_names_the_rest_day_and_the_article() -> None:
    told = clocks.due(Clock(date(2026, 9, 3), 30, Unit.CD), CALENDAR).explain()

    assert told[-1] == "最后一日2026年10月3日不是工作日，顺延至2026年10月8日届满（民事诉讼法 第八十五条）。"


def test_the_explanation_of_a_running_pause_says_what_is_left_and_who_extended() -> None:
    extension = Extension(10, "张主任", date(2026, 3, 5), "司法鉴定程序通则 第二十八条")
    clock = Clock(date(2026, 3, 2), 30, Unit.WD, (Pause(date(2026, 3, 10), None, "补充材料", ""),), (extension,))

    told = clocks.due(clock, CALENDAR).explain()

    assert told[1] == "2026年3月5日经张主任批准，延长10日（司法鉴定程序通则 第二十八条）。"
    assert told[-1] == "暂停尚未结束：已计5个工作日，尚余35个工作日，届满日待恢复后确定。"


@pytest.mark.parametrize(
    ("today", "left"),
    [
        ("2026-02-01", 7),  # before it begins
        ("2026-02-10", 7),
        ("2026-02-11", 6),
        ("2026-02-14", 3),
        ("2026-02-20", 3),  # nothing passes in the holiday
        ("2026-02-25", 1),
        ("2026-02-26", 0),  # the due day
        ("2026-02-27", -1),
        ("2026-03-01", -2),  # 28 February is a working Saturday, 1 March a Sunday
        ("2026-03-02", -3),
    ],
)
def test_days_left_count_working_days_and_turn_negative_after_the_due_day(today: str, left: int) -> None:
    clock = Clock(START_2026, 7, Unit.WD)

    assert clocks.days_left(clock, CALENDAR, date.fromisoformat(today)) == left


@pytest.mark.parametrize(
    ("today", "left"), [("2026-10-02", 6), ("2026-10-03", 5), ("2026-10-08", 0), ("2026-10-10", -2)]
)
def test_days_left_of_calendar_days_run_to_the_day_the_term_was_moved_to(today: str, left: int) -> None:
    clock = Clock(date(2026, 9, 3), 30, Unit.CD)

    assert clocks.days_left(clock, CALENDAR, date.fromisoformat(today)) == left


@pytest.mark.parametrize("last", [None, date(2026, 3, 18)])
def test_days_left_stand_still_during_a_pause(last: date | None) -> None:
    clock = Clock(date(2026, 3, 2), 30, Unit.WD, (Pause(date(2026, 3, 10), last, "补充材料", ""),))

    left = [clocks.days_left(clock, CALENDAR, date(2026, 3, day)) for day in (6, 9, 10, 14, 18)]

    assert left == [26, 25, 25, 25, 25]


def test_a_running_pause_is_never_overdue_however_late_it_gets() -> None:
    clock = Clock(date(2026, 3, 2), 5, Unit.WD, (Pause(date(2026, 3, 4), None, "补充材料", ""),))

    assert clocks.days_left(clock, CALENDAR, date(2026, 12, 31)) == 4


@pytest.mark.parametrize(
    ("received", "posted", "in_time"),
    [
        ("2026-03-19", None, True),
        ("2026-03-20", None, False),
        ("2026-03-25", "2026-03-19", True),
        ("2026-03-25", "2026-03-20", False),
    ],
)
def test_what_was_posted_by_the_due_day_is_in_time(received: str, posted: str | None, in_time: bool) -> None:
    found = clocks.is_in_time(
        date(2026, 3, 19),
        received_on=date.fromisoformat(received),
        posted_on=date.fromisoformat(posted) if posted else None,
    )

    assert found is in_time


def test_without_a_notice_the_provisional_day_takes_monday_to_friday_for_working_days() -> None:
    clock = Clock(date(2026, 12, 28), 7, Unit.WD)

    with pytest.raises(CalendarYearMissingError):
        clocks.due(clock, CALENDAR)


@pytest.mark.parametrize("length", [True, 7.0, "7", None])
def test_a_length_that_is_not_a_whole_number_is_a_mistake_of_the_program(length: object) -> None:
    with pytest.raises(TypeError):
        Clock(START_2026, length, Unit.WD)  # type: ignore[arg-type]


def test_an_instant_is_not_a_date() -> None:
    with pytest.raises(TypeError):
        Clock(datetime(2026, 2, 10), 7, Unit.WD)
    with pytest.raises(TypeError):
        clocks.days_left(Clock(START_2026, 7, Unit.WD), CALENDAR, datetime(2026, 2, 12))


def test_extensions_that_add_up_beyond_the_ceiling_of_all_terms_are_refused() -> None:
    extension = Extension(clocks.LENGTH_CEILING, "负责人", START_2026, "")

    with pytest.raises(clocks.TermError):
        Clock(START_2026, 1, Unit.WD, extensions=(extension,))


def test_a_term_begun_on_the_last_day_there_is_is_refused() -> None:
    with pytest.raises(clocks.TermNotEndingError):
        clocks.due(Clock(date.max, 1, Unit.CD), CALENDAR)


def test_every_pause_ground_carries_an_article_wherever_it_stops_clocks() -> None:
    for region in ("", "110000", "220000", "370000", "440000"):
        stopping = [ground for ground in PAUSE_GROUNDS.values() if ground.basis(region) is not None]
        assert stopping and all(ground.basis(region) for ground in stopping)
    assert {ground.rule for ground in PAUSE_GROUNDS.values()} == {"K6", "K7", "K9", "K10", "K12"}


def test_an_unknown_pause_ground_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        pause_ground("TIRED")

    assert caught.value.reasons[0].code == "PAUSE_GROUND_UNKNOWN"


# What is true of every term.

DAYS = st.dates(date(2025, 1, 1), date(2026, 4, 30))


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    first = draw(DAYS)
    return Pause(first, first + timedelta(days=draw(st.integers(0, 30))), "补充材料", "")


@st.composite
def a_clock(draw: st.DrawFn) -> Clock:
    return Clock(
        start_on=draw(DAYS),
        length=draw(st.integers(1, 45)),
        unit=draw(st.sampled_from(Unit)),
        pauses=tuple(draw(st.lists(pauses(), max_size=3))),
        extensions=tuple(
            Extension(length, "负责人", START_2026, "") for length in draw(st.lists(st.integers(1, 10), max_size=2))
        ),
        start_counts=draw(st.booleans()),
    )


def due_day(clock: Clock) -> date:
    day = clocks.due(clock, CALENDAR).day
    assert day is not None
    return day


@given(a_clock())
def test_a_longer_term_never_falls_due_earlier(clock: Clock) -> None:
    assert due_day(replace(clock, length=clock.length + 1)) >= due_day(clock)


@given(a_clock(), pauses())
def test_a_pause_never_makes_a_term_fall_due_earlier(clock: Clock, pause: Pause) -> None:
    assert due_day(replace(clock, pauses=(*clock.pauses, pause))) >= due_day(clock)


@given(a_clock(), pauses(), st.integers(1, 20))
def test_pausing_and_extending_commute(clock: Clock, pause: Pause, more: int) -> None:
    extension = Extension(more, "负责人", START_2026, "")
    paused = replace(clock, pauses=(*clock.pauses, pause))
    extended = replace(clock, extensions=(*clock.extensions, extension))

    assert due_day(replace(paused, extensions=extended.extensions)) == due_day(
        replace(extended, pauses=paused.pauses)
    )
    assert due_day(extended) == due_day(replace(clock, length=clock.length + more))


@given(a_clock())
def test_a_term_always_falls_due_on_a_working_day_that_is_not_paused(clock: Clock) -> None:
    day = due_day(clock)

    assert CALENDAR.is_working_day(day)
    assert not any(pause.covers(day) for pause in clock.pauses)


@given(a_clock(), pauses(), st.integers(0, 29))
def test_splitting_a_pause_changes_nothing(clock: Clock, pause: Pause, at: int) -> None:
    assert pause.last is not None
    cut = pause.first + timedelta(days=at)
    assume(cut < pause.last)
    halves = (replace(pause, last=cut), replace(pause, first=cut + timedelta(days=1)))

    assert due_day(replace(clock, pauses=(*clock.pauses, *halves))) == due_day(
        replace(clock, pauses=(*clock.pauses, pause))
    )


@given(a_clock())
def test_the_order_of_pauses_changes_nothing(clock: Clock) -> None:
    assert clocks.due(replace(clock, pauses=clock.pauses[::-1]), CALENDAR).day == due_day(clock)


@given(a_clock())
def test_the_steps_join_without_a_gap_and_count_the_whole_term(clock: Clock) -> None:
    steps = clocks.due(clock, CALENDAR).counted

    assert steps[0].first == clock.first_countable
    assert all(later.first == earlier.last + timedelta(days=1) for earlier, later in pairwise(steps))
    assert sum(step.counted for step in steps) == steps[-1].reached == clock.total


@given(a_clock())
def test_a_day_by_day_count_written_another_way_agrees(clock: Clock) -> None:
    day, left = clock.start_on - timedelta(days=clock.start_counts), clock.total
    while left or not (CALENDAR.is_working_day(day) and not any(pause.covers(day) for pause in clock.pauses)):
        day += timedelta(days=1)
        paused = any(pause.covers(day) for pause in clock.pauses)
        if left and not paused and (clock.unit is Unit.CD or CALENDAR.is_working_day(day)):
            left -= 1

    assert due_day(clock) == day


@given(a_clock(), st.integers(0, 120))
def test_days_left_never_grow_as_time_passes_and_turn_negative_after_the_due_day(clock: Clock, after: int) -> None:
    today = clock.start_on + timedelta(days=after)
    left = clocks.days_left(clock, CALENDAR, today)

    assert clocks.days_left(clock, CALENDAR, today + timedelta(days=1)) <= left
    assert (left <= 0) if today >= due_day(clock) else (left > 0)

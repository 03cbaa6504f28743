"""Between stored terms and the kernel's clocks: what is stored is events; the due day is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from jianheng.kernel.calendar import CalendarYearMissingError
from jianheng.kernel.clocks import Clock, Extension, Pause, Unit, chinese, days_left, due
from jianheng.kernel.provisional import Provisional
from jianheng.services.lawbook import api as lawbook

FAR = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A term's due day with how it was counted, and where today stands.

    ``due_on`` is ``None`` while the clock is stopped, or when a year's State Council notice is missing; ``note``
    then says so, and for a missing year ``provisional`` where it will fall. ``left`` counts the clock's own units and is negative when overdue.
    """

    clock: str
    title: str
    start_on: date
    length: int
    unit: str
    basis: str
    verified: bool
    due_on: date | None
    provisional: Provisional | None
    sort_on: date
    note: str
    steps: tuple[str, ...]
    left: int | None
    paused: bool
    overdue: bool


def clock_of(row: Mapping[str, Any]) -> Clock:
    """The kernel's clock of a stored term."""
    return Clock(
        start_on=_day(row["start_on"]),
        length=row["length"],
        unit=Unit[row["unit"]],
        basis=row["basis"],
        pauses=tuple(
            Pause(
                first=_day(pause["first"]),
                last=_day(pause["last"]) if pause["last"] else None,
                ground=pause["ground"],
                basis=pause["basis"],
                document=pause.get("document", ""),
            )
            for pause in row["pauses"]
        ),
        extensions=tuple(
            Extension(
                length=extension["length"],
                approved_by=extension["approved_by"],
                approved_on=_day(extension["approved_on"]),
                basis=extension["basis"],
            )
            for extension in row["extensions"]
        ),
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def stored_pauses(clock: Clock) -> list[dict[str, Any]]:
    """A clock's pauses as they are stored."""
    return [{name: _plain(value) for name, value in asdict(pause).items()} for pause in clock.pauses]


def stored_extensions(clock: Clock) -> list[dict[str, Any]]:
    """A clock's extensions as they are stored."""
    return [{name: _plain(value) for name, value in asdict(extension).items()} for extension in clock.extensions]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def paused(clock: Clock, *, on: date, ground: str, basis: str, document: str = "") -> Clock:
    """The clock stopped from a day on."""
    return replace(
        clock, pauses=(*clock.pauses, Pause(first=on, last=None, ground=ground, basis=basis, document=document))
    )


def resumed(clock: Clock, *, on: date) -> Clock:
    """The clock running again: the day of the event that resumes is the last not counted."""
    return replace(
        clock, pauses=tuple(replace(pause, last=on) if pause.last is None else pause for pause in clock.pauses)
    )


def extended(clock: Clock, *, by: int, approved_by: str, on: date, basis: str) -> Clock:
    """The clock made longer."""
    return replace(
        clock,
        extensions=(*clock.extensions, Extension(length=by, approved_by=approved_by, approved_on=on, basis=basis)),
    )


def due_days(clock: Clock) -> tuple[date | None, date, str]:
    """(due day or ``None``, day to sort by, note why there is no due day)."""
    try:
        reckoned = due(clock, lawbook.calendar())
    except CalendarYearMissingError as missing:
        told = lawbook.provisional(clock)
        return None, told.day if told else FAR, _provisionally(missing.year, told)
    if reckoned.day is None:
        since = reckoned.paused_since
        return None, FAR, f"自{since:%Y-%m-%d}起停止计算" if since else "停止计算"
    return reckoned.day, reckoned.day, ""


def expected_on(due_on: date | None, sort_on: date) -> date | None:
    """The provisional day of what has no due day yet; ``None`` where there is one, or none is known."""
    return sort_on if due_on is None and sort_on != FAR else None


def _provisionally(year: int, told: Provisional | None) -> str:
    waiting = f"{year}年的节假日安排尚未公布"
    if told is None:
        return f"{waiting}，期限暂停计算。"
    span = f"，最后确定的届满日在{chinese(told.earliest)}至{chinese(told.latest)}之间"
    span = "" if told.earliest == told.latest else span
    return f"暂定{chinese(told.day)}届满：{waiting}{span}；公布后自动确定。"


def reckon(row: Mapping[str, Any], *, title: str, today: date) -> Reckoning:
    """Everything a page says about a term."""
    clock = clock_of(row)
    due_on, sort_on, note = due_days(clock)
    provisional = lawbook.provisional(clock) if due_on is None and sort_on != FAR else None
    calendar = lawbook.calendar()
    steps: tuple[str, ...] = ()
    left: int | None = None
    if not note or clock.pauses:
        try:
            steps = tuple(due(clock, calendar).explain())
        except CalendarYearMissingError:
            steps = ()
    if due_on is not None:
        try:
            left = days_left(clock, calendar, today)
        except CalendarYearMissingError:
            left = None
    return Reckoning(
        clock=row["clock"],
        title=title,
        start_on=clock.start_on,
        length=clock.total,
        unit=clock.unit.value,
        basis=clock.basis,
        verified=row["verified"],
        due_on=due_on,
        provisional=provisional,
        sort_on=sort_on,
        note=note,
        steps=steps,
        left=left,
        paused=bool(clock.pauses and clock.pauses[-1].last is None),
        overdue=today > due_on if due_on is not None else provisional is not None and today > provisional.latest,
    )

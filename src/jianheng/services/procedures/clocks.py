"""Between stored terms and the kernel's clocks: what is stored is events; the due day is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from jianheng.kernel.calendar import CalendarYearMissingError
from jianheng.kernel.clocks import Clock, Extension, Pause, Unit, days_left, due, earliest_possible
from jianheng.services.lawbook import api as lawbook

FAR = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A term's due day with how it was counted, and where today stands.

    ``due_on`` is ``None`` while the clock is stopped, or when a year's State Council notice is missing; ``note``
    then says so. ``left`` counts the clock's own units and is negative when overdue.
    """

    clock: str
    title: str
    start_on: date
    length: int
    unit: str
    basis: str
    verified: bool
    due_on: date | None
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
    calendar = lawbook.calendar()
    try:
        reckoned = due(clock, calendar)
    except CalendarYearMissingError as missing:
        return None, earliest_possible(clock, calendar) or FAR, missing.text
    if reckoned.day is None:
        since = reckoned.paused_since
        return None, FAR, f"自{since:%Y-%m-%d}起停止计算" if since else "停止计算"
    return reckoned.day, reckoned.day, ""


def reckon(row: Mapping[str, Any], *, title: str, today: date) -> Reckoning:
    """Everything a page says about a term."""
    clock = clock_of(row)
    due_on, sort_on, note = due_days(clock)
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
        sort_on=sort_on,
        note=note,
        steps=steps,
        left=left,
        paused=bool(clock.pauses and clock.pauses[-1].last is None),
        overdue=due_on is not None and today > due_on,
    )

"""The door to the law: the book of parameters and enumerations, and the working-day calendar.

Answers are kept in memory and read anew when a file of the operator's own law directory changes, so an
imported calendar is in use without a restart. Every function refuses with ``LawFileError`` (naming file and
field) when the data are wrong.
"""

from __future__ import annotations

from functools import lru_cache

from jianheng.kernel.calendar import WorkingCalendar
from jianheng.kernel.law import LawBook
from jianheng.services.lawbook import calendars, parameters
from jianheng.services.lawbook.files import SHIPPED, own_directory, stamp

__all__ = ["SHIPPED", "book", "calendar", "calendar_years", "own_directory"]


def book() -> LawBook:
    """Every law parameter and enumeration, national and provincial: ``book().value(key, on=…, region=…)``."""
    return _book((str(own_directory()), *stamp()))


def calendar() -> WorkingCalendar:
    """The working-day calendar of every year whose notice is known."""
    return _calendar((str(own_directory()), *stamp()))


def calendar_years() -> tuple[int, ...]:
    """The years the calendar knows, in order."""
    return calendar().years


@lru_cache(maxsize=2)
def _book(state: object) -> LawBook:
    return parameters.load()


@lru_cache(maxsize=2)
def _calendar(state: object) -> WorkingCalendar:
    return calendars.load()

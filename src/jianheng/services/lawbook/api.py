"""The door to the law: the book of parameters and enumerations, and the working-day calendar.

Answers are kept in memory and read anew when a file of the operator's own law directory changes, so an
imported calendar is in use without a restart. Every function refuses with ``LawFileError`` (naming file and
field) when the data are wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from jianheng.kernel.calendar import WorkingCalendar
from jianheng.kernel.categories import Categories
from jianheng.kernel.clocks import Clock
from jianheng.kernel.law import LawBook
from jianheng.kernel.provisional import Provisional
from jianheng.kernel.provisional import provisional as expected
from jianheng.services.lawbook import calendars, files, parameters, tables
from jianheng.services.lawbook.files import SHIPPED, fingerprint, own_directory, stamp
from jianheng.services.lawbook.tables import Cause

__all__ = [
    "SHIPPED",
    "Cause",
    "book",
    "calendar",
    "calendar_years",
    "categories",
    "causes",
    "fingerprint",
    "own_directory",
    "provisional",
    "regions",
    "scope_synonyms",
]


def book() -> LawBook:
    """Every law parameter and enumeration, national and provincial: ``book().value(key, on=…, region=…)``."""
    return _book((str(own_directory()), *stamp()))


def calendar() -> WorkingCalendar:
    """The working-day calendar of every year whose notice is known."""
    return _calendar((str(own_directory()), *stamp()))


def provisional(clock: Clock) -> Provisional | None:
    """Where a term will end that runs into a year whose notice is not out; ``None`` while a pause runs on."""
    return expected(clock, calendar(), tables.load_moving_holidays())


def calendar_years() -> tuple[int, ...]:
    """The years the calendar knows, in order."""
    return calendar().years


def regions() -> list[tuple[str, str]]:
    """(code, name) of every division with law of its own, shipped or the operator's, by code.

    A division below a province that has no short name of its own is told by its province and its code.
    """
    names = tables.load_divisions()

    def name(code: str) -> str:
        province = names.get(f"{code[:2]}0000", "")
        return names.get(code) or (f"{province}（{code}）" if province else code)

    return [(code, name(code)) for code in files.regions()]


@cache
def categories() -> Categories:
    """The tree of appraisal categories and items, with the court's own list beside it."""
    return tables.load_categories()


@cache
def scope_synonyms() -> Mapping[str, tuple[str, ...]]:
    """Other names licences use for categories and items, each with the codes meant."""
    return tables.load_synonyms()


@cache
def causes() -> tuple[Cause, ...]:
    """The causes of action (民事案件案由规定, in force 2026-01-01) in their official order."""
    return tables.load_causes()


@lru_cache(maxsize=2)
def _book(state: object) -> LawBook:
    return parameters.load()


@lru_cache(maxsize=2)
def _calendar(state: object) -> WorkingCalendar:
    return calendars.load()

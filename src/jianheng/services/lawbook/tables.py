"""The shipped code tables: appraisal categories, their synonyms, causes of action."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from jianheng.kernel.categories import Categories, Category
from jianheng.kernel.provisional import MovingHolidays
from jianheng.services.lawbook.files import SHIPPED

_MAPS_TO = re.compile(r"\(maps to ([A-Z]+)\)")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of action (案由): ``level`` 1 to 4; ``hints`` names the appraisals it usually needs."""

    code: str
    name: str
    parent: str
    level: int
    hints: tuple[str, ...]


def load_categories() -> Categories:
    """The tree of appraisal categories."""
    return Categories(
        Category(
            code=row["code"],
            name=row["name"],
            parent=row["parent"],
            official_code=row["official_code"],
            verified=row["source"].startswith(("S", "name:S")),
            maps_to=found[1] if (found := _MAPS_TO.search(row["name_en"])) else "",
        )
        for row in _rows("categories.csv")
    )


@cache
def load_divisions() -> Mapping[str, str]:
    """The short names of the provinces, and of the prefectures with law of their own (GB/T 2260)."""
    return {row["code"]: row["name"] for row in _rows("divisions.csv")}


def load_synonyms() -> Mapping[str, tuple[str, ...]]:
    """What licences call an item otherwise → the codes meant."""
    return {row["text"]: tuple(row["codes"].split()) for row in _rows("scope_synonyms.csv")}


@cache
def load_moving_holidays() -> Mapping[int, MovingHolidays]:
    """The almanac: the holidays that follow the moon or the sun, by year (GB/T 33661 农历的编算和颁行)."""
    return {
        int(row.pop("year")): MovingHolidays(**{name: date.fromisoformat(day) for name, day in row.items()})
        for row in _rows("moving_holidays.csv")
    }


def load_causes() -> tuple[Cause, ...]:
    """The causes of action in their official order."""
    return tuple(
        Cause(
            row["code"],
            row["name"],
            row["parent"],
            int(row["level"]),
            tuple(filter(None, row["appraisal_hint"].split(";"))),
        )
        for row in _rows("causes.csv")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SHIPPED / "national" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

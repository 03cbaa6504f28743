"""The door of statistics: counts for whoever oversees a region, without a single case.

Regions are given as code prefixes of two, four or six digits ("22", "2201"), "" for the nation. Times are in days of twenty-four hours, from the opening of a
node to its closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, Sum

from jianheng.services.people import api as people
from jianheng.services.statistics.counting import take
from jianheng.services.statistics.models import Day, End, Held, Step, Taking

__all__ = [
    "EndCount",
    "Load",
    "StepCount",
    "days",
    "ends",
    "holders",
    "late_items",
    "nodes",
    "steps",
    "take",
    "taken_at",
]

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Load:
    """What is and was held: ``days`` in all, ``mean_days`` for one that was done (``None`` without any)."""

    procedure: str
    node: str
    organisation_id: int | None
    organisation: str
    role: str
    clock: str
    open: int
    overdue: int
    oldest_on: date | None
    done: int
    late: int
    days: float

    @property
    def mean_days(self) -> float | None:
        """The mean time of those done."""
        return self.days / self.done if self.done else None


@dataclass(frozen=True, slots=True)
class StepCount:
    """How often ``target`` followed ``source`` ("" is the beginning), and after how many days on average."""

    source: str
    target: str
    count: int
    mean_days: float


@dataclass(frozen=True, slots=True)
class EndCount:
    """How many matters came to an end, and after how many days on average."""

    procedure: str
    end: str
    count: int
    mean_days: float


def taken_at() -> datetime | None:
    """When the counts were taken; ``None`` before the first time."""
    return Taking.objects.values_list("at", flat=True).first()


def _loads(regions: Sequence[str], *by: str, **narrowed: object) -> list[Load]:
    """Counts added up by some columns; what waits for the platform itself is held by nobody."""
    rows = (
        Held.objects.filter(region__in=regions, **narrowed)
        .exclude(role=people.SYSTEM_HOLDER)
        .values(*by)
        .annotate(
            n_open=Sum("open"),
            n_overdue=Sum("overdue"),
            oldest=Min("oldest_on"),
            n_done=Sum("done"),
            n_late=Sum("late"),
            spent=Sum("seconds"),
        )
        .order_by(*by)
    )
    found = list(rows)
    names = people.organisation_names(row["organisation_id"] for row in found if row.get("organisation_id"))
    return [
        Load(
            row.get("procedure", ""),
            row.get("node", ""),
            row.get("organisation_id"),
            names.get(row.get("organisation_id") or 0, ""),
            row.get("role", ""),
            row.get("clock", ""),
            row["n_open"],
            row["n_overdue"],
            row["oldest"],
            row["n_done"],
            row["n_late"],
            row["spent"] / SECONDS_A_DAY,
        )
        for row in found
    ]


def holders(regions: Sequence[str]) -> list[Load]:
    """By body and role, the most open first; a side of a case is told without a name."""
    return sorted(
        _loads(regions, "organisation_id", "role"), key=lambda one: (-one.open, -one.days, one.organisation)
    )


def nodes(regions: Sequence[str], procedure: str = "") -> list[Load]:
    """By procedure and node, where the most time went first."""
    narrowed = {"procedure": procedure} if procedure else {}
    return sorted(_loads(regions, "procedure", "node", **narrowed), key=lambda one: -one.days)


def late_items(regions: Sequence[str]) -> list[Load]:
    """What is overdue, by node, body and role, the most first."""
    by = ("procedure", "node", "organisation_id", "role", "clock")
    return sorted(_loads(regions, *by, overdue__gt=0), key=lambda one: (-one.overdue, one.oldest_on or date.max))


def steps(regions: Sequence[str], procedure: str) -> list[StepCount]:
    """What followed what, the most frequent first."""
    rows = (
        Step.objects.filter(region__in=regions, procedure=procedure)
        .values("source", "target")
        .annotate(n=Sum("count"), spent=Sum("seconds"))
    )
    told = [StepCount(r["source"], r["target"], r["n"], r["spent"] / r["n"] / SECONDS_A_DAY) for r in rows]
    return sorted(told, key=lambda one: (-one.count, one.source, one.target))


def days(regions: Sequence[str], procedure: str) -> list[tuple[date, int, int]]:
    """(day, begun, ended) for every day on which something moved, in order."""
    rows = (
        Day.objects.filter(region__in=regions, procedure=procedure)
        .values("on")
        .annotate(begun=Sum("opened"), ended=Sum("closed"))
        .order_by("on")
    )
    return [(row["on"], row["begun"], row["ended"]) for row in rows]


def ends(regions: Sequence[str]) -> list[EndCount]:
    """By procedure and end, the most first."""
    rows = End.objects.filter(region__in=regions).values("procedure", "end")
    counted = rows.annotate(n=Sum("count"), spent=Sum("seconds"))
    told = [EndCount(r["procedure"], r["end"], r["n"], r["spent"] / r["n"] / SECONDS_A_DAY) for r in counted]
    return sorted(told, key=lambda one: (one.procedure, -one.count))

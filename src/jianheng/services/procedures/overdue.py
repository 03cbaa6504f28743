"""What is overdue in a region, by who owes it and by clock: for whoever oversees, without a single case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Min

from jianheng.kernel.procedure import SYSTEM
from jianheng.services.people import api as people
from jianheng.services.procedures import course, registry
from jianheng.services.procedures.models import WorkItem


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many open items of one holder are past the due day of one clock, and since when the oldest is.

    ``organisation_id`` is ``None`` for a side of a case, which is told without a name.
    """

    organisation_id: int | None
    organisation: str
    holder_title: str
    clock_title: str
    count: int
    oldest_on: date


def overdue(region_prefix: str, *, today: date) -> list[Overdue]:
    """Everything overdue in a region, the most first; what waits for the platform itself is owed by nobody."""
    rows = (
        WorkItem.objects.filter(closed_at=None, due_on__lt=today, matter__region__startswith=region_prefix)
        .exclude(holder=people.SYSTEM_HOLDER)
        .values("matter__procedure", "matter__version", "node", "holder", "clock")
        .annotate(count=Count("id"), oldest=Min("due_on"))
    )
    merged: dict[tuple[int | None, str, str], Overdue] = {}
    for row in rows:
        procedure = registry.procedure(row["matter__procedure"], row["matter__version"])
        owner, rule = procedure.node[row["node"]].owner, procedure.clock.get(row["clock"])
        if owner == SYSTEM or rule is None:
            continue
        body = row["holder"].partition(":")[0]
        organisation_id = int(body) if body.isdigit() else None
        title = course.holder_title(owner, procedure=procedure)
        key = (organisation_id, title, rule.title)
        before = merged.get(key)
        merged[key] = Overdue(
            organisation_id,
            "",
            title,
            rule.title,
            row["count"] + (before.count if before else 0),
            min(row["oldest"], before.oldest_on) if before else row["oldest"],
        )
    names = people.organisation_names(one for one, _, _ in merged if one is not None)
    told = [replace(one, organisation=names.get(one.organisation_id or 0, "")) for one in merged.values()]
    return sorted(told, key=lambda one: (-one.count, one.oldest_on, one.organisation))

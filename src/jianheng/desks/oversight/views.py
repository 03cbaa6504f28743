"""The regulator's overview: how much, how long, how late; no parties and no content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jianheng.desks.oversight.gate import regulators_only
from jianheng.modules.casework import api as casework
from jianheng.modules.institutions import api as institutions
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.statistics import api as statistics


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address; what cannot be read is as if not asked."""

    institution: int | None
    category: str
    since: date | None
    until: date | None
    late: bool
    whole: bool = False  # every line of the tables, however many

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        """From ``?institution=12&category=FM02&since=2026-01-01&until=2026-12-31&late=1&all=1``."""
        number, category = query.get("institution", ""), query.get("category", "")
        return cls(
            institution=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None,
            category=category if category in dict(institutions.field_choices()) else "",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            late=query.get("late") == "1",
            whole=query.get("all") == "1",
        )

    @property
    def filtered(self) -> bool:
        """Whether less than everything is asked for."""
        return replace(self, whole=False) != NOTHING


@dataclass(frozen=True, slots=True)
class Late:
    """How many open items of one holder are past the due day of one clock, and since when the oldest is.

    ``organisation_id`` is ``None`` for a side of a case, which is told without a name.
    """

    organisation_id: int | None
    organisation: str
    holder_title: str
    clock_title: str
    count: int
    oldest_on: date


NOTHING = Asked(None, "", None, None, False)
SHOWN = 30  # lines of a table, unless all are asked for


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
@regulators_only
def overview(request: people.MemberRequest) -> HttpResponse:
    """Institutions of the region: received, accepted, issued, mean days, overdue; then who owes what is overdue."""
    actor = request.actor
    asked = Asked.read(request.GET)
    late = _late(actor.regions)
    everything = [one for prefix in actor.regions for one in _rows(actor, prefix, late, NOTHING)]
    table = everything
    if asked.filtered:
        table = [one for prefix in actor.regions for one in _rows(actor, prefix, late, asked)]
    table.sort(key=lambda row: (-row["received"], row["id"]))
    bodies = {row["organisation_id"] for row in table}
    late = [one for one in late if asked.institution is None or one.organisation_id in bodies]
    shown = None if asked.whole else SHOWN
    return render(
        request,
        "oversight/overview.html",
        {
            "asked": asked,
            "institutions": sorted({(row["id"], row["name"]) for row in everything}, key=lambda one: one[1]),
            "fields": institutions.field_choices(),
            "table": table[:shown],
            "most": max((row["received"] for row in table), default=1),
            "count": len(table),
            "sums": {name: sum(row[name] for row in table) for name in ("received", "accepted", "issued", "overdue")},
            "late": late[:shown],
            "more": len(table[SHOWN:]) if shown else 0,
            "more_late": len(late[SHOWN:]) if shown else 0,
            "whole": f"?{urlencode({**request.GET.dict(), 'all': '1'})}",
            "taken_at": statistics.taken_at(),
        },
    )


def _late(regions: Sequence[str]) -> list[Late]:
    """Everything overdue as it was last counted, the most first; what has no clock is not overdue."""
    merged: dict[tuple[int | None, str, str], Late] = {}
    for one in statistics.late_items(regions):
        procedure = procedures.procedure(one.procedure)
        node, clock = procedure.node.get(one.node), procedure.clock.get(one.clock)
        if node is None or clock is None or one.oldest_on is None:
            continue
        who = procedures.holder_title(node.owner, procedure=procedure)
        key = (one.organisation_id, who, clock.title)
        before = merged.get(key)
        merged[key] = Late(
            one.organisation_id,
            one.organisation,
            who,
            clock.title,
            one.overdue + (before.count if before else 0),
            min(one.oldest_on, before.oldest_on) if before else one.oldest_on,
        )
    return sorted(merged.values(), key=lambda one: (-one.count, one.oldest_on, one.organisation))


def _rows(actor: people.Actor, prefix: str, late: Sequence[Late], asked: Asked) -> list[dict[str, Any]]:
    overdue: Counter[int | None] = Counter()
    for one in late:
        overdue[one.organisation_id] += one.count
    loads = casework.overview(prefix, by=actor, since=asked.since, until=asked.until, category=asked.category)
    names = people.organisation_names(load.organisation_id for load in loads)
    return [
        {
            "id": load.institution_id,
            "organisation_id": load.organisation_id,
            "name": names.get(load.organisation_id, ""),
            "received": load.received,
            "accepted": load.accepted,
            "issued": load.issued,
            "mean": load.mean_days,
            "overdue": overdue[load.organisation_id],
        }
        for load in loads
        if asked.institution in (None, load.institution_id) and (not asked.late or overdue[load.organisation_id])
    ]

"""Counts for the regulator: load, time by holder, what is overdue, where it gets stuck; no parties, no content.

Everything is read from what :mod:`jianheng.services.statistics` counted beforehand, so that a page takes as long for
a hundred thousand matters as for ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jianheng.desks.oversight import drawing
from jianheng.desks.oversight.gate import regulators_only
from jianheng.kernel.procedure import Procedure
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.statistics import api as statistics

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: who or where, in words, and the counts."""

    title: str
    role: str
    clock: str
    load: statistics.Load


def _regions(request: people.MemberRequest) -> tuple[str, ...]:
    """The regions of the regulator who asks."""
    return request.actor.regions


def _page(request: HttpRequest, name: str, told: dict[str, Any]) -> HttpResponse:
    known = procedures.procedures()
    told = {**told, "here": name, "taken_at": statistics.taken_at(), "known": known}
    return render(request, f"oversight/{name}.html", told)


@require_safe
@regulators_only
def load(request: people.MemberRequest) -> HttpResponse:
    """What was begun and ended week by week, what is in hand, how matters ended."""
    regions = _regions(request)
    ends = statistics.ends(regions)
    told = []
    for one in procedures.procedures():
        weeks = drawing.weeks(statistics.days(regions, one.code))
        said = _("%(title)s：每周开始和结束的件数") % {"title": one.title}
        told.append(
            {
                "title": one.title,
                "begun": sum(begun for _monday, begun, _ended in weeks),
                "ended": sum(ended for _monday, _begun, ended in weeks),
                "chart": drawing.columns(weeks, said) if weeks else "",
                "ends": [
                    (one.end[row.end].title, row.count, row.mean_days) for row in ends if row.procedure == one.code
                ],
            }
        )
    return _page(request, "load", {"procedures": told})


@require_safe
@regulators_only
def durations(request: people.MemberRequest) -> HttpResponse:
    """How long each body took, role by role, and how much it has in hand."""
    found = statistics.holders(_regions(request))
    lines = [Line(one.organisation or _("当事人"), _role(one.role), "", one) for one in found]
    most = max((line.load.open for line in lines), default=1)
    return _page(request, "durations", {"lines": lines[:SHOWN], "more": max(len(lines) - SHOWN, 0), "most": most})


@require_safe
@regulators_only
def overdue(request: people.MemberRequest) -> HttpResponse:
    """What is overdue, by node and by who owes it."""
    regions = _regions(request)
    lines = [
        Line(one.organisation or _("当事人"), _role(one.role), _node(one), one)
        for one in statistics.late_items(regions)
    ]
    late = [one for one in statistics.nodes(regions) if one.overdue]
    by_node = sorted(((_node(one), one) for one in late), key=lambda pair: -pair[1].overdue)
    most = max((one.overdue for _title, one in by_node), default=1)
    return _page(
        request,
        "overdue",
        {"lines": lines[:SHOWN], "more": max(len(lines) - SHOWN, 0), "by_node": by_node, "most": most},
    )


@require_safe
@regulators_only
def bottlenecks(request: people.MemberRequest, code: str) -> HttpResponse:
    """What followed what in a procedure, how long it took, and where most of the time went."""
    regions = _regions(request)
    procedure = next((one for one in procedures.procedures() if one.code == code), None)
    if procedure is None:
        raise Http404
    steps = [
        one for one in statistics.steps(regions, code) if {one.source or one.target, one.target} <= {*procedure.node}
    ]
    held = {one.node: one for one in statistics.nodes(regions, code) if one.node in procedure.node}
    return _page(
        request,
        "bottlenecks",
        {
            "procedure": procedure,
            "graph": drawing.follows(procedure, steps, held) if steps else "",
            "steps": [drawing.step_words(procedure, step) for step in steps],
            "nodes": [(procedure.node[one.node].title, one) for one in held.values() if one.done],
            "most": max((one.days for one in held.values()), default=1.0),
        },
    )


def _role(code: str) -> str:
    if code in people.Role.values:
        return str(people.Role(code).label)
    return str(people.Side(code).label) if code in people.Side.values else ""


def _node(one: statistics.Load) -> str:
    procedure: Procedure = procedures.procedure(one.procedure)
    return procedure.node[one.node].title if one.node in procedure.node else one.node

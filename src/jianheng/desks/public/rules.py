"""The rule book: every procedure as a picture with owner, term, law and papers, and the numbers of the law."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jianheng.kernel.errors import Refusal
from jianheng.kernel.procedure import Act, Node, Procedure
from jianheng.services.documents import api as documents
from jianheng.services.lawbook import api as lawbook
from jianheng.services.pages.refusals import NoSuchPageError
from jianheng.services.procedures import api as procedures


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Procedures, and the numbers of the law with their sources."""
    region = request.GET.get("region", "")
    regions = [("", _("全国")), *lawbook.regions()]
    region = region if region in dict(regions) else ""
    today = timezone.localdate()
    book = lawbook.book()
    numbers = []
    for key in sorted(book.keys):
        try:
            numbers.append(book.value(key, on=today, region=region))
        except Refusal:
            continue
    return render(
        request,
        "public/rules.html",
        {
            "procedures": procedures.procedures(),
            "numbers": numbers,
            "regions": regions,
            "region": region,
            "years": lawbook.calendar_years(),
            "missing": today.year + 1 if today.year + 1 not in lawbook.calendar_years() else None,
        },
    )


@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: picture, nodes, acts."""
    found = {one.code: one for one in procedures.procedures()}.get(code)
    if found is None:
        raise NoSuchPageError
    return render(
        request,
        "public/procedure.html",
        {
            "procedure": found,
            "rows": [_row(found, node) for node in found.nodes],
            "anytime": [_act(found, a) for a in found.acts if a.anytime and a.code != found.begin],
        },
    )


def _row(declared: Procedure, node: Node) -> dict[str, Any]:
    term = None
    if node.clock:
        rule = declared.clock[node.clock]
        term = {
            "title": rule.title,
            "number": lawbook.book().value(rule.parameter, on=timezone.localdate()),
            "court_set": rule.court_set,
        }
    return {
        "node": node,
        "owner": procedures.holder_title(node.owner, procedure=declared),
        "term": term,
        "acts": [_act(declared, act) for act in declared.acts_at(node.code)],
    }


def _act(declared: Procedure, act: Act) -> dict[str, Any]:
    leads = [declared.node[target].title for outcome in act.outcomes.values() for target in outcome.opens] + [
        declared.end[outcome.end].title for outcome in act.outcomes.values() if outcome.end
    ]
    return {
        "act": act,
        "by": "、".join(procedures.holder_title(who, procedure=declared) for who in declared.holders(act)),
        "leads": list(dict.fromkeys(leads)),
        "papers": [documents.form(kind).title for kind in act.documents],
    }

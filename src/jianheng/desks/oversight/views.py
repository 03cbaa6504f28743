"""The regulator's overview: how much, how long, how late; no parties and no content."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from jianheng.modules.casework import api as casework
from jianheng.modules.institutions import api as institutions
from jianheng.services.procedures import api as procedures


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Institutions of the region with their open, late and finished appraisals."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor:
        return redirect("/accounts/login/?next=/oversight/")
    if not actor.regions:
        raise procedures.NotYoursError("监管总览由司法行政机关监管人员查看。")
    rows: dict[int, dict[str, Any]] = defaultdict(lambda: {"total": 0, "accepted": 0, "issued": 0, "days": []})
    for prefix in actor.regions:
        for one in casework.overview(prefix):
            row = rows[one["institution_id"]]
            row["total"] += 1
            row["accepted"] += one["accepted_on"] is not None
            if one["issued_on"] is not None and one["accepted_on"] is not None:
                row["issued"] += 1
                row["days"].append((one["issued_on"] - one["accepted_on"]).days)
    table = [
        {
            "name": institutions.institution(pk).name,
            **row,
            "mean": sum(row["days"]) / len(row["days"]) if row["days"] else None,
        }
        for pk, row in rows.items()
    ]
    table.sort(key=lambda row: -row["total"])
    most = max((row["total"] for row in table), default=1)
    return render(request, "oversight/overview.html", {"table": table, "most": most})

"""Named reads of appraisals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F

from jianheng.kernel.money import yuan_text
from jianheng.modules.casework.models import Appraisal
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


def facts(matter_id: int, seats: Collection[str]) -> list[tuple[str, str]]:
    """What an appraisal's page tells at the top, whoever reads it."""
    row = Appraisal.objects.filter(matter_id=matter_id).first()
    if row is None:
        return []
    told = [
        ("鉴定案件编号", row.file_number),
        ("委托日期", f"{row.entrusted_on:%Y-%m-%d}"),
        ("接收材料", f"{row.received_on:%Y-%m-%d}" if row.received_on else ""),
        ("受理日期", f"{row.accepted_on:%Y-%m-%d}" if row.accepted_on else ""),
        ("鉴定人", "、".join(one["name"] for one in row.appraisers)),
        ("承诺书", "、".join(one["number"] for one in row.promised.values())),
        ("报价", f"{yuan_text(row.fee_fen)}元" if row.fee_fen is not None else ""),
        ("实时记录", f"{row.records.count()}份" if row.records.exists() else ""),
        ("复核", f"{row.review['reviewer']}" if row.review else ""),
        ("意见书编号", row.opinion_number),
        ("出具日期", f"{row.issued_on:%Y-%m-%d}" if row.issued_on else ""),
    ]
    return [(label, value) for label, value in told if value]


@dataclass(frozen=True, slots=True)
class Workload:
    """What an institution received, accepted and issued; ``mean_days`` from acceptance to issue, calendar days."""

    institution_id: int
    organisation_id: int
    received: int
    accepted: int
    issued: int
    mean_days: float | None


def overview(
    region_prefix: str,
    *,
    by: people.Actor,
    since: date | None = None,
    until: date | None = None,
    category: str = "",
) -> list[Workload]:
    """The appraisals of a region for its regulator, by institution, the most first; no parties, no content, and none of
    a case sealed to the regulator.

    ``since`` and ``until`` are days of entrustment, both inclusive; ``category`` is a code or the beginning of one.
    """
    open_cases = Appraisal.objects.exclude(procedures.withheld(by))
    rows = open_cases.filter(region__startswith=region_prefix, category__startswith=category)
    if since:
        rows = rows.filter(entrusted_on__gte=since)
    if until:
        rows = rows.filter(entrusted_on__lte=until)
    took = ExpressionWrapper(F("issued_on") - F("accepted_on"), output_field=DurationField())
    counted = rows.values("institution_id", "organisation_id").annotate(
        received=Count("matter_id"), accepted=Count("accepted_on"), issued=Count("issued_on"), mean=Avg(took)
    )
    return [
        Workload(
            row["institution_id"],
            row["organisation_id"],
            row["received"],
            row["accepted"],
            row["issued"],
            row["mean"] / timedelta(days=1) if row["mean"] is not None else None,
        )
        for row in counted.order_by("-received", "institution_id")
    ]

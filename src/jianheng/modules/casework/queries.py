"""Named reads of appraisals."""

from __future__ import annotations

from typing import Any

from jianheng.kernel.money import yuan_text
from jianheng.modules.casework.models import Appraisal


def facts(matter_id: int) -> list[tuple[str, str]]:
    """What an appraisal's page tells at the top."""
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


def overview(region_prefix: str, *, limit: int = 200) -> list[dict[str, Any]]:
    """Appraisals of a region for its regulator: institution, dates, state; no parties, no content."""
    rows = Appraisal.objects.filter(region__startswith=region_prefix).order_by("-matter_id")[:limit]
    return list(
        rows.values(
            "matter_id", "file_number", "institution_id", "category", "accepted_on", "issued_on", "organisation_id"
        )
    )

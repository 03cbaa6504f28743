"""Named reads of entrustments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from jianheng.kernel.money import yuan_text
from jianheng.modules.entrustment.models import Entrustment, Predecessor
from jianheng.modules.entrustment.terms import RecusalState


def facts(matter_id: int, seats: Collection[str]) -> list[tuple[str, str]]:
    """What an entrustment's page tells at the top, as (label, value); empty values are left out.

    What was paid to a predecessor is told to court and parties, not to the successor.
    """
    row = Entrustment.objects.filter(matter_id=matter_id).first()
    if row is None:
        return []
    told = [
        ("案号", row.case_number),
        ("委托鉴定案号", row.number),
        ("案由", row.cause),
        ("审理法院", row.court_name),
        ("启动方式", row.get_origin_display()),
        ("鉴定类别", row.category_title),
        ("鉴定事项", row.subject),
        ("鉴定目的", row.purpose),
        ("简要案情", row.basic_facts),
        ("申请人", row.applicant),
        ("对方当事人", row.respondent),
        ("难易程度", row.get_complexity_display()),
        ("督办人", "、".join(name for name in (row.lead, row.assistant) if name)),
        ("回避", _recusal(row.staff_recusal)),
        ("鉴定机构", row.institution_name),
        ("选择方式", row.get_mode_display() if row.mode else ""),
        ("鉴定期限", f"{row.term_working_days}个工作日" if row.term_working_days else ""),
        ("鉴定费", f"{yuan_text(row.fee_fen)}元" if row.fee_fen is not None else ""),
        ("已交", f"{yuan_text(row.paid_fen)}元" if row.paid_fen else ""),
        ("鉴定书编号", row.report_number),
        ("评价得分", str(row.score) if row.score is not None else ""),
        ("退费", "应退还鉴定费" if row.refund_due else ""),
    ]
    if set(seats) - {"institution"}:
        before = row.predecessors.order_by("pk")
        told += [(f"前任鉴定机构（{one.left_on:%Y-%m-%d}退出）", _said(one)) for one in before]
    return [(label, value) for label, value in told if value]


def _recusal(asked: Mapping[str, Any]) -> str:
    """How it stands with the recusal of somebody of the unit."""
    if not asked:
        return ""
    return f"{asked['name']}（{asked['ground']}）：{RecusalState(asked['state']).label}"


def _said(one: Predecessor) -> str:
    """A predecessor with what was paid to it and whether it has to return it."""
    paid = f"已交{yuan_text(one.paid_fen)}元" if one.paid_fen else "未交费"
    return "，".join(filter(None, (one.name, paid, "应退还鉴定费" if one.refund_due else "")))


_OPEN_AT = """
select e.institution_id, count(*) from entrustment_entrustment e join procedures_matter m on m.id = e.matter_id
where e.institution_id = any(%s) and m.closed_at is null group by e.institution_id
"""


def open_at(institution_ids: Collection[int]) -> dict[int, int]:
    """How many entrustments each institution has that are not over."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_AT, [list(institution_ids)])
        return dict(cursor.fetchall())

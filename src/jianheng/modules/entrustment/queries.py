"""Named reads of entrustments."""

from __future__ import annotations

from jianheng.kernel.money import yuan_text
from jianheng.modules.entrustment.models import Entrustment


def facts(matter_id: int) -> list[tuple[str, str]]:
    """What an entrustment's page tells at the top, as (label, value); empty values are left out."""
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
        ("鉴定机构", row.institution_name),
        ("选择方式", row.get_mode_display() if row.mode else ""),
        ("鉴定期限", f"{row.term_working_days}个工作日" if row.term_working_days else ""),
        ("鉴定费", f"{yuan_text(row.fee_fen)}元" if row.fee_fen is not None else ""),
        ("已交", f"{yuan_text(row.paid_fen)}元" if row.paid_fen else ""),
        ("鉴定书编号", row.report_number),
        ("评价得分", str(row.score) if row.score is not None else ""),
        ("退费", "应退还鉴定费" if row.refund_due else ""),
    ]
    return [(label, value) for label, value in told if value]

"""Pure decisions of an entrustment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jianheng.kernel.casenumber import parse
from jianheng.kernel.errors import Reason, Refusal
from jianheng.kernel.money import yuan_text
from jianheng.modules.entrustment.errors import (
    CaseOfAnotherCourtError,
    NotCrossExaminedError,
    PaymentBelowFeeError,
    SummonsTooLateError,
)


def case_belongs_to(case_number: str, *, court_code: str) -> tuple[Reason, ...]:
    """Why a case number cannot be a case of the court with this 代字 (吉0102); empty when it can."""
    try:
        parsed = parse(case_number)
    except Refusal as refusal:
        return refusal.reasons
    if court_code and str(parsed.court) != court_code:
        return CaseOfAnotherCourtError(
            f"案号“{case_number}”的法院代字是“{parsed.court}”，本院代字是“{court_code}”，不是本院的案件。",
            about="case_number",
        ).reasons
    return ()


def not_examined(materials: Iterable[tuple[str, bool]]) -> tuple[Reason, ...]:
    """One reason for each (title, examined) material that was not yet cross-examined."""
    return tuple(
        NotCrossExaminedError(f"《{title}》尚未质证，不能作为鉴定的根据。", about="materials").reasons[0]
        for title, examined in materials
        if not examined
    )


def payment_covers(paid_fen: int, *, fee_fen: int) -> tuple[Reason, ...]:
    """Why a payment does not do; empty when it covers the fee."""
    if paid_fen >= fee_fen:
        return ()
    short = yuan_text(fee_fen - paid_fen)
    return PaymentBelowFeeError(
        f"应交鉴定费{yuan_text(fee_fen)}元，本次提交{yuan_text(paid_fen)}元，尚差{short}元。", about="amount_fen"
    ).reasons


def summons_in_time(hearing_on: date, *, today: date, notice_days: int) -> tuple[Reason, ...]:
    """Why a summons would come too late: at least ``notice_days`` calendar days before the hearing (CER 79)."""
    if (hearing_on - today).days >= notice_days:
        return ()
    return SummonsTooLateError(
        f"开庭日期为{hearing_on:%Y年%-m月%-d日}，距今不足{notice_days}日。", about="hearing_on"
    ).reasons

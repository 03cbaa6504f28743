"""Opinions that fail: withdrawn by the institution, before or after the court adopted them; never completed.

Law: 证据规定 第四十二条 (after adoption: withdrawn with the court's leave or without good reason, the fee is returned
either way); 法〔2020〕202号 第十一条 (not completed in spite of a supplement: the fee is returned).
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import NotSentBackError
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import REPORT
from jianheng.services.documents import api as documents
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Days, Fen, Given, OptionalLine, OptionalText, Text, Turn, carries_out


class Withdrawal(Given):
    """撤销鉴定意见."""

    reason: Text = Field(title="撤销的理由")
    statement: OptionalLine = Field("", title="说明")


@carries_out("entrustment", "withdraw_opinion", given=Withdrawal)
def withdraw_opinion(turn: Turn, given: Withdrawal) -> None:
    """The institution withdraws its opinion before it is adopted; the fee is returnable."""
    entrustment = papers.of(turn)
    entrustment.refund_due = True
    entrustment.save(update_fields=["refund_due"])
    entrustment.objections.filter(answered_on=None).update(
        answered_on=turn.today, conclusion="鉴定意见已经撤销，不再答复。"
    )
    _withdraw(turn, entrustment, f"鉴定机构撤销鉴定意见：{given.reason}")


def _withdraw(turn: Turn, entrustment: Entrustment, reason: str) -> None:
    """The report is withdrawn, for everybody to see."""
    documents.mark_withdrawn(entrustment.report_number, matter_root=turn.root_id, reason=reason, now=turn.now)
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=REPORT,
        section="撤销",
        title=reason[:140],
        source=entrustment.institution_name,
        audience=papers.EVERYBODY,
        added_by=turn.by.name,
        now=turn.now,
    )


class LateWithdrawal(Given):
    """申请撤销已采信的鉴定意见."""

    reason: Text = Field(title="撤销的理由", description="写明发现的问题和依据")


@carries_out("entrustment", "ask_withdrawal", given=LateWithdrawal)
def ask_withdrawal(turn: Turn, given: LateWithdrawal) -> None:
    """The institution asks to withdraw an opinion the court has adopted; the opinion stands until the court decides."""
    entrustment = papers.of(turn)
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge")],
        text=f"{entrustment.case_number}：{entrustment.institution_name}申请撤销已经采信的鉴定意见：{given.reason}",
    )


class Leave(StrEnum):
    """决定."""

    ALLOWED = "ALLOWED"
    GROUNDLESS = "GROUNDLESS"
    REFUSED = "REFUSED"


GROUND_OF_REFUND = {Leave.ALLOWED: "B5P", Leave.GROUNDLESS: "B5"}


class Refund(Given):
    """退还鉴定费用."""

    reason: Text = Field(title="事实和理由")
    days: Days | None = Field(None, title="退还期限（日）", description="法律没有规定期限，由法院指定；可以不填")


class LeaveDecision(Refund):
    """决定是否准许撤销 (证据规定 第四十二条)."""

    decision: Leave = Field(
        title="决定",
        json_schema_extra={
            "labels": {
                "ALLOWED": "准许撤销，责令退还鉴定费用",
                "GROUNDLESS": "无正当理由撤销，责令退还鉴定费用",
                "REFUSED": "不准许撤销，鉴定意见继续有效",
            }
        },
    )
    costs_fen: Fen = Field(
        0, title="由此增加的合理费用（元）", description="无正当理由撤销，当事人主张由鉴定人负担的"
    )
    sanction: OptionalText = Field(
        "", title="处罚情况", description="无正当理由撤销，依法对鉴定人罚款、拘留的，另行制作决定书，在此写明"
    )


@carries_out("entrustment", "decide_withdrawal", given=LeaveDecision)
def decide_withdrawal(turn: Turn, given: LeaveDecision) -> str:
    """Decide on withdrawing an adopted opinion (证据规定 第四十二条).

    With leave or without good reason, the opinion is no longer adopted and the institution is ordered to return the
    fee; costs and sanction belong to a withdrawal without good reason only. Without leave the opinion stands.
    """
    entrustment = papers.of(turn)
    if given.decision == Leave.REFUSED:
        _tell_head(turn, entrustment, f"法院不准许撤销鉴定意见：{given.reason}")
        return "refused"
    groundless = given.decision == Leave.GROUNDLESS
    entrustment.adopted = False
    _order_refund(
        turn,
        entrustment,
        given,
        ground=GROUND_OF_REFUND[given.decision],
        costs_fen=given.costs_fen if groundless else 0,
        sanction=given.sanction if groundless else "",
    )
    _withdraw(turn, entrustment, f"鉴定意见采信后撤销：{given.reason}")
    return "groundless" if groundless else "allowed"


@carries_out("entrustment", "find_uncompleted", given=Refund)
def find_uncompleted(turn: Turn, given: Refund) -> None:
    """Find that the institution cannot complete what it was entrusted with, and order it to return the fee.

    Refuses where the report was never sent back: a supplement comes first (法〔2020〕202号 第十一条).
    """
    entrustment = papers.of(turn)
    if not entrustment.returns:
        raise NotSentBackError
    _order_refund(turn, entrustment, given, ground="B6")


def _order_refund(
    turn: Turn, entrustment: Entrustment, given: Refund, *, ground: str, costs_fen: int = 0, sanction: str = ""
) -> None:
    """责令退还鉴定费用: the whole fee, to whoever paid it."""
    entrustment.refund_due = True
    entrustment.save(update_fields=["adopted", "refund_due"])
    number = turn.issue(
        "refund_order",
        data={
            **papers.heading(entrustment),
            "institution": papers.institution(entrustment),
            "matter": entrustment.subject,
            "report_number": entrustment.report_number,
            "ground": ground,
            "facts": given.reason,
            "payee": entrustment.applicant,
            "paid_on": entrustment.paid_on,
            "amount_fen": entrustment.paid_fen,
            "costs_fen": costs_fen or None,
            "sanction": sanction or None,
            "days": given.days,
            "contact": turn.by.name,
        },
        signers=papers.by_judge(turn),
        audience=papers.EVERYBODY,
    )
    _tell_head(turn, entrustment, f"法院责令退还鉴定费用（{number}）：{given.reason}")


def _tell_head(turn: Turn, entrustment: Entrustment, text: str) -> None:
    body = int(entrustment.institution_organisation_id or 0)
    turn.tell([people.post_holder(body, "head")], text=f"{entrustment.number}：{text}")

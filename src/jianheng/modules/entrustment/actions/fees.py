"""The fee: notice, proof of payment, reminder, lapse (node 12). The court never holds the money (诉讼费用交纳办法 12)."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from jianheng.kernel.errors import Refusal
from jianheng.kernel.money import yuan_text
from jianheng.modules.entrustment import rules
from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import PlanNotCheckedError
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import PROCEEDINGS
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Days, Fen, FileRef, Given, OptionalLine, Text, Turn, carries_out


class FeeNotice(Given):
    """通知交费: the quote was checked; how long the party has."""

    plan_accepted: bool = Field(title="鉴定方案和收费标准已审查")
    days: Days | None = Field(None, title="交费期限（日）", description="不填按默认值")
    note: OptionalLine = Field("", title="收费依据说明")


@carries_out("entrustment", "notify_fee", given=FeeNotice)
def notify_fee(turn: Turn, given: FeeNotice) -> None:
    """Notify the party to pay the institution directly within the set time."""
    if not given.plan_accepted:
        raise PlanNotCheckedError(about="plan_accepted")
    entrustment = papers.of(turn)
    if given.days:
        turn.term("payment", length=given.days, unit="CD", basis="法院指定（证据规定第三十一条）")
    due_on = turn.due_if_started("payment")
    account = entrustment.account
    turn.issue(
        "fee_notice",
        data={
            **papers.heading(entrustment),
            "payer": entrustment.applicant,
            "matter": entrustment.subject,
            "institution": papers.institution(entrustment),
            "amount_fen": entrustment.fee_fen,
            "basis": given.note or None,
            "account_name": account.get("name") or entrustment.institution_name,
            "bank": account.get("bank") or "见收费告知书",
            "account_number": account.get("number") or "见收费告知书",
            "due_on": due_on,
            "contact": turn.by.name,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit", "institution", "applicant"),
    )
    _text_payer(turn, entrustment, f"请于{_words(due_on)}前向{entrustment.institution_name}交纳鉴定费")


def _words(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "指定期限届满"


def _text_payer(turn: Turn, entrustment: Entrustment, text: str) -> None:
    """Tell the payer by SMS."""
    turn.text_parties(
        f"案件{entrustment.case_number}，{text}{yuan_text(entrustment.fee_fen or 0)}元并提交凭证，逾期可能视为放弃鉴定。",
        sender=f"【{entrustment.court_name}】",
        side="applicant",
    )


class Payment(Given):
    """交费凭证."""

    amount_fen: Fen = Field(title="交费金额（元）")
    voucher: FileRef = Field(title="交费凭证", description="转账回单或收据的照片、扫描件")
    note: OptionalLine = Field("", title="备注")


@carries_out("entrustment", "pay", given=Payment)
def pay(turn: Turn, given: Payment) -> None:
    """Submit proof of payment; refuses less than the fee and says by how much."""
    entrustment = papers.of(turn)
    if reasons := rules.payment_covers(given.amount_fen, fee_fen=entrustment.fee_fen or 0):
        raise Refusal(reasons=reasons)
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=PROCEEDINGS,
        section="交费凭证",
        title=f"交费凭证（{yuan_text(given.amount_fen)}元）",
        source=entrustment.applicant,
        sha256=given.voucher,
        scope=turn.by.scope,
        audience=("court", "unit", "institution", "applicant"),
        added_by=turn.by.name,
        now=turn.now,
    )
    entrustment.paid_fen, entrustment.paid_on = given.amount_fen, turn.today
    entrustment.save(update_fields=["paid_fen", "paid_on"])
    turn.publish("entrustment.fee_paid", amount_fen=given.amount_fen)


@carries_out("entrustment", "remind_payment")
def remind_payment(turn: Turn, given: Given) -> None:
    """Remind the payer by SMS; the reminder is on record."""
    _text_payer(turn, papers.of(turn), "鉴定费尚未交纳，请尽快交纳")


@carries_out("entrustment", "miss_payment")
def miss_payment(turn: Turn, given: Given) -> None:
    """The time to pay has passed; the judge decides what follows (证据规定 第三十一条)."""
    entrustment = papers.of(turn)
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge")],
        text=f"{entrustment.case_number}：交费期限届满，{entrustment.applicant}未提交交费凭证，请处理。",
    )


class LatePayment(Given):
    """准予补交."""

    days: Days = Field(title="补交期限（日）")
    reason: Text = Field(title="理由")


@carries_out("entrustment", "allow_late_payment", given=LatePayment)
def allow_late_payment(turn: Turn, given: LatePayment) -> None:
    """Give the party more time for a good reason."""
    turn.term("payment", length=given.days, unit="CD", basis="法院准予补交（证据规定第三十一条）")
    _text_payer(turn, papers.of(turn), "法院准予补交鉴定费")


class Waived(Given):
    """认定放弃."""

    facts: Text = Field(title="事实和理由")


@carries_out("entrustment", "declare_waived", given=Waived)
def declare_waived(turn: Turn, given: Waived) -> None:
    """Find that the application was waived by not paying (证据规定 第三十一条第一款)."""
    entrustment = papers.of(turn)
    missed = turn.latest_due("payment")
    turn.issue(
        "lapse_notice",
        data={
            **papers.heading(entrustment),
            "addressee": entrustment.applicant,
            "matter": entrustment.subject,
            "ground": "NOT_PAID",
            "facts": given.facts,
            "due_on": missed,
        },
        signers=papers.by_judge(turn),
    )
    turn.publish("entrustment.ended", end="waived")

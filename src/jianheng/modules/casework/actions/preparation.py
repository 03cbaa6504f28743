"""Assigning, promising, planning, quoting (nodes 6–9)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from jianheng.kernel.errors import Refusal
from jianheng.modules.casework import rules
from jianheng.modules.casework.actions import papers
from jianheng.modules.casework.errors import AlreadySignedError, PromiseNeededError
from jianheng.modules.casework.models import Appraisal
from jianheng.modules.casework.terms import INSIDE, WITH_COURT
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.procedures.api import Fen, Given, Line, OptionalLine, OptionalText, Text, Turn, carries_out

AppraiserId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class Assignment(Given):
    """指派: the first appraiser and at least one more."""

    lead: AppraiserId = Field(title="第一鉴定人", json_schema_extra={"widget": "select"})
    others: list[AppraiserId] = Field(
        title="其他鉴定人", min_length=1, max_length=9, json_schema_extra={"widget": "checkboxes"}
    )
    requirement: OptionalText = Field("", title="工作要求")


def _qualified(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    appraisal = papers.of(turn)
    options = [
        (str(one.id), f"{one.name}（{one.title or '鉴定人'}，{one.certificate_number}）")
        for one in institutions.appraisers_of(appraisal.institution_id, appraisal.category, on=turn.today)
        if one.person_id not in appraisal.recused
    ]
    return {"lead": options, "others": options}


@carries_out("appraisal", "assign", given=Assignment, choices=_qualified)
def assign(turn: Turn, given: Assignment) -> None:
    """Assign at least two qualified appraisers (通则 第十八条、第十九条); one senior for a re-appraisal (第三十二条)."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    register = {
        one.id: one for one in institutions.appraisers_of(appraisal.institution_id, appraisal.category, on=turn.today)
    }
    chosen = [int(given.lead), *(int(pk) for pk in given.others if pk != given.lead)]
    recused = {one.id for one in register.values() if one.person_id in appraisal.recused}
    reasons = rules.may_assign(
        chosen,
        qualified=register.keys(),
        seniors={one.id for one in register.values() if one.is_senior},
        recused=recused,
        minimum=turn.law("appraisal.appraisers.minimum").number,
        is_re_appraisal=brief.is_re_appraisal,
    )
    if reasons:
        raise Refusal(reasons=reasons)
    appraisal.appraisers = [
        {
            "id": register[pk].id,
            "name": register[pk].name,
            "certificate_number": register[pk].certificate_number,
            "title": register[pk].title,
            "person_id": register[pk].person_id,
        }
        for pk in chosen
    ]
    appraisal.save(update_fields=["appraisers"])
    turn.issue(
        "assignment_sheet",
        data={
            **papers.heading(appraisal, brief),
            "category": brief.category_title,
            "accepted_on": appraisal.accepted_on,
            "due_on": turn.latest_due("completion"),
            "is_re_appraisal": brief.is_re_appraisal,
            "is_complex": brief.is_complex,
            "appraisers": [papers.named(one, specialty=brief.category_title) for one in appraisal.appraisers],
            "requirement": given.requirement or None,
            "head": turn.by.name,
            "assigned_on": turn.today,
        },
        signers=papers.signer(turn),
        audience=INSIDE,
    )


class Promise(Given):
    """承诺书: objective, fair, honest; will testify; liable for falsity (证据规定 第三十三条)."""

    promised: bool = Field(title="本人承诺客观、公正、诚实地进行鉴定，保证出庭作证，如作虚假鉴定应当承担法律责任")


@carries_out("appraisal", "promise", given=Promise)
def promise(turn: Turn, given: Promise) -> str:
    """Each assigned appraiser signs a promise letter before the work begins."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    appraiser = papers.must_be_assigned(turn, appraisal)
    if not given.promised:
        raise PromiseNeededError(about="promised")
    if str(turn.by.person_id) in appraisal.promised:
        raise AlreadySignedError
    number = turn.issue(
        "promise_letter",
        data={
            "court": brief.court,
            "case_number": brief.case_number,
            "cause": brief.cause or None,
            "institution": institutions.letterhead(appraisal.institution_id),
            "entrustment_number": brief.number or None,
            "matter": brief.subject,
            "appraiser": papers.named(appraiser, specialty=brief.category_title),
            "promised_on": turn.today,
        },
        signers=papers.signer(turn),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )
    appraisal.promised = {
        **appraisal.promised,
        str(turn.by.person_id): {"number": number, "signed_on": turn.today.isoformat()},
    }
    appraisal.save(update_fields=["promised"])
    if not rules.everyone(papers.person_ids(appraisal), done=appraisal.promised):
        return "more"
    return "resume" if appraisal.plan or turn.is_open("plan") else "plan"


class StandardUsed(Given):
    """A standard."""

    name: Line = Field(title="标准名称")
    number: OptionalLine = Field("", title="标准编号")


class InstrumentUsed(Given):
    """An instrument."""

    name: Line = Field(title="仪器名称")
    number: OptionalLine = Field("", title="设备编号")
    calibrated_until_on: date | None = Field(None, title="校准有效期至")


class PlanStep(Given):
    """A step."""

    step: Line = Field(title="步骤")
    content: Text = Field(title="内容")


class FeeItem(Given):
    """A priced item."""

    item: Line = Field(title="收费项目")
    quantity: int = Field(1, title="数量", ge=1, le=10_000)
    unit_price_fen: Fen = Field(title="单价（元）")
    basis: OptionalLine = Field("", title="收费依据")


class Plan(Given):
    """鉴定方案和报价 (法〔2020〕202号 第七条)."""

    standards: list[StandardUsed] = Field(title="技术标准和方法", min_length=1, max_length=20)
    method_reason: OptionalText = Field(
        "", title="方法选择说明", description="依次采用国家标准、行业标准和技术规范、多数专家认可的方法"
    )
    instruments: list[InstrumentUsed] = Field(default_factory=list, title="仪器设备", max_length=30)
    steps: list[PlanStep] = Field(title="鉴定步骤", min_length=1, max_length=30)
    planned_due_on: date = Field(title="计划完成日期")
    risk: OptionalText = Field("", title="风险提示")
    fees: list[FeeItem] = Field(title="收费项目", min_length=1, max_length=30)
    account_name: Line = Field(title="户名")
    bank: Line = Field(title="开户银行")
    account_number: Line = Field(title="账号")


@carries_out("appraisal", "submit_plan", given=Plan)
def submit_plan(turn: Turn, given: Plan) -> None:
    """Submit the plan and the itemised quote to the court within the time to answer."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    papers.must_be_assigned(turn, appraisal)
    total = sum(row.quantity * row.unit_price_fen for row in given.fees)
    appraisal.plan, appraisal.fee_fen = given.model_dump(mode="json"), total
    appraisal.save(update_fields=["plan", "fee_fen"])
    heading = papers.heading(appraisal, brief)
    _issue_plan(turn, appraisal, brief, given, heading)
    turn.issue(
        "fee_quote",
        data={
            **heading,
            "items": [
                {
                    "item": row.item,
                    "quantity": row.quantity,
                    "unit_price_fen": row.unit_price_fen,
                    "amount_fen": row.quantity * row.unit_price_fen,
                    "basis": row.basis or None,
                }
                for row in given.fees
            ],
            "total_fen": total,
            "payer": brief.applicant,
            "account_name": given.account_name,
            "bank": given.bank,
            "account_number": given.account_number,
        },
        signers=papers.signer(turn),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )
    account = {"name": given.account_name, "bank": given.bank, "number": given.account_number}
    turn.publish("casework.answered", fee_fen=total, account=account)


def _issue_plan(
    turn: Turn, appraisal: Appraisal, brief: entrustment.Brief, given: Plan, heading: dict[str, Any]
) -> None:
    data: dict[str, Any] = {
        **heading,
        "category": brief.category_title,
        "appraisers": [papers.named(one, specialty=brief.category_title) for one in appraisal.appraisers],
        "standards": [{"name": row.name, "number": row.number or None} for row in given.standards],
        "method_reason": given.method_reason or None,
        "instruments": [
            {"name": row.name, "number": row.number or None, "calibrated_until_on": row.calibrated_until_on}
            for row in given.instruments
        ],
        "steps": [row.model_dump() for row in given.steps],
        "planned_due_on": given.planned_due_on,
        "fee_fen": appraisal.fee_fen,
        "risk": given.risk or None,
    }
    turn.issue("examination_plan", data=data, signers=papers.signer(turn), audience=WITH_COURT)


class Paid(Given):
    """What the court passes on of the payment."""

    amount_fen: Fen


@carries_out("appraisal", "fee_paid", given=Paid)
def fee_paid(turn: Turn, given: Paid) -> None:
    """The fee is paid: the letter takes effect and the completion clock starts, as long as the court has set."""
    brief, appraisal = entrustment.brief(turn.root_id), papers.of(turn)
    turn.term(
        "completion",
        length=brief.term_working_days,
        unit="WD",
        start_on=turn.today,
        basis="委托书约定、法院指定的鉴定期限（法〔2020〕202号 第十三条；通则 第二十八条第三款）",
    )
    appraisal.started_on = turn.today
    appraisal.save(update_fields=["started_on"])

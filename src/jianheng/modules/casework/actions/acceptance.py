"""From the material's arrival to acceptance or refusal (nodes 2–5)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from jianheng.kernel.calendar import CalendarYearMissingError
from jianheng.kernel.clocks import Clock, Unit, due
from jianheng.modules.casework.actions import papers, recusal
from jianheng.modules.casework.errors import ChecksFailedError, MaterialStateError
from jianheng.modules.casework.models import Appraisal
from jianheng.modules.casework.terms import CASE_FILE, INSIDE, NATIONAL_REFUSAL, WITH_COURT, SupplementPhase
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.documents import api as documents
from jianheng.services.files import api as files
from jianheng.services.lawbook import api as lawbook
from jianheng.services.people import api as people
from jianheng.services.procedures.api import (
    Days,
    Given,
    Line,
    Nothing,
    OptionalLine,
    OptionalText,
    Text,
    Turn,
    carries_out,
    tokens,
)


@carries_out("appraisal", "begin")
def begin(turn: Turn, given: Nothing) -> None:
    """The institution has the letter of entrustment and the material is on its way."""
    brief = entrustment.brief(turn.root_id)
    assert brief.institution_id is not None and brief.institution_organisation_id is not None
    assert brief.entrusted_on is not None  # the letter is the beginning of an appraisal
    Appraisal.objects.create(
        matter_id=turn.matter_id,
        region=turn.region,
        root_id=turn.root_id,
        institution_id=brief.institution_id,
        organisation_id=brief.institution_organisation_id,
        category=brief.category,
        entrusted_on=brief.entrusted_on,
    )
    turn.name(
        title=f"{brief.category_title}：{brief.applicant}与{brief.respondent}",
        reference=brief.number or brief.case_number,
        words=_words(brief),
        bearers=(brief.applicant, brief.respondent),
    )


def _words(brief: entrustment.Brief) -> list[str]:
    """What an appraisal is found by, its own number apart."""
    return tokens(brief.number, brief.case_number, brief.applicant, brief.respondent, brief.category_title)


class Receipt(Given):
    """接收核对."""

    submitted_by: Line = Field(title="送交人")
    complete: bool = Field(title="材料与移交清单一致")
    sealed: OptionalLine = Field("", title="包装和封存状态")
    remark: OptionalText = Field("", title="备注", description="与清单不一致的，写明缺少或者损坏的材料")


@carries_out("appraisal", "register_material", given=Receipt)
def register_material(turn: Turn, given: Receipt) -> None:
    """Check and register the material (通则 第十二条).

    The acceptance clock starts on the day of the entrustment; where a province says so, only once the material is
    there too (law parameter ``appraisal.acceptance.starts``). What differs from the list is received with a written
    statement of what is missing or damaged, which the court reads; refuses to receive it without.
    """
    if not given.complete and not given.remark:
        raise MaterialStateError(about="remark")
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    if not given.complete:
        turn.tell(
            [people.post_holder(brief.unit_id, "tech")],
            text=f"{brief.number}：鉴定机构接收的材料与移交清单不一致：{given.remark}",
        )
    appraisal.received_on = turn.today
    year = turn.today.year
    institution = institutions.institution(appraisal.institution_id)
    serial = documents.next_serial(f"appraisal:{appraisal.organisation_id}:{year}")
    appraisal.file_number = f"{institution.short_name}〔{year}〕受字第{serial}号"
    appraisal.save(update_fields=["received_on", "file_number"])
    starts = turn.law("appraisal.acceptance.starts")
    turn.term("acceptance", start_on=appraisal.entrusted_on if starts.value == "entrustment" else turn.today)
    turn.name(
        reference=appraisal.file_number,
        words=[*tokens(appraisal.file_number), *_words(brief)],
        bearers=(brief.applicant, brief.respondent),
    )
    turn.issue(
        "material_receipt",
        data={
            **papers.heading(appraisal, brief, institution=institution.letterhead),
            "materials": [{**row, "seal_state": given.sealed or None} for row in papers.materials(turn.root_id)],
            "submitted_by": given.submitted_by,
            "received_by": turn.by.name,
            "received_at": turn.now,
            "remark": given.remark or None,
        },
        signers=papers.signer(turn),
        audience=WITH_COURT,
    )


class SupplementItem(Given):
    """One material asked for."""

    name: Line = Field(title="材料名称")
    requirement: Line = Field(title="要求")


class Supplement(Given):
    """补充材料."""

    items: list[SupplementItem] = Field(title="需要补充的材料", min_length=1, max_length=20)
    reason: OptionalText = Field("", title="补充理由")
    days: Days = Field(10, title="希望收到的期限（工作日）")


def ask(turn: Turn, given: Supplement, *, clock: str, phase: SupplementPhase, article: str) -> None:
    """Ask the court for material and stop exactly the clock of this phase."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    appraisal.supplement_phase = phase
    appraisal.save(update_fields=["supplement_phase"])
    number = turn.issue(
        "supplement_notice",
        data={
            **papers.heading(appraisal, brief),
            "items": [item.model_dump() for item in given.items],
            "reason": given.reason or None,
            "due_on": _working_days_later(turn.today, given.days),
        },
        signers=papers.signer(turn),
        audience=WITH_COURT,
    )
    turn.pause(clock, ground="补充鉴定材料", basis=article, document=number)
    turn.publish(
        "casework.supplement_asked", text="；".join(f"{item.name}（{item.requirement}）" for item in given.items)
    )


def _working_days_later(start: date, days: int) -> date | None:
    """The day some working days after another; ``None`` while its year's holiday notice is missing."""
    try:
        return due(Clock(start_on=start, length=days, unit=Unit.WD), lawbook.calendar()).day
    except CalendarYearMissingError:
        return None


@carries_out("appraisal", "ask_supplement", given=Supplement)
def ask_supplement(turn: Turn, given: Supplement) -> None:
    """Ask for material during the acceptance review (通则 第十四条); the acceptance clock stops."""
    ask(turn, given, clock="acceptance", phase=SupplementPhase.ACCEPTANCE, article="司法鉴定程序通则 第十四条")


class Arrived(Given):
    """What the court answered."""

    supplied: bool
    note: Text


@carries_out("appraisal", "supplement_arrived", given=Arrived)
def supplement_arrived(turn: Turn, given: Arrived) -> None:
    """The material came, or the court said there is none; the acceptance clock goes on."""
    note_answer(turn, given)


def note_answer(turn: Turn, given: Arrived) -> None:
    """Keep the court's answer in the file."""
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=CASE_FILE,
        section="补充材料",
        title=("法院已补充材料：" if given.supplied else "法院答复不能补充：") + given.note[:150],
        source="委托法院",
        audience=WITH_COURT,
        added_by=turn.by.name,
        now=turn.now,
    )
    appraisal = papers.of(turn)
    appraisal.supplement_phase = ""
    appraisal.save(update_fields=["supplement_phase"])


class Review(Given):
    """受理审查: the six checks (通则 第十四条、第十五条), one for each ground of refusal."""

    in_scope: bool = Field(title="委托事项属于本机构业务范围")
    material_sound: bool = Field(title="鉴定材料真实、完整、充分，取得方式合法")
    purpose_lawful: bool = Field(title="鉴定用途合法，不违背社会公德")
    request_proper: bool = Field(title="鉴定要求符合执业规则和技术规范")
    within_ability: bool = Field(title="鉴定要求未超出技术条件和鉴定能力")
    sole_entrustment: bool = Field(title="同一事项未同时委托其他机构")
    opinion: Text = Field(title="审查意见")


CHECKS = ("in_scope", "material_sound", "purpose_lawful", "request_proper", "within_ability", "sole_entrustment")


@carries_out("appraisal", "review_acceptance", given=Review)
def review_acceptance(turn: Turn, given: Review) -> None:
    """Say for each of the six checks whether it is met; the head decides."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    appraisal.checks = {**given.model_dump(), "reviewer": turn.by.name, "reviewed_on": turn.today.isoformat()}
    appraisal.save(update_fields=["checks"])
    passed = all(getattr(given, name) for name in CHECKS)
    turn.issue(
        "acceptance_review_form",
        data={
            **papers.heading(appraisal, brief),
            "received_on": appraisal.received_on,
            "due_on": turn.latest_due("acceptance"),
            **{name: {"passed": getattr(given, name)} for name in CHECKS},
            "result": "ACCEPT" if passed else "REFUSE",
            "opinion": given.opinion,
            "reviewer": turn.by.name,
            "reviewed_on": turn.today,
        },
        signers=papers.signer(turn),
        audience=INSIDE,
    )


class SendBack(Given):
    """退回审查."""

    reason: Text = Field(title="退回的理由")


@carries_out("appraisal", "send_back_review", given=SendBack)
def send_back_review(turn: Turn, given: SendBack) -> None:
    """The head sends the review back; intake reads why."""
    papers.tell(turn, papers.of(turn), "intake", text=f"退回重新审查：{given.reason}")


class Acceptance(Given):
    """受理: what the letter of entrustment agrees (F1)."""

    fee_mode: Line = Field("由当事人直接向鉴定机构交纳", title="收费方式")
    delivery: Literal["PICK_UP", "POST", "OTHER"] = Field(
        "OTHER",
        title="意见书发送方式",
        json_schema_extra={"labels": {"PICK_UP": "自取", "POST": "邮寄", "OTHER": "其他方式"}},
    )
    delivery_detail: OptionalLine = Field("通过平台电子发送", title="发送地址或其他方式")
    material_return: Literal["NO_RETURN", "RETURN_WHOLE", "MAY_BE_USED_UP"] = Field(
        "RETURN_WHOLE",
        title="关于鉴定材料",
        json_schema_extra={
            "labels": {
                "NO_RETURN": "无需退还",
                "RETURN_WHOLE": "完整、无损坏地退还",
                "MAY_BE_USED_UP": "可能损坏、耗尽",
            }
        },
    )
    residual_weeks: int = Field(4, title="剩余材料取回期限（周）", ge=1, le=520)
    agreements: OptionalText = Field("", title="其他约定事项")


@carries_out("appraisal", "accept", given=Acceptance)
def accept(turn: Turn, given: Acceptance) -> None:
    """Accept the entrustment (通则 第十四条、第十六条).

    Refuses while one of the six checks failed, and when the licence does not cover the item today.
    """
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    failed = [Review.model_fields[name].title for name in CHECKS if not appraisal.checks.get(name)]
    if failed:
        raise ChecksFailedError("受理审查不符合：" + "；".join(str(title) for title in failed) + "。")
    licensed = institutions.must_be_licensed(appraisal.institution_id, appraisal.category, on=turn.today)
    appraisal.accepted_on = turn.today
    appraisal.save(update_fields=["accepted_on"])
    turn.issue(
        "entrustment_letter",
        data=_letter(turn, licensed.letterhead, brief, given),
        signers=papers.signer(turn),
        audience=WITH_COURT,
    )
    turn.issue(
        "party_notice",
        data={
            "institution": licensed.letterhead,
            "informed": brief.applicant,
            "matter": brief.subject,
            "informed_on": turn.today,
        },
        signers=(),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )
    turn.publish("casework.accepted")


def _letter(
    turn: Turn, letterhead: dict[str, str | None], brief: entrustment.Brief, given: Acceptance
) -> dict[str, Any]:
    return {
        "client": {"name": brief.court, "officer": brief.lead or None},
        "institution": letterhead,
        "case_number": brief.case_number,
        "matter": brief.subject,
        "is_re_appraisal": brief.is_re_appraisal,
        "purpose": brief.purpose,
        "basic_facts": brief.basic_facts,
        "materials": papers.materials(turn.root_id),
        "fee_mode": given.fee_mode,
        "delivery": given.delivery,
        "delivery_detail": given.delivery_detail or None,
        "material_return": given.material_return,
        "residual_material": "CLIENT_COLLECTS",
        "residual_weeks": given.residual_weeks,
        "due_working_days": brief.term_working_days,
        "other_agreements": given.agreements
        or "鉴定期限自交纳鉴定费之日起计算，补充或者重新提取鉴定材料所需的时间不计入。",
        "client_signed_on": brief.entrusted_on,
        "institution_signed_on": turn.today,
    }


class Refusal(Given):
    """不予受理: one of the grounds of 通则 第十五条, coded."""

    ground: Line = Field(title="不予受理情形", json_schema_extra={"widget": "select"})
    facts: Text = Field(title="理由")


def _grounds(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("appraisal.refusal_grounds", on=turn.today, region=turn.region)
    return {"ground": [(entry.code, entry.text) for entry in listed]}


@carries_out("appraisal", "refuse", given=Refusal, choices=_grounds)
def refuse(turn: Turn, given: Refusal) -> None:
    """Refuse in writing with a coded ground, and return the material (通则 第十五条、第十七条)."""
    listed = lawbook.book().enumeration("appraisal.refusal_grounds", on=turn.today, region=turn.region)
    entry = listed.entry(given.ground)
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    turn.issue(
        "refusal_notice",
        data={
            **papers.heading(appraisal, brief),
            "received_on": appraisal.received_on,
            "ground": entry.code if entry.code in NATIONAL_REFUSAL else "R7",  # what a province adds is "other"
            "facts": given.facts,
            "materials_returned": papers.materials(turn.root_id),
        },
        signers=papers.signer(turn),
        audience=WITH_COURT,
    )
    recusal.drop_pending(turn, appraisal, because="鉴定机构决定不予受理")
    turn.publish("casework.left", kind="REFUSED", reason=f"{entry.text}：{given.facts}"[:1000])

"""From the request to filing at the judicial technology unit (nodes 1–7)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jianheng.kernel.errors import Refusal
from jianheng.modules.entrustment import rules
from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import (
    ContactsNotCheckedError,
    NoMaterialError,
    NotAppraisableError,
    NotCrossExaminedError,
    SamePhoneError,
    SameSupervisorError,
    UnreliableTechniqueError,
)
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import MATERIAL, Complexity, Origin, RecusalState
from jianheng.modules.institutions import api as institutions
from jianheng.services.documents import api as documents
from jianheng.services.files import api as files
from jianheng.services.lawbook import api as lawbook
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.api import (
    Days,
    Given,
    Line,
    Name,
    OptionalLine,
    OptionalText,
    ShortLine,
    Text,
    Turn,
    carries_out,
)

Phone = Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$")]
PersonId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class Request(Given):
    """What a judge says when beginning an appraisal."""

    case_number: Line = Field(title="案号", description="如（2026）吉0102民初123号")
    cause: ShortLine = Field(title="案由")
    origin: Origin = Field(title="启动方式")
    category: Line = Field(title="鉴定类别", json_schema_extra={"widget": "select"})
    subject: Text = Field(title="鉴定事项", description="写明要解决的专门性问题")
    purpose: Text = Field(title="拟证明的事实")
    basic_facts: Text = Field(title="简要案情")
    complexity: Complexity = Field(Complexity.ORDINARY, title="难易程度")
    is_re_appraisal: bool = Field(False, title="是否属于重新鉴定")
    applicant: Name = Field(title="申请人", description="依职权启动的，填写负有举证责任的当事人")
    applicant_phone: Phone = Field(title="申请人手机号码")
    respondent: Name = Field(title="对方当事人")
    respondent_phone: Phone = Field(title="对方当事人手机号码")
    application_days: Days | None = Field(
        None, title="指定的申请期限（日）", description="仅释明时填写；不填按默认值"
    )


def _categories(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {"category": institutions.category_choices()}


@carries_out("entrustment", "request", given=Request, choices=_categories)
def request_appraisal(turn: Turn, given: Request) -> str:
    """Begin an appraisal: by explanation to the parties, on an application already made, or of the court's own motion.

    Refuses a malformed case number, a case of another court, an unknown category, and one telephone for both sides:
    it is what they come in by.
    Law: 最高人民法院关于民事诉讼证据的若干规定 第三十条; 民事诉讼法 第七十九条.
    """
    court_id, judge_id = turn.organisation_id, turn.by.person_id
    assert court_id is not None and judge_id is not None
    court = people.organisation(court_id)
    if reasons := rules.case_belongs_to(given.case_number, court_code=court.code):
        raise Refusal(reasons=reasons)
    if given.applicant_phone == given.respondent_phone:
        raise SamePhoneError(about="respondent_phone")
    category = institutions.category(given.category)
    category_title = dict(institutions.category_choices()).get(category.code, category.name)
    turn.take_seat("court", court_id)
    turn.take_seat("unit", court_id)
    turn.take_side("applicant")
    turn.take_side("respondent")
    _bar_again(turn, court_id, given.case_number)
    entrustment = Entrustment.objects.create(
        matter_id=turn.matter_id,
        region=turn.region,
        court_id=court_id,
        court_name=court.name,
        unit_id=court_id,
        judge_id=judge_id,
        case_number=given.case_number,
        cause=given.cause,
        origin=given.origin,
        category=category.code,
        category_title=category_title,
        subject=given.subject,
        purpose=given.purpose,
        basic_facts=given.basic_facts,
        complexity=given.complexity,
        is_re_appraisal=given.is_re_appraisal,
        applicant=given.applicant,
        respondent=given.respondent,
        applied_on=turn.today if given.origin == Origin.APPLICATION else None,
    )
    parties = (
        ("applicant", given.applicant, given.applicant_phone),
        ("respondent", given.respondent, given.respondent_phone),
    )
    people.add_parties(region=turn.region, root_id=turn.root_id, parties=parties)
    told = f"案件{given.case_number}已启动司法鉴定程序，可凭查询编号{turn.matter_id}和本手机号码在公众网站查询进度。"
    notices.send(
        "SMS",
        [(phone, f"【{court.name}】{name}：{told}") for _, name, phone in parties],
        now=turn.now,
        matter_id=turn.matter_id,
    )
    turn.name(
        title=f"{given.applicant}与{given.respondent} {given.cause}（{category_title}）",
        reference=given.case_number,
        words=procedures.tokens(
            given.case_number, given.cause, given.applicant, given.respondent, category_title, given.subject
        ),
        bearers=(given.applicant, given.respondent),
    )
    if given.origin == Origin.EXPLANATION:
        if given.application_days:
            turn.term("application", length=given.application_days, unit="CD", basis="法院指定（证据规定第三十条）")
        return "explained"
    if given.origin == Origin.APPLICATION:
        papers.application(turn, entrustment, reasons=given.basic_facts)
        return "applied"
    return "ex_officio"


def _bar_again(turn: Turn, court_id: int, case_number: str) -> None:
    """Who of the unit had to step back stays out of every later request in the same case."""
    out: set[int] = set()
    for earlier in Entrustment.objects.filter(court_id=court_id, case_number=case_number):
        barred = set(procedures.matter(earlier.matter_id, people.PLATFORM).seats.get("barred", ()))
        undecided = earlier.staff_recusal.get("state") == RecusalState.ASKED
        out |= barred - ({earlier.staff_recusal["person"]} if undecided else set())
    if out:
        turn.bar(out)


class ScreenDecision(StrEnum):
    """审查意见."""

    ENTRUST = "ENTRUST"
    DECLINE = "DECLINE"


class Screening(Given):
    """审查鉴定事项 by the nine kinds that are never entrusted and the technique's reliability."""

    kinds: list[Line] = Field(
        default_factory=list, title="存在的不予委托情形", max_length=9, json_schema_extra={"widget": "checkboxes"}
    )
    technique_reliable: bool = Field(title="鉴定技术和方法可靠")
    technique_note: OptionalText = Field("", title="技术可靠性说明")
    decision: ScreenDecision = Field(
        title="审查意见", json_schema_extra={"labels": {"ENTRUST": "同意委托鉴定", "DECLINE": "不予委托鉴定"}}
    )
    reason: Text = Field(title="理由")


def _kinds(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("court.non_appraisable", on=turn.today, region=turn.region)
    return {"kinds": [(entry.code, entry.text) for entry in listed]}


@carries_out("entrustment", "screen", given=Screening, choices=_kinds)
def screen(turn: Turn, given: Screening) -> str:
    """Screen the matter (法〔2020〕202号 第一条、第二条).

    Refuses to entrust what falls under one of the nine kinds, or what rests on a technique whose reliability was
    not established.
    """
    listed = lawbook.book().enumeration("court.non_appraisable", on=turn.today, region=turn.region)
    found = [listed.entry(code) for code in given.kinds]
    if given.decision == ScreenDecision.ENTRUST:
        if found:
            raise NotAppraisableError(
                "属于不予委托鉴定的情形：" + "；".join(entry.text for entry in found), about="kinds"
            )
        if not given.technique_reliable:
            raise UnreliableTechniqueError(about="technique_reliable")
    entrustment = papers.of(turn)
    turn.issue(
        "screening_form",
        data={
            **papers.heading(entrustment, numbered=False),
            "origin": "EX_OFFICIO" if entrustment.origin == Origin.EX_OFFICIO else "APPLICATION",
            "applicant": entrustment.applicant,
            "applied_on": entrustment.applied_on,
            "matter": entrustment.subject,
            "purpose": entrustment.purpose,
            "excluded_kinds": [entry.code for entry in found],
            "technique_reliable": given.technique_reliable,
            "technique_note": given.technique_note or None,
            "decision": given.decision.value,
            "decision_reason": given.reason,
            "judge": turn.by.name,
            "screened_on": turn.today,
        },
        signers=papers.by_judge(turn),
    )
    if given.decision == ScreenDecision.DECLINE:
        turn.publish("entrustment.ended", end="declined")
        return "decline"
    return "entrust"


class Transfer(Given):
    """移送司法技术部门."""

    scope: Text = Field(title="鉴定范围")
    selection_request: OptionalText = Field("", title="对选择鉴定机构的意见")
    recusal_request: OptionalText = Field("", title="申请回避情况")
    opinion: OptionalText = Field("", title="部门负责人意见")


@carries_out("entrustment", "transfer", given=Transfer)
def transfer(turn: Turn, given: Transfer) -> None:
    """Transfer to the judicial technology unit; every material must have been cross-examined (证据规定 第三十四条)."""
    entrustment = papers.of(turn)
    listed = papers.listed(entrustment)
    must_be_examined(listed)
    entrustment.scope = given.scope
    entrustment.save(update_fields=["scope"])
    turn.issue(
        "transfer_form",
        data={
            **papers.heading(entrustment),
            "division": entrustment.court_name,
            "judge": turn.by.name,
            "origin": "EX_OFFICIO" if entrustment.origin == Origin.EX_OFFICIO else "APPLICATION",
            "category": entrustment.category_title,
            "matter": entrustment.subject,
            "scope": given.scope,
            "purpose": entrustment.purpose,
            "basic_facts": entrustment.basic_facts,
            "selection_request": given.selection_request or None,
            "recusal_request": given.recusal_request or None,
            "fee_payer": entrustment.applicant,
            "materials": papers.materials(listed, inside=True),
            "division_opinion": given.opinion or None,
            "transferred_on": turn.today,
            "transferred_by": turn.by.name,
        },
        signers=papers.by_judge(turn),
    )


def must_be_examined(listed: Sequence[files.ItemRef]) -> None:
    """Refuse while any material waits for cross-examination, or none is fit to be handed over."""
    waiting = rules.not_examined(
        (item.title, item.examination != files.Examination.PENDING) for item in listed if not item.handed_over_at
    )
    if waiting:
        raise NotCrossExaminedError(reasons=waiting)
    if not any(item.may_be_handed_over for item in listed):
        raise NoMaterialError


class Deficiency(Given):
    """One thing to be put right."""

    item: Line = Field(title="材料或者事项")
    problem: Line = Field(title="存在的问题")
    requirement: Line = Field(title="补正要求")


class Deficiencies(Given):
    """一次性告知: everything at once, because there is no second time."""

    deficiencies: list[Deficiency] = Field(title="需要补正的内容", min_length=1, max_length=30)
    days: Days | None = Field(None, title="补正期限（工作日）", description="不填按默认值")


@carries_out("entrustment", "return_transfer", given=Deficiencies)
def return_transfer(turn: Turn, given: Deficiencies) -> None:
    """Return a transfer with the whole list of deficiencies."""
    entrustment = papers.of(turn)
    if given.days:
        turn.term("mending", length=given.days, unit="WD", basis="司法技术部门指定")
    turn.issue(
        "deficiency_notice",
        data={
            **papers.heading(entrustment),
            "addressee": people.person_name(entrustment.judge_id),
            "matter": entrustment.subject,
            "deficiencies": [item.model_dump() for item in given.deficiencies],
            "due_on": turn.due_if_started("mending"),
            "contact": turn.by.name,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit"),
    )
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge")],
        text=f"{entrustment.case_number}：司法技术部门一次性告知补正{len(given.deficiencies)}项。",
    )


class Mended(Given):
    """补正说明."""

    note: Text = Field(title="补正情况")


@carries_out("entrustment", "mend", given=Mended)
def mend(turn: Turn, given: Mended) -> None:
    """Transfer again after putting right what was listed."""
    must_be_examined(files.items(turn.root_id, volume=MATERIAL))


class Filing(Given):
    """立案: the two people of the unit who follow the matter."""

    lead: PersonId = Field(title="督办人", json_schema_extra={"widget": "select"})
    assistant: PersonId = Field(title="协办人", json_schema_extra={"widget": "select"})
    contacts: list[Line] = Field(
        title="已核对的联系电话",
        description="逐一拨打，确为本人或者其代理人的勾选；双方凭此号码查询、选择机构、提出异议",
        min_length=1,
        max_length=10,
        json_schema_extra={"widget": "checkboxes"},
    )
    note: OptionalLine = Field("", title="备注")


def of_the_unit(turn: Turn) -> tuple[tuple[int, str], ...]:
    """The technical staff of the unit today: (person, name)."""
    unit = turn.seat("unit")
    return people.people_with_role(unit, role="tech", today=turn.today) if unit else ()


def _supervisors(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    people_there = of_the_unit(turn)
    options = [(str(person_id), name) for person_id, name in people_there if person_id not in turn.barred]
    sides = {"applicant": "申请人", "respondent": "对方当事人"}
    phones = [
        (party["phone"], f"{sides[party['side']]}{party['name']} {party['phone']}")
        for party in people.parties_of(turn.root_id)
    ]
    return {"lead": options, "assistant": options, "contacts": phones}


@carries_out("entrustment", "file", given=Filing, choices=_supervisors)
def file(turn: Turn, given: Filing) -> None:
    """File the matter at the unit with a lead and an assistant supervisor, and give it the unit's number.

    They are two persons of the unit, whatever they are called; refuses one twice (:class:`SameSupervisorError`). Whoever
    files has not asked for the appraisal and has verified every party's phone: it is by these that both sides agree and
    object. Refuses while one was not (:class:`ContactsNotCheckedError`).
    """
    if {party["phone"] for party in people.parties_of(turn.root_id)} - set(given.contacts):
        raise ContactsNotCheckedError(about="contacts")
    if int(given.lead) == int(given.assistant):
        raise SameSupervisorError(about="assistant")
    entrustment = papers.of(turn)
    court = people.organisation(entrustment.unit_id)
    year = turn.today.year
    serial = documents.next_serial(f"court:{entrustment.unit_id}:{year}:委鉴")
    entrustment.number = f"（{year}）{court.code}委鉴{serial}号"
    entrustment.lead_id, entrustment.assistant_id = int(given.lead), int(given.assistant)
    named = {person_id: name for person_id, name in of_the_unit(turn)}
    entrustment.lead, entrustment.assistant = (
        named.get(one, "") for one in (entrustment.lead_id, entrustment.assistant_id)
    )
    entrustment.save(update_fields=["number", "lead", "lead_id", "assistant", "assistant_id"])
    turn.name(
        words=procedures.tokens(entrustment.number, *_words(entrustment)),
        bearers=(entrustment.applicant, entrustment.respondent),
    )
    turn.publish(
        "entrustment.filed",
        category=entrustment.category,
        category_title=entrustment.category_title,
        case_number=entrustment.case_number,
        barred=sorted(turn.barred),
    )


def _words(entrustment: Entrustment) -> tuple[str, ...]:
    return (
        entrustment.case_number,
        entrustment.cause,
        entrustment.applicant,
        entrustment.respondent,
        entrustment.category_title,
        entrustment.subject,
    )

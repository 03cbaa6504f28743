"""Entrusting, and what the institution reports back (nodes 8–11, 14, 15)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import LicenceNotCheckedError, NoInstitutionYetError, TermTooLongError
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import (
    EVERYONE,
    PROCEEDINGS,
    Complexity,
    ExitKind,
    RejectionGround,
    SelectionMode,
)
from jianheng.modules.institutions import api as institutions
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures.api import (
    Days,
    Fen,
    FileRef,
    Given,
    Line,
    OptionalLine,
    OptionalText,
    Text,
    Turn,
    carries_out,
)

InstitutionId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class Selected(Given):
    """The institution that was chosen, and how."""

    institution_id: int
    organisation_id: int
    name: Line
    mode: SelectionMode


@carries_out("entrustment", "record_selection", given=Selected)
def record_selection(turn: Turn, given: Selected) -> None:
    """Take over what the selection came to."""
    entrustment = papers.of(turn)
    entrustment.institution_id = given.institution_id
    entrustment.institution_organisation_id = given.organisation_id
    entrustment.institution_name = given.name
    entrustment.mode = given.mode
    entrustment.save(update_fields=["institution_id", "institution_organisation_id", "institution_name", "mode"])


class OfInstitution(Given):
    """What is said of the institution chosen now: it is named, so that it cannot hit the next one."""

    institution: InstitutionId = Field(title="机构名称", json_schema_extra={"widget": "select"})


def the_institution(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    """The one institution an act may speak of."""
    entrustment = papers.of(turn)
    if entrustment.institution_id is None:
        return {"institution": []}
    return {"institution": [(str(entrustment.institution_id), entrustment.institution_name)]}


class Rejected(OfInstitution):
    """Why the chosen institution does not pass: on a ground, with evidence."""

    ground: RejectionGround = Field(
        title="不通过的事由", json_schema_extra={"labels": {one.value: str(one.label) for one in RejectionGround}}
    )
    reason: Text = Field(title="事实和理由")
    evidence: FileRef = Field(title="证据", description="双方和复核人都看得到")


@carries_out("entrustment", "reject_institution", given=Rejected, choices=the_institution)
def reject_institution(turn: Turn, given: Rejected) -> None:
    """Propose that the chosen institution or its people do not qualify, or must recuse (法〔2020〕202号 第六条).

    It has no effect before the judge has confirmed it; both sides and the institution learn of it and can object.
    """
    entrustment = papers.of(turn)
    entrustment.rejection = {"ground": given.ground.value, "reason": given.reason}
    entrustment.save(update_fields=["rejection"])
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=PROCEEDINGS,
        section="机构资格审查",
        title=f"{entrustment.institution_name}资格审查不通过的证据",
        source=turn.by.name,
        audience=EVERYONE,
        added_by=turn.by.name,
        now=turn.now,
        sha256=given.evidence,
        scope=turn.by.scope,
    )
    text = (
        f"{entrustment.number}：有人提出{entrustment.institution_name}不合格（{given.ground.label}），由承办法官复核"
    )
    body = int(entrustment.institution_organisation_id or 0)
    turn.tell([people.post_holder(entrustment.court_id, "judge")], text=f"{text}。")
    turn.tell([people.post_holder(body, "head")], text=f"{text}；有异议的请即向法院书面提出。")
    turn.text_parties(f"{text}；双方可在公众网站查看事由和证据，在复核前提出意见。")


class RejectionOpinion(Given):
    """对机构资格审查的意见."""

    text: Text = Field(title="意见")


@carries_out("entrustment", "object_to_rejection", given=RejectionOpinion)
def object_to_rejection(turn: Turn, given: RejectionOpinion) -> None:
    """One side says what it holds of it, while the judge has not decided."""
    entrustment = papers.of(turn)
    who = {"applicant": "申请人", "respondent": "对方当事人"}[turn.side]
    court = people.post_holder(entrustment.court_id, "judge")
    turn.tell([court], text=f"{entrustment.number}：{who}对机构资格审查提出意见：{given.text}")


class RejectionReview(Given):
    """复核机构资格审查."""

    agrees: bool = Field(title="确认不通过")
    reason: Text = Field(title="复核意见")


@carries_out("entrustment", "confirm_rejection", given=RejectionReview)
def confirm_rejection(turn: Turn, given: RejectionReview) -> str:
    """Another person in another post confirms, and the next name follows; or does not, and the institution stays."""
    entrustment = papers.of(turn)
    said, entrustment.rejection = entrustment.rejection, {}
    entrustment.save(update_fields=["rejection"])
    body = int(entrustment.institution_organisation_id or 0)
    result = "确认不合格，由下一顺位递补" if given.agrees else "不予确认，仍由其承接"
    text = f"{entrustment.number}：{entrustment.institution_name}的资格审查经法官复核，{result}：{given.reason}"
    turn.tell([people.post_holder(body, "head"), people.post_holder(entrustment.unit_id, "tech")], text=text)
    turn.text_parties(text)
    if not given.agrees:
        return "kept"
    forget_institution(turn)
    reason = f"{RejectionGround(said['ground']).label}：{said['reason']}"
    turn.publish("entrustment.institution_left", kind="REJECTED", reason=reason[:1000])
    return "confirmed"


# What an entrustment says of its institution alone.
OF_INSTITUTION = (
    *("institution_id", "institution_organisation_id", "institution_name", "mode"),
    *("entrusted_on", "accepted_on", "fee_fen", "account", "paid_fen", "paid_on", "pending_extension"),
    *("report_number", "report_dated_on", "report_received_on", "appraisers", "returns"),
    *("overdue", "unusable", "refund_due"),
)


def forget_institution(turn: Turn) -> None:
    """The chosen institution is out, and its seat, fee, payment, dates and report with it: none is its successor's.

    What was paid to one that had the letter, and whether it has to be returned, is kept beside (前任鉴定机构).
    """
    entrustment = papers.of(turn)
    _keep(turn, entrustment)
    entrustment.institution_id = entrustment.institution_organisation_id = None
    entrustment.institution_name = entrustment.mode = entrustment.report_number = ""
    entrustment.fee_fen = entrustment.entrusted_on = entrustment.accepted_on = entrustment.paid_on = None
    entrustment.report_dated_on = entrustment.report_received_on = None
    entrustment.paid_fen = entrustment.returns = 0
    entrustment.account, entrustment.appraisers = {}, []
    entrustment.pending_extension = {}
    entrustment.overdue = entrustment.unusable = entrustment.refund_due = False
    entrustment.save(update_fields=OF_INSTITUTION)
    turn.leave_seat("institution")


def _keep(turn: Turn, entrustment: Entrustment) -> None:
    if entrustment.institution_id is None or entrustment.entrusted_on is None:
        return
    assert entrustment.institution_organisation_id is not None  # chosen and forgotten together with the institution
    entrustment.predecessors.create(
        region=turn.region,
        institution_id=entrustment.institution_id,
        organisation_id=entrustment.institution_organisation_id,
        name=entrustment.institution_name,
        entrusted_on=entrustment.entrusted_on,
        left_on=turn.today,
        fee_fen=entrustment.fee_fen,
        account=entrustment.account,
        paid_fen=entrustment.paid_fen,
        paid_on=entrustment.paid_on,
        report_number=entrustment.report_number,
        overdue=entrustment.overdue,
        refund_due=entrustment.refund_due,
    )


class Letter(Given):
    """出具委托书: matter, scope, purpose and time (证据规定 第三十二条)."""

    scope: Text = Field(title="鉴定范围")
    purpose: Text = Field(title="鉴定目的")
    term_working_days: Days = Field(
        title="鉴定期限（工作日）", description="一般不超过三十个工作日；重大、疑难、复杂的不超过六十个工作日"
    )
    licence_checked: bool = Field(title="已核对机构许可证和业务范围")


def _letter_prefill(turn: Turn) -> dict[str, object]:
    entrustment = papers.of(turn)
    return {
        "scope": entrustment.scope,
        "purpose": entrustment.purpose,
        "term_working_days": _ceiling(turn, entrustment.complexity),
    }


def _ceiling(turn: Turn, complexity: str) -> int:
    kind = "complex" if complexity == Complexity.COMPLEX else "ordinary"
    return int(turn.law(f"court.completion.{kind}").number)


@carries_out("entrustment", "entrust", given=Letter, prefill=_letter_prefill)
def entrust(turn: Turn, given: Letter) -> None:
    """Issue the letter of entrustment to the chosen institution.

    Refuses a time over the ceiling in force for the case's difficulty (法〔2020〕202号 第十三条), an unchecked
    licence, and an institution whose licence does not cover the item today.
    """
    entrustment = papers.of(turn)
    ceiling = _ceiling(turn, entrustment.complexity)
    if given.term_working_days > ceiling:
        raise TermTooLongError(
            f"指定的鉴定期限为{given.term_working_days}个工作日，超过{ceiling}个工作日的上限。",
            about="term_working_days",
        )
    if not given.licence_checked:
        raise LicenceNotCheckedError(about="licence_checked")
    institution: dict[str, str | None] = {"name": entrustment.institution_name}
    if entrustment.institution_id:
        licensed = institutions.must_be_licensed(entrustment.institution_id, entrustment.category, on=turn.today)
        institution = licensed.letterhead
    turn.take_seat("institution", int(entrustment.institution_organisation_id or 0))
    entrustment.scope, entrustment.purpose = given.scope, given.purpose
    entrustment.term_working_days, entrustment.entrusted_on = given.term_working_days, turn.today
    entrustment.save(update_fields=["scope", "purpose", "term_working_days", "entrusted_on"])
    turn.issue(
        "court_entrustment",
        data={
            **papers.heading(entrustment),
            "institution": institution,
            "category": entrustment.category_title,
            "matter": entrustment.subject,
            "scope": given.scope,
            "purpose": given.purpose,
            "term_working_days": given.term_working_days,
            "answer_working_days": turn.law("court.entrustment.answer.period").number,
            "basic_facts": entrustment.basic_facts,
            "materials": papers.materials(papers.listed(entrustment)),
            "fee_payer": entrustment.applicant,
            "officer": turn.by.name,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit", "institution", "applicant", "respondent"),
    )
    turn.tell(
        [people.post_holder(int(entrustment.institution_organisation_id or 0), "intake")],
        text=f"{entrustment.court_name}委托鉴定：{entrustment.category_title}（{entrustment.number}）。",
    )


class Answered(Given):
    """The institution's plan and fee."""

    fee_fen: Fen
    account: dict[str, str]


@carries_out("entrustment", "receive_answer", given=Answered)
def receive_answer(turn: Turn, given: Answered) -> None:
    """Take over the fee the institution asks for."""
    entrustment = papers.of(turn)
    entrustment.fee_fen, entrustment.account = given.fee_fen, given.account
    entrustment.save(update_fields=["fee_fen", "account"])


class Left(Given):
    """Why the institution left."""

    kind: ExitKind
    reason: Text


@carries_out("entrustment", "receive_exit", given=Left)
def receive_exit(turn: Turn, given: Left) -> str:
    """The institution refused, must recuse or terminated: the next name follows, or the judge decides."""
    entrustment = papers.of(turn)
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge"), people.post_holder(entrustment.unit_id, "tech")],
        text=f"{entrustment.case_number}：{entrustment.institution_name}退出（{given.kind.label}）：{given.reason}",
    )
    forget_institution(turn)
    if given.kind != ExitKind.TERMINATED:
        turn.publish("entrustment.institution_left", kind=given.kind.value, reason=given.reason)
        return "next"
    return "decide"


class SupplementAsked(Given):
    """What the institution needs."""

    text: Text


@carries_out("entrustment", "receive_supplement_request", given=SupplementAsked)
def receive_supplement_request(turn: Turn, given: SupplementAsked) -> str:
    """The institution asks for material; the judge supplies it or says that there is none.

    Before acceptance the institution's time to accept stops (通则 第十四条).
    """
    entrustment = papers.of(turn)
    turn.pause("acceptance", ground="补充鉴定材料", basis="司法鉴定程序通则 第十四条")
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge")],
        text=f"{entrustment.case_number}：鉴定机构要求补充材料：{given.text}",
    )
    return "late" if turn.is_open("silence") else "done"


class ExtensionAsked(Given):
    """How much longer, and why."""

    days: Days
    reason: Text
    due_on: date | None = None
    requested_due_on: date | None = None


@carries_out("entrustment", "receive_extension_request", given=ExtensionAsked)
def receive_extension_request(turn: Turn, given: ExtensionAsked) -> None:
    """The institution asks for more time before the time has run out."""
    entrustment = papers.of(turn)
    entrustment.pending_extension = {**given.model_dump(mode="json"), "requested_on": turn.today.isoformat()}
    entrustment.save(update_fields=["pending_extension"])


class ExtensionDecision(Given):
    """准许与否."""

    granted: bool = Field(title="是否准许")
    reason: Text = Field(title="理由")


@carries_out("entrustment", "decide_extension", given=ExtensionDecision)
def decide_extension(turn: Turn, given: ExtensionDecision) -> str:
    """Decide on an extension (法〔2020〕202号 第十三条)."""
    entrustment = papers.of(turn)
    asked = entrustment.pending_extension
    turn.issue(
        "extension_decision",
        data={
            **papers.heading(entrustment),
            "institution": papers.institution(entrustment),
            "matter": entrustment.subject,
            "requested_on": asked["requested_on"],
            "due_on": asked["due_on"],
            "granted": given.granted,
            "extra_working_days": asked["days"] if given.granted else None,
            "new_due_on": asked["requested_due_on"] if given.granted else None,
            "reason": given.reason,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit", "institution", "applicant", "respondent"),
    )
    turn.publish("entrustment.extension_decided", granted=given.granted, reason=given.reason, days=asked["days"])
    entrustment.pending_extension = {}
    entrustment.save(update_fields=["pending_extension"])
    return "granted" if given.granted else "refused"


class Reason(Given):
    """A reason."""

    reason: Text = Field(title="理由")


@carries_out("entrustment", "select_again", given=Reason)
def select_again(turn: Turn, given: Reason) -> None:
    """Choose another institution: the next of the same draw where there is one (法释〔2002〕8号 第十二条)."""
    forget_institution(turn)
    turn.publish("entrustment.institution_left", kind="REPLACED", reason=given.reason)


class Recusal(Given):
    """申请回避."""

    whom: Line = Field(title="申请回避的鉴定人或机构")
    ground: Text = Field(title="事实和理由")
    contact: OptionalLine = Field("", title="联系方式")
    note: OptionalText = Field("", title="备注")


@carries_out("entrustment", "request_recusal", given=Recusal)
def request_recusal(turn: Turn, given: Recusal) -> None:
    """A party or the court asks for recusal (通则 第二十条、第二十一条); the institution decides.

    Before the material is handed over the institution has no matter of its own to decide in: the request waits for
    it, and the head is told at once.
    """
    entrustment = papers.of(turn)
    if not turn.seat("institution"):
        raise NoInstitutionYetError
    by = (
        turn.by.name
        if not turn.side
        else f"{entrustment.applicant if turn.side == 'applicant' else entrustment.respondent}"
    )
    asked = {
        "by": by,
        "side": turn.side,
        "whom": given.whom,
        "ground": given.ground,
        "requested_on": turn.today.isoformat(),
    }
    if not turn.is_open("hand_over"):
        turn.publish("entrustment.recusal_requested", **asked)
        return
    entrustment.waiting_recusals = [*entrustment.waiting_recusals, asked]
    entrustment.save(update_fields=["waiting_recusals"])
    turn.tell(
        [people.post_holder(int(entrustment.institution_organisation_id or 0), "head")],
        text=f"{entrustment.number}：{by}申请{given.whom}回避，接收材料后请作出决定：{given.ground}",
    )


@carries_out("entrustment", "withdraw", given=Reason)
def withdraw(turn: Turn, given: Reason) -> None:
    """The court withdraws the entrustment."""
    turn.publish("entrustment.ended", end="withdrawn", reason=given.reason)


@carries_out("entrustment", "close_without_opinion", given=Reason)
def close_without_opinion(turn: Turn, given: Reason) -> None:
    """The court gives the appraisal up."""
    turn.publish("entrustment.ended", end="without_opinion", reason=given.reason)

"""Objections and their answers, testimony (nodes 18–22)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.utils import timezone
from pydantic import Field

from jianheng.kernel.clocks import is_in_time
from jianheng.kernel.errors import Refusal
from jianheng.kernel.money import yuan_text
from jianheng.modules.entrustment import rules
from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import (
    DayToComeError,
    EveryPointError,
    LateObjectionError,
    NotThisObjectionError,
)
from jianheng.modules.entrustment.models import Entrustment, Objection
from jianheng.modules.entrustment.terms import REPORT
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures.api import (
    Days,
    Fen,
    FileRef,
    Given,
    Line,
    OptionalText,
    Text,
    TimeOfDay,
    Turn,
    carries_out,
)

SIDES = {"applicant": "objection_applicant", "respondent": "objection_respondent"}


class Point(Given):
    """One point of an objection."""

    point: Text = Field(title="异议内容")
    reason: Text = Field(title="理由")


class Objected(Given):
    """书面异议."""

    points: list[Point] = Field(title="异议事项", min_length=1, max_length=20)
    request: Text = Field(title="请求")


def _name_of(entrustment: Entrustment, side: str) -> str:
    return entrustment.applicant if side == "applicant" else entrustment.respondent


@carries_out("entrustment", "object", given=Objected)
def object_to_report(turn: Turn, given: Objected) -> None:
    """A party objects in writing within the set time (证据规定 第三十七条)."""
    entrustment = papers.of(turn)
    _object(turn, entrustment, given, side=turn.side, on=turn.today)


def _object(
    turn: Turn, entrustment: Entrustment, given: Objected, *, side: str, on: date, entered_by: str = ""
) -> None:
    """Keep an objection with its paper, signed by the party or ``entered_by`` the court; the appraisers answer it."""
    objector = _name_of(entrustment, side)
    Objection.objects.create(
        region=turn.region,
        entrustment=entrustment,
        side=side,
        objector=objector,
        points=[point.model_dump() for point in given.points],
        objected_on=on,
    )
    turn.issue(
        "objection",
        data={
            **papers.heading(entrustment, numbered=False),
            "objectors": [{"role": "申请人" if side == "applicant" else "被申请人", "name": objector}],
            "institution": entrustment.institution_name,
            "report_number": entrustment.report_number,
            "received_on": entrustment.report_received_on,
            "points": [point.model_dump() for point in given.points],
            "requests": [given.request],
            "objected_on": on,
            "entered_by": entered_by or None,
            "entered_on": turn.today if entered_by else None,
        },
        issuer_id=entrustment.court_id,
        signers=[] if entered_by else [{"name": objector, "role": "party"}],
        audience=papers.EVERYBODY,
    )
    turn.tell(
        [people.post_holder(int(entrustment.institution_organisation_id or 0), "appraiser")],
        text=f"{entrustment.case_number}：{objector}对鉴定书提出异议，请书面答复。",
    )


class PaperObjection(Objected):
    """当事人提交的纸质异议: what it says, when the court got it or it was posted, and its scan."""

    received_on: date = Field(title="法院收到日期")
    posted_on: date | None = Field(None, title="交邮日期", description="邮寄的，按邮戳填写")
    scan: FileRef = Field(title="书面异议扫描件", description="原件的扫描件或者照片，存入卷宗")


@carries_out("entrustment", "enter_objection_applicant", given=PaperObjection)
@carries_out("entrustment", "enter_objection_respondent", given=PaperObjection)
def enter_objection(turn: Turn, given: PaperObjection) -> None:
    """Enter an objection a party handed in on paper (证据规定 第三十七条); from there on it is like one made here.

    What counts is the day it was handed in or posted (民事诉讼法 第八十五条): one in time may be entered until the
    opinion is adopted, also after the time has run out. Refuses one that is late, and a day to come.
    """
    on = given.posted_on or given.received_on
    if max(on, given.received_on) > turn.today:
        raise DayToComeError(about="received_on")
    due_on = turn.latest_due("objection")
    if due_on and not is_in_time(due_on, received_on=given.received_on, posted_on=given.posted_on):
        raise LateObjectionError(
            f"书面异议于{on:%Y年%-m月%-d日}提交，异议期限已于{due_on:%Y年%-m月%-d日}届满。", about="received_on"
        )
    entrustment, side = papers.of(turn), turn.act.removeprefix("enter_objection_")
    objector = _name_of(entrustment, side)
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=REPORT,
        section="异议",
        title=f"{objector}提交的书面异议（扫描件）",
        source=objector,
        sha256=given.scan,
        scope=turn.by.scope,
        audience=papers.EVERYBODY,
        added_by=turn.by.name,
        now=turn.now,
    )
    _object(turn, entrustment, given, side=side, on=on, entered_by=turn.by.name)
    turn.text_parties(
        f"案件{entrustment.case_number}，您提交的书面异议已经登记，鉴定人将书面答复，可凭查询编号登录公众网站查看。",
        sender=f"【{entrustment.court_name}】",
        side=side,
    )


@carries_out("entrustment", "no_objection")
def no_objection(turn: Turn, given: Given) -> str:
    """A party has no objection; when nothing else is open, the report goes to adoption."""
    return "one" if _something_open(turn, besides=turn.node) else "last"


def _something_open(turn: Turn, *, besides: str) -> bool:
    return any(
        turn.is_open(node)
        for node in (*SIDES.values(), "answer_objection", "after_answer", "attendance_cost", "summon", "testimony")
        if node != besides
    )


@carries_out("entrustment", "lapse_objection")
def lapse_objection(turn: Turn, given: Given) -> str:
    """The time to object has passed: who did not object has none (证据规定 第三十七条)."""
    waiting = ("answer_objection", "after_answer", "attendance_cost", "summon", "testimony")
    return "answering" if any(turn.is_open(node) for node in waiting) else "done"


class Answer(Given):
    """One answer."""

    answer: Text = Field(title="答复")


class Answers(Given):
    """书面答复: one answer to each point, in the order of the points."""

    answers: list[Answer] = Field(title="逐项答复", min_length=1, max_length=40)
    conclusion: Text = Field(title="答复意见")


@carries_out("entrustment", "answer_objection", given=Answers)
def answer_objection(turn: Turn, given: Answers) -> None:
    """The appraisers answer every point in writing (证据规定 第三十七条第三款); refuses to leave one out."""
    entrustment = papers.of(turn)
    waiting = list(entrustment.objections.filter(answered_on=None).order_by("pk"))
    points = [(objection, point) for objection in waiting for point in objection.points]
    if not points:
        raise NotThisObjectionError
    if len(points) != len(given.answers):
        raise EveryPointError(f"异议共{len(points)}项，答复了{len(given.answers)}项，应当逐项答复。", about="answers")
    answered = [
        (objection, {"point": point["point"], "answer": answer.answer})
        for (objection, point), answer in zip(points, given.answers, strict=True)
    ]
    for objection in waiting:
        objection.answers = [said for owner, said in answered if owner is objection]
        objection.conclusion, objection.answered_on = given.conclusion, turn.today
        objection.save(update_fields=["answers", "conclusion", "answered_on"])
    turn.issue(
        "objection_answer",
        data={
            **papers.heading(entrustment),
            "institution": papers.institution(entrustment),
            "report_number": entrustment.report_number,
            "objector": "、".join(objection.objector for objection in waiting),
            "objected_on": waiting[0].objected_on,
            "answers": [said for _, said in answered],
            "conclusion": given.conclusion,
            "appraisers": entrustment.appraisers,
        },
        issuer_id=entrustment.institution_organisation_id,
        signers=papers.by_judge(turn),
        audience=papers.EVERYBODY,
    )


class Settled(Given):
    """异议处理结果."""

    note: Text = Field(title="当事人意见", description="如：当事人对书面答复无异议；未预交出庭费用，视为放弃异议")


@carries_out("entrustment", "settle_objection", given=Settled)
def settle_objection(turn: Turn, given: Settled) -> str:
    """The objection is settled by the answer, or waived by not prepaying attendance (证据规定 第三十八条)."""
    return "one" if _something_open(turn, besides=turn.node) else "last"


class AttendanceCost(Given):
    """预交出庭费用."""

    amount_fen: Fen = Field(title="出庭费用（元）")
    payer: Line = Field(title="预交人", description="双方均有异议的，分摊预交")
    days: Days | None = Field(None, title="预交期限（日）", description="不填按默认值")


@carries_out("entrustment", "demand_attendance_cost", given=AttendanceCost)
def demand_attendance_cost(turn: Turn, given: AttendanceCost) -> None:
    """Ask the objecting party to prepay the appraiser's attendance (证据规定 第三十八条、第三十九条).

    Both sides get the notice and are told who prepays how much by when; unpaid, the objection is waived.
    """
    if given.days:
        turn.term("attendance_cost", length=given.days, unit="CD", basis="法院指定（证据规定第三十八条）")
    entrustment, due_on = papers.of(turn), turn.due_if_started("attendance_cost")
    turn.issue(
        "attendance_cost_notice",
        data={
            **papers.heading(entrustment),
            "payer": given.payer,
            "institution": entrustment.institution_name,
            "report_number": entrustment.report_number,
            "amount_fen": given.amount_fen,
            "due_on": due_on,
            "contact": turn.by.name,
        },
        signers=papers.by_judge(turn),
    )
    until = f"于{due_on:%Y年%-m月%-d日}前" if due_on else "在法院指定的期限内"
    turn.text_parties(
        f"案件{entrustment.case_number}，请{given.payer}{until}向法院预交鉴定人出庭费用"
        f"{yuan_text(given.amount_fen)}元，逾期不预交的，视为放弃异议。",
        sender=f"【{entrustment.court_name}】",
    )


class CostPaid(Given):
    """已预交."""

    amount_fen: Fen = Field(title="预交金额（元）")


@carries_out("entrustment", "record_attendance_cost", given=CostPaid)
def record_attendance_cost(turn: Turn, given: CostPaid) -> None:
    """Record that attendance was prepaid to the court."""


class Summons(Given):
    """出庭通知."""

    appraiser: Line = Field(title="鉴定人")
    hearing_on: date = Field(title="开庭日期")
    hearing_time: TimeOfDay = Field(title="开庭时间")
    place: Line = Field(title="开庭地点")
    by_video: bool = Field(False, title="通过视听传输技术出庭")
    questions: OptionalText = Field("", title="需要说明的问题")


@carries_out("entrustment", "summon", given=Summons)
def summon(turn: Turn, given: Summons) -> None:
    """Summon an appraiser at least three days before the hearing (证据规定 第七十九条)."""
    notice_days = turn.law("court.testify.notice").number
    if reasons := rules.summons_in_time(given.hearing_on, today=turn.today, notice_days=notice_days):
        raise Refusal(reasons=reasons)
    entrustment = papers.of(turn)
    hearing_at = timezone.make_aware(datetime.combine(given.hearing_on, given.hearing_time))
    turn.issue(
        "summons_appraiser",
        data={
            **papers.heading(entrustment, numbered=False),
            "appraiser": given.appraiser,
            "institution": entrustment.institution_name,
            "report_number": entrustment.report_number,
            "hearing_at": hearing_at,
            "place": given.place,
            "by_video": given.by_video,
            "questions": given.questions or None,
            "officer": turn.by.name,
        },
        signers=papers.by_judge(turn),
        audience=papers.EVERYBODY,
    )
    turn.tell(
        [people.post_holder(int(entrustment.institution_organisation_id or 0), "appraiser")],
        text=f"{entrustment.case_number}：请{given.appraiser}于{given.hearing_on:%Y-%m-%d} {given.hearing_time:%H:%M}出庭作证。",
    )


class Testimony(Given):
    """出庭情况."""

    attendance: Literal["ATTENDED", "ABSENT"] = Field(
        title="出庭情况",
        json_schema_extra={"labels": {"ATTENDED": "已出庭接受询问", "ABSENT": "经通知无正当理由拒不出庭"}},
    )
    summary: Text = Field(title="询问和答复摘要")


@carries_out("entrustment", "record_testimony", given=Testimony)
def record_testimony(turn: Turn, given: Testimony) -> str:
    """Record the testimony; a refusal to appear makes the opinion unusable and the fee returnable (证据规定 第八十一条)."""
    if given.attendance == "ATTENDED":
        return "waiting" if _something_open(turn, besides=turn.node) else "attended"
    entrustment = papers.of(turn)
    entrustment.unusable = entrustment.refund_due = True
    entrustment.save(update_fields=["unusable", "refund_due"])
    return "absent"

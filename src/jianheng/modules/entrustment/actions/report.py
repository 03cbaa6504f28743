"""The report: checked, served, adopted or not, rated (nodes 16, 17, 23–25)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import ReportIncompleteError, UnusableOpinionError
from jianheng.modules.entrustment.models import Entrustment
from jianheng.services.documents import api as documents
from jianheng.services.lawbook import api as lawbook
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Given, Line, OptionalText, Text, Turn, carries_out


class Received(Given):
    """The report as the institution issued it."""

    number: Line
    dated_on: date
    overdue: bool
    appraisers: list[dict[str, str | None]]


@carries_out("entrustment", "receive_report", given=Received)
def receive_report(turn: Turn, given: Received) -> None:
    """Take the report over."""
    entrustment = papers.of(turn)
    entrustment.report_number, entrustment.report_received_on = given.number, turn.today
    entrustment.report_dated_on = given.dated_on
    entrustment.overdue = entrustment.overdue or given.overdue  # a report mended later was still late at first
    entrustment.appraisers, entrustment.unusable = given.appraisers, False
    entrustment.save(
        update_fields=[
            *("report_number", "report_received_on", "report_dated_on"),
            *("overdue", "appraisers", "unusable"),
        ]
    )
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge")],
        text=f"{entrustment.case_number}：收到鉴定书{given.number}，请审查。",
    )


class Check(Given):
    """The seven contents (证据规定 第三十六条) and the three flaws (法〔2020〕202号 第十一条)."""

    court_name: bool = Field(title="有委托法院的名称")
    matter_and_request: bool = Field(title="有委托鉴定的内容、要求")
    material: bool = Field(title="有鉴定材料")
    principle_and_method: bool = Field(title="有鉴定所依据的原理、方法")
    process: bool = Field(title="有对鉴定过程的说明")
    opinion: bool = Field(title="有鉴定意见")
    promise: bool = Field(title="有承诺书")
    signatures: bool = Field(title="鉴定人签名、附资格证明，鉴定机构盖章")
    contradictory: bool = Field(False, title="鉴定意见和鉴定书其他部分相互矛盾")
    uncertain: bool = Field(False, title="同一认定意见使用不确定性表述")
    otherwise_flawed: bool = Field(False, title="有其他明显瑕疵")
    note: OptionalText = Field("", title="说明", description="退回的，写明需要补充的内容")
    conclusion: Literal["ACCEPT", "SUPPLEMENT"] = Field(
        title="审查结论",
        json_schema_extra={"labels": {"ACCEPT": "内容齐备，送达当事人", "SUPPLEMENT": "视为未完成，退回补充"}},
    )


CONTENTS = (
    "court_name",
    "matter_and_request",
    "material",
    "principle_and_method",
    "process",
    "opinion",
    "promise",
    "signatures",
)
FLAWS = ("contradictory", "uncertain", "otherwise_flawed")


@carries_out("entrustment", "check_report", given=Check)
def check_report(turn: Turn, given: Check) -> str:
    """Check the report; refuses to accept one that lacks a content or shows a flaw."""
    missing = [Check.model_fields[name].title for name in CONTENTS if not getattr(given, name)]
    flaws = [Check.model_fields[name].title for name in FLAWS if getattr(given, name)]
    if given.conclusion == "ACCEPT" and (missing or flaws):
        told = [f"缺少{_thing(title)}" for title in missing] + [f"存在{_thing(title)}" for title in flaws]
        raise ReportIncompleteError(f"鉴定书不能认定为齐备：{'；'.join(told)}。", about="conclusion")
    entrustment = papers.of(turn)
    turn.issue(
        "report_check",
        data={
            **papers.heading(entrustment),
            "institution": papers.institution(entrustment),
            "report_number": entrustment.report_number,
            "report_dated_on": entrustment.report_dated_on,
            "received_on": entrustment.report_received_on,
            **{name: {"present": getattr(given, name)} for name in CONTENTS},
            **{name: getattr(given, name) for name in FLAWS},
            "flaw_note": given.note or None,
            "conclusion": given.conclusion,
            "checked_by": turn.by.name,
            "checked_on": turn.today,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit"),
    )
    if given.conclusion == "SUPPLEMENT":
        _sent_back(entrustment)
        turn.publish("entrustment.report_returned", reason=given.note or "内容不齐备，请补充。")
        return "return"
    return "accept"


def _thing(title: str | None) -> str:
    """What a box asks about: 有承诺书 asks about 承诺书, a flaw that is a sentence is told as it stands."""
    said = str(title)
    return said.removeprefix("有") if said.startswith("有") else f"：{said}"


def _sent_back(entrustment: Entrustment) -> None:
    entrustment.returns += 1
    entrustment.save(update_fields=["returns"])


class Service(Given):
    """送达."""

    mode: Literal["ELECTRONIC", "DIRECT", "POST"] = Field(
        "ELECTRONIC",
        title="送达方式",
        json_schema_extra={"labels": {"ELECTRONIC": "电子送达", "DIRECT": "直接送达", "POST": "邮寄送达"}},
    )


@carries_out("entrustment", "serve", given=Service)
def serve(turn: Turn, given: Service) -> None:
    """Send copies to the parties; their time to object begins (证据规定 第三十七条)."""
    entrustment = papers.of(turn)
    documents.open_to(entrustment.report_number, matter_root=turn.root_id, seats=("applicant", "respondent"))
    turn.text_parties(
        f"案件{entrustment.case_number}的鉴定书副本已送达，请凭查询编号登录公众网站查看；有异议的，请在期限内书面提出。",
        sender=f"【{entrustment.court_name}】",
    )


class Adoption(Given):
    """采信."""

    note: OptionalText = Field("", title="说明")


@carries_out("entrustment", "adopt", given=Adoption)
def adopt(turn: Turn, given: Adoption) -> None:
    """Adopt the opinion (证据规定 第四十条); refuses one whose appraiser would not appear (第八十一条)."""
    entrustment = papers.of(turn)
    if entrustment.unusable:
        raise UnusableOpinionError
    entrustment.adopted = True
    entrustment.save(update_fields=["adopted"])


class Supplementary(Given):
    """补充鉴定."""

    matters: Text = Field(title="需要补充鉴定的事项和理由")


@carries_out("entrustment", "order_supplement", given=Supplementary)
def order_supplement(turn: Turn, given: Supplementary) -> None:
    """Order a supplementary appraisal by the original appraisers (通则 第三十条): part of the same entrustment."""
    _sent_back(papers.of(turn))
    turn.publish("entrustment.supplement_ordered", reason=given.matters)


Ground = Annotated[str, Field(json_schema_extra={"widget": "select"})]


class ReAppraisal(Given):
    """重新鉴定."""

    ground: Ground = Field(title="重新鉴定事由")
    facts: Text = Field(title="事实和理由")


def _grounds(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("court.reappraisal_grounds", on=turn.today, region=turn.region)
    return {"ground": [(entry.code, entry.text) for entry in listed]}


@carries_out("entrustment", "order_re_appraisal", given=ReAppraisal, choices=_grounds)
def order_re_appraisal(turn: Turn, given: ReAppraisal) -> None:
    """Decide on a re-appraisal; the first three grounds of 证据规定 第四十条 make the fee returnable.

    So did an appraiser who refused to appear (证据规定 第八十一条), whatever the ground.
    """
    listed = lawbook.book().enumeration("court.reappraisal_grounds", on=turn.today, region=turn.region)
    listed.entry(given.ground)
    entrustment = papers.of(turn)
    entrustment.adopted = False
    entrustment.refund_due = entrustment.refund_due or given.ground in listed.codes[:3]
    entrustment.save(update_fields=["adopted", "refund_due"])
    turn.publish("entrustment.ended", end="re_appraisal", reason=given.facts)


class Rating(Given):
    """评价: four things the court saw for itself, each of 25 points."""

    timeliness: Annotated[int, Field(ge=0, le=25)] = Field(title="时限（25 分）")
    quality: Annotated[int, Field(ge=0, le=25)] = Field(title="质量（25 分）")
    conduct: Annotated[int, Field(ge=0, le=25)] = Field(title="规范（25 分）")
    service: Annotated[int, Field(ge=0, le=25)] = Field(title="答复与出庭（25 分）")
    comment: OptionalText = Field("", title="评价意见")


RATED = (("timeliness", "时限"), ("quality", "质量"), ("conduct", "规范"), ("service", "答复与出庭"))


@carries_out("entrustment", "rate", given=Rating)
def rate(turn: Turn, given: Rating) -> None:
    """Rate the institution; the entrustment is complete and the institution may archive."""
    entrustment = papers.of(turn)
    entrustment.score = sum(getattr(given, name) for name, _ in RATED)
    entrustment.save(update_fields=["score"])
    turn.issue(
        "rating_form",
        data={
            **papers.heading(entrustment),
            "institution": papers.institution(entrustment),
            "matter": entrustment.subject,
            "entrusted_on": entrustment.entrusted_on,
            "completed_on": entrustment.report_dated_on,
            "overdue": entrustment.overdue,
            "scores": [{"item": title, "full": 25, "score": getattr(given, name)} for name, title in RATED],
            "comment": given.comment or None,
            "rated_by": turn.by.name,
            "rated_on": turn.today,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit", "institution"),
    )
    turn.publish("entrustment.ended", end="completed", score=entrustment.score)

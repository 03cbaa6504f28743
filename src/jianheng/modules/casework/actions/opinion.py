"""The opinion: drafted, reviewed by another person, signed, issued, sent (nodes 16–18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from pydantic import Field

from jianheng.kernel import canonical
from jianheng.kernel.errors import Refusal
from jianheng.modules.casework import rules
from jianheng.modules.casework.actions import papers
from jianheng.modules.casework.errors import (
    AlreadySignedError,
    DissentNeededError,
    ExamineeNeededError,
    NotAllSignedError,
    NotClinicalError,
    RecusalPendingError,
)
from jianheng.modules.casework.models import Appraisal
from jianheng.modules.casework.terms import INSIDE, WITH_COURT
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.documents import api as documents
from jianheng.services.procedures.api import Given, Line, OptionalLine, OptionalText, Text, Turn, carries_out

CLINICAL = "FM02"


class RecordAbstract(Given):
    """资料摘要."""

    source: Line = Field(title="资料名称和来源")
    dated_on: date | None = Field(None, title="资料日期")
    text: Text = Field(title="摘要")


class Chapter(Given):
    """检验过程和结果."""

    heading: Line = Field(title="小标题")
    text: Text = Field(title="内容")


class Examinee(Given):
    """被鉴定人."""

    name: Line = Field(title="姓名")
    sex: Literal["男", "女"] = Field(title="性别")
    born_on: date = Field(title="出生日期")
    id_number: OptionalLine = Field("", title="身份证件号码")
    address: OptionalLine = Field("", title="住址")


class Accident(Given):
    """道路交通事故."""

    happened_on: date = Field(title="事故日期")
    place: Line = Field(title="事故地点")
    account: Text = Field(title="事故经过")
    liability_document: OptionalLine = Field("", title="道路交通事故认定书编号")


class Hospitalisation(Given):
    """病历摘要."""

    hospital: Line = Field(title="医疗机构")
    record_number: OptionalLine = Field("", title="病案号")
    admitted_on: date | None = Field(None, title="入院日期")
    discharged_on: date | None = Field(None, title="出院日期")
    diagnosis: Text = Field(title="诊断")
    course: Text = Field(title="诊疗经过")


class Film(Given):
    """影像学资料."""

    number: Line = Field(title="影像号")
    kind: Line = Field(title="影像种类")
    taken_on: date | None = Field(None, title="摄片日期")
    finding: Text = Field(title="阅片所见")


class Measurement(Given):
    """功能测量."""

    item: Line = Field(title="测量项目")
    unit: Line = Field("度", title="单位")
    injured: Line = Field(title="伤侧")
    healthy: OptionalLine = Field("", title="健侧")
    loss: OptionalLine = Field("", title="丧失程度")


class Grade(Given):
    """致残等级."""

    injury: Line = Field(title="损伤后遗")
    clause: Line = Field(title="对应条款", description="《人体损伤致残程度分级》条款号")
    grade: int = Field(title="致残等级（一至十级，填数字）", ge=1, le=10)


class Disability(Given):
    """法医临床（道路交通事故致残等级）专用内容."""

    accident: Accident = Field(title="道路交通事故")
    hospitalisations: list[Hospitalisation] = Field(title="病历摘要", min_length=1, max_length=20)
    films: list[Film] = Field(default_factory=list, title="影像学资料", max_length=40)
    complaint: Text = Field(title="被鉴定人主诉")
    measurements: list[Measurement] = Field(default_factory=list, title="功能测量", max_length=60)
    healed_on: date = Field(title="医疗终结日期")
    contribution: Literal["COMPLETE", "MAIN", "EQUAL", "SECONDARY", "SLIGHT", "NONE"] = Field(
        title="损伤与后果的因果关系",
        json_schema_extra={
            "labels": {
                "COMPLETE": "完全作用",
                "MAIN": "主要作用",
                "EQUAL": "同等作用",
                "SECONDARY": "次要作用",
                "SLIGHT": "轻微作用",
                "NONE": "没有作用",
            }
        },
    )
    contribution_note: Text = Field(title="因果关系分析")
    ratings: list[Grade] = Field(default_factory=list, title="致残等级", max_length=20)
    off_work_days: int | None = Field(None, title="误工期（日）", ge=0, le=3650)
    nursing_days: int | None = Field(None, title="护理期（日）", ge=0, le=3650)
    nutrition_days: int | None = Field(None, title="营养期（日）", ge=0, le=3650)


class Draft(Given):
    """意见书草稿 (通则 第三十六条)."""

    place: Line = Field(title="鉴定地点")
    present: OptionalLine = Field("", title="在场人员")
    examinee: Examinee | None = Field(None, title="被鉴定人")
    records: list[RecordAbstract] = Field(default_factory=list, title="资料摘要", max_length=30)
    principle: Text = Field(title="鉴定依据的原理和方法")
    examinations: list[Chapter] = Field(title="检验过程和结果", min_length=1, max_length=30)
    analysis: Text = Field(title="分析说明")
    opinions: list[Text] = Field(title="鉴定意见", min_length=1, max_length=20)
    disability: Disability | None = Field(None, title="法医临床专用内容", description="道路交通事故致残等级鉴定填写")
    remark: OptionalText = Field("", title="需要说明的事项")


def _draft_before(turn: Turn) -> dict[str, Any]:
    """What was drafted before it was returned, to be mended instead of typed again."""
    return dict(papers.of(turn).draft)


@carries_out("appraisal", "draft", given=Draft, prefill=_draft_before)
def draft(turn: Turn, given: Draft) -> None:
    """Submit a draft for review; only an assigned appraiser may.

    The form for a disability grade is for 法医临床 alone and asks for the examinee.
    """
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    papers.must_be_assigned(turn, appraisal)
    if given.disability is not None and not brief.category.startswith(CLINICAL):
        raise NotClinicalError(about="disability")
    if given.disability is not None and given.examinee is None:
        raise ExamineeNeededError(about="examinee")
    appraisal.draft = given.model_dump(mode="json")
    appraisal.drafter, appraisal.drafter_id = turn.by.name, turn.by.person_id
    appraisal.review = {}
    papers.sign_anew(appraisal)
    appraisal.opinion_kind = "opinion_disability" if given.disability is not None else "opinion_general"
    appraisal.save(update_fields=["draft", "drafter", "drafter_id", "review", "opinion_kind", *papers.SIGNED])


class OpinionReview(Given):
    """复核 (通则 第三十五条, form F5): by another person, of procedure and of opinion."""

    on_procedure: Text = Field(title="关于鉴定程序")
    on_opinion: Text = Field(title="关于鉴定意见")
    conclusion: Literal["AGREE", "REVISE"] = Field(
        title="复核结论", json_schema_extra={"labels": {"AGREE": "同意，可以签发", "REVISE": "退回修改"}}
    )


@carries_out("appraisal", "review", given=OpinionReview)
def review(turn: Turn, given: OpinionReview) -> str:
    """Review the draft; refuses the appraisers themselves and who drafted it, if since replaced. Filed, not sent."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    people = papers.person_ids(appraisal)
    if reasons := rules.may_review(turn.by.person_id, appraisers=people, drafter=appraisal.drafter_id):
        raise Refusal(reasons=reasons)
    appraisal.review = {**given.model_dump(), "reviewer": turn.by.name, "on": turn.today.isoformat()}
    appraisal.save(update_fields=["review"])
    turn.issue(
        "review_opinion",
        data={
            **papers.heading(appraisal, brief),
            "appraisers": [papers.named(one, specialty=brief.category_title) for one in appraisal.appraisers],
            "reviewers": [{"name": turn.by.name}],
            "on_procedure": given.on_procedure,
            "on_opinion": given.on_opinion,
            "conclusion": given.conclusion,
            "reviewed_on": turn.today,
        },
        signers=papers.signer(turn),
        audience=INSIDE,
    )
    if given.conclusion == "AGREE":
        return "agree"
    papers.tell(
        turn,
        appraisal,
        "appraiser",
        text=f"复核退回修改。关于鉴定程序：{given.on_procedure}关于鉴定意见：{given.on_opinion}",
    )
    return "revise"


class Signature(Given):
    """签名; who differs says so, and it is printed (通则 第三十七条)."""

    agrees: bool = Field(title="本人同意上述鉴定意见")
    dissent: OptionalText = Field("", title="不同意见", description="不同意的，写明不同意见和理由，将注明在意见书上")


@carries_out("appraisal", "sign", given=Signature)
def sign(turn: Turn, given: Signature) -> str:
    """Each assigned appraiser signs, or signs with a dissent.

    The first signature freezes what all sign and what is issued; only dissents are still added, each by its own author.
    """
    appraisal, person = papers.of(turn), str(turn.by.person_id)
    appraiser = papers.must_be_assigned(turn, appraisal)
    if person in appraisal.signed and person in appraisal.hands:
        raise AlreadySignedError
    if not given.agrees and not given.dissent:
        raise DissentNeededError(about="dissent")
    dissent = "" if given.agrees else given.dissent
    appraisal.signed = {**appraisal.signed, person: dissent}
    own = [{"appraiser": appraiser["name"], "text": dissent}] if dissent else []
    paper = documents.frozen(appraisal.opinion_kind, {**_to_sign(appraisal), "dissents": own})
    mandate = turn.sign(appraisal.opinion_kind, paper, role="appraiser", name=appraiser["name"])
    hand = mandate or {"seq": turn.seq, "at": canonical.instant(turn.now)}
    appraisal.hands = {**appraisal.hands, person: hand}
    appraisal.content = {name: value for name, value in paper.items() if name != "dissents"}
    appraisal.save(update_fields=[*papers.SIGNED])
    return "all" if rules.everyone(papers.person_ids(appraisal), done=appraisal.signed) else "more"


def _to_sign(appraisal: Appraisal) -> dict[str, Any]:
    """The opinion as it was first signed, else as it is drafted."""
    if appraisal.content:
        return dict(appraisal.content)
    letterhead = institutions.letterhead(appraisal.institution_id)
    return opinion_data(appraisal, entrustment.brief(appraisal.root_id), institution=letterhead)


class Issue(Given):
    """签发."""

    note: OptionalText = Field("同意签发。", title="签发意见")


@carries_out("appraisal", "issue", given=Issue)
def issue(turn: Turn, given: Issue) -> None:
    """Issue the opinion: the institution seals what the appraisers signed (通则 第三十八条).

    Refuses while somebody who took over from another has not signed (通则 第三十七条), and while a request for recusal
    waits: an appraiser who should have stepped back is a ground of re-appraisal (第三十一条).
    """
    if turn.is_open("decide_recusal"):
        raise RecusalPendingError
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    if not rules.everyone(papers.person_ids(appraisal), done=appraisal.signed):
        raise NotAllSignedError
    appraisal.issued_on = turn.today
    signers = [_signer(appraisal, one) for one in appraisal.appraisers]
    letterhead = institutions.letterhead(appraisal.institution_id)
    appraisal.opinion_number = turn.issue(
        appraisal.opinion_kind,
        data={**_to_sign(appraisal), "dissents": _dissents(appraisal)},
        signers=signers,
        audience=WITH_COURT,
    )
    appraisal.save(update_fields=["issued_on", "opinion_number"])
    heading = papers.heading(appraisal, brief, institution=letterhead)
    _signoff(turn, appraisal, heading, note=given.note or "同意签发。")


def _signer(appraisal: Appraisal, one: dict[str, Any]) -> dict[str, Any]:
    """An appraiser among the signers, with the mandate, or the act that came before there was a key."""
    kept = appraisal.hands.get(str(one["person_id"]), {})
    return {
        "name": one["name"],
        "person_id": one["person_id"],
        "role": "appraiser",
        "certificate_number": one["certificate_number"],
        "mandate": kept if "mandate" in kept else None,
        "signed_at": kept if "seq" in kept else None,
    }


def _drafted(matter_id: int, organisation_ids: Iterable[int]) -> QuerySet[Appraisal]:
    """The appraisal whose draft may be read: by the institution's own people, from when there is one."""
    own = Appraisal.objects.filter(matter_id=matter_id, organisation_id__in=list(organisation_ids))
    return own.exclude(draft={})


def has_draft(matter_id: int, *, organisation_ids: Iterable[int]) -> bool:
    """Whether these organisations may read a draft of the opinion."""
    return _drafted(matter_id, organisation_ids).exists()


def draft_paper(matter_id: int, *, organisation_ids: Iterable[int]) -> bytes:
    """The opinion as drafted, as a PDF crossed 草稿 on every page: what is reviewed, signed and issued."""
    appraisal = _drafted(matter_id, organisation_ids).first()
    if appraisal is None:
        raise documents.NoSuchDocumentError
    letterhead = institutions.letterhead(appraisal.institution_id)
    return documents.preview(
        appraisal.opinion_kind,
        opinion_data(appraisal, entrustment.brief(appraisal.root_id), institution=letterhead),
        issuer_name=str(letterhead["name"]),
    )


def opinion_data(
    appraisal: Appraisal, brief: entrustment.Brief, *, institution: dict[str, str | None]
) -> dict[str, Any]:
    """The report from the draft, the plan, the records and the promise letters."""
    said, plan = appraisal.draft, appraisal.plan
    promises = (appraisal.promised.get(str(one["person_id"])) for one in appraisal.appraisers)
    data: dict[str, Any] = {
        "institution": institution,
        "client": brief.court,
        "case_number": brief.case_number,
        "entrustment_number": brief.number or None,
        "matter": brief.subject,
        "category": brief.category_title,
        "is_re_appraisal": brief.is_re_appraisal,
        "accepted_on": appraisal.accepted_on,
        "materials": papers.materials(appraisal.root_id),
        "started_on": appraisal.started_on,
        "finished_on": appraisal.finished_on,
        "place": said["place"],
        "present": [said["present"]] if said["present"] else [],
        "examinee": _known(said["examinee"]),
        "basic_facts": brief.basic_facts,
        "records": said["records"],
        "principle": said["principle"],
        "standards": [{"name": row["name"], "number": row["number"] or None} for row in plan["standards"]],
        "instruments": [_known(row) for row in plan["instruments"]],
        "examinations": said["examinations"],
        "analysis": said["analysis"],
        "opinions": said["opinions"],
        "dissents": _dissents(appraisal),
        "promise": next(filter(None, promises), None),
        "appraisers": [papers.named(one, specialty=brief.category_title) for one in appraisal.appraisers],
        "remark": said["remark"] or None,
    }
    return {**data, **_clinical(said["disability"])} if said["disability"] else data


def _dissents(appraisal: Appraisal) -> list[dict[str, Any]]:
    """Who differs and why, as it is printed."""
    return [
        {"appraiser": one["name"], "text": appraisal.signed[str(one["person_id"])]}
        for one in appraisal.appraisers
        if appraisal.signed.get(str(one["person_id"]))
    ]


def _known(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """A row with its empty texts as missing."""
    return {name: value or None for name, value in row.items()} if row else None


def _clinical(said: dict[str, Any]) -> dict[str, Any]:
    periods = {name: said[name] for name in ("off_work_days", "nursing_days", "nutrition_days")}
    return {
        "accident": _known(said["accident"]),
        "hospitalisations": [_known(row) for row in said["hospitalisations"]],
        "films": [_known(row) for row in said["films"]],
        "complaint": said["complaint"],
        "measurements": [_known(row) for row in said["measurements"]],
        "healed_on": said["healed_on"],
        "contribution": said["contribution"],
        "contribution_note": said["contribution_note"],
        "ratings": said["ratings"],
        "periods": periods if any(value is not None for value in periods.values()) else None,
    }


def _signoff(turn: Turn, appraisal: Appraisal, heading: dict[str, Any], *, note: str) -> None:
    review_said = appraisal.review
    turn.issue(
        "signoff_sheet",
        data={
            **heading,
            "report_number": appraisal.opinion_number,
            "report_title": "司法鉴定意见书",
            "appraisers": [one["name"] for one in appraisal.appraisers],
            "steps": [
                {
                    "role": "起草",
                    "name": appraisal.drafter,
                    "opinion": "送复核。",
                    "signed_on": appraisal.finished_on,
                },
                {
                    "role": "复核",
                    "name": review_said["reviewer"],
                    "opinion": review_said["on_opinion"],
                    "signed_on": review_said["on"],
                },
                {"role": "签发", "name": turn.by.name, "opinion": note, "signed_on": turn.today},
            ],
            "copies": turn.law("appraisal.report.originals").number,
        },
        signers=papers.signer(turn),
        audience=INSIDE,
    )


class Delivery(Given):
    """发送."""

    mode: Literal["ELECTRONIC", "DIRECT", "POST", "PICK_UP"] = Field(
        "ELECTRONIC",
        title="发送方式",
        json_schema_extra={
            "labels": {"ELECTRONIC": "电子送达", "DIRECT": "直接送达", "POST": "邮寄送达", "PICK_UP": "自取"}
        },
    )
    receiver: Line = Field(title="收件人")
    remark: OptionalText = Field("", title="备注")


@carries_out("appraisal", "deliver", given=Delivery)
def deliver(turn: Turn, given: Delivery) -> None:
    """Send the opinion to the court, as many originals as the law says, with a receipt (通则 第三十九条)."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    turn.issue(
        "delivery_receipt",
        data={
            **papers.heading(appraisal, brief),
            "receiver": brief.court,
            "mode": given.mode,
            "papers": [
                {
                    "title": "司法鉴定意见书",
                    "number": appraisal.opinion_number,
                    "copies": turn.law("appraisal.report.client_copies").number,
                }
            ],
            "sent_at": turn.now,
            "received_by": given.receiver,
            "received_at": turn.now if given.mode in {"ELECTRONIC", "DIRECT"} else None,
            "delivered_by": turn.by.name,
            "remark": given.remark or None,
        },
        signers=papers.signer(turn),
        audience=WITH_COURT,
    )
    if appraisal.extension:  # asked and not decided: delivered, it is pointless
        appraisal.extension = {}
        appraisal.save(update_fields=["extension"])
    due_on = turn.latest_due("completion")
    assert appraisal.issued_on is not None  # nothing is delivered that was not issued
    turn.publish(
        "casework.delivered",
        number=appraisal.opinion_number,
        dated_on=appraisal.issued_on.isoformat(),
        overdue=due_on is not None and turn.today > due_on,
        appraisers=[papers.named(one, specialty=brief.category_title) for one in appraisal.appraisers],
    )


class Returned(Given):
    """Why the court sent the report back."""

    reason: Text


@carries_out("appraisal", "report_returned", given=Returned)
def report_returned(turn: Turn, given: Returned) -> None:
    """The court finds the report not completed (法〔2020〕202号 第十一条): the draft is taken up again.

    The completion clock runs anew, as long as the court has set.
    """
    papers.tell(turn, papers.of(turn), "appraiser", "head", text=f"法院退回鉴定书：{given.reason}")
    brief = entrustment.brief(turn.root_id)
    turn.term("completion", length=brief.term_working_days, unit="WD", basis="退回补充（法〔2020〕202号 第十一条）")


@carries_out("appraisal", "supplementary_ordered", given=Returned)
def supplementary_ordered(turn: Turn, given: Returned) -> None:
    """A supplementary appraisal by the original appraisers (通则 第三十条), under a new completion clock."""
    papers.tell(turn, papers.of(turn), "appraiser", "head", text=f"法院要求补充鉴定：{given.reason}")
    brief = entrustment.brief(turn.root_id)
    turn.term("completion", length=brief.term_working_days, unit="WD", basis="补充鉴定（通则 第三十条）")

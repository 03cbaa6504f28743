"""Correction, termination, archive (nodes 20, 21, 1a)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from jianheng.modules.casework.actions import papers, recusal
from jianheng.modules.casework.errors import (
    MeaningChangedError,
    NothingIssuedError,
    NotRegisteredHereError,
    NotTerminableError,
    RecusalPendingError,
    RefundTooLargeError,
    StatementNeededError,
)
from jianheng.modules.casework.models import Appraisal
from jianheng.modules.casework.terms import INSIDE, WITH_COURT
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.documents import api as documents
from jianheng.services.lawbook import api as lawbook
from jianheng.services.procedures.api import Fen, Given, Line, Nothing, OptionalText, Text, Turn, carries_out


class Place(Given):
    """A place corrected."""

    page: int = Field(title="页码", ge=1, le=2000)
    original: Text = Field(title="原内容")
    corrected: Text = Field(title="补正后内容")


class Correction(Given):
    """补正 (通则 第四十一条): three flaws of form only; the meaning of the opinion may not change."""

    ground: Line = Field(title="补正情形", json_schema_extra={"widget": "select"})
    places: list[Place] = Field(title="补正内容", min_length=1, max_length=20)
    unchanged: bool = Field(title="确认补正不改变鉴定意见的原意")
    statement: OptionalText = Field(
        "", title="原鉴定人不能签名的说明", description="由本机构其他鉴定人签名的，当地有规定时应当说明"
    )


def _grounds(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("appraisal.correction_grounds", on=turn.today, region=turn.region)
    return {"ground": [(entry.code, entry.text) for entry in listed]}


@carries_out("appraisal", "correct", given=Correction, choices=_grounds)
def correct(turn: Turn, given: Correction) -> None:
    """Correct a flaw of form; an appraiser of the institution signs, and the report is marked corrected.

    Any one of them, registered for the item (通则 第四十一条: 至少一名司法鉴定人在补正处签名). Where the province asks for an
    original one, another signs with a statement why (广东省司法鉴定管理条例 第四十一条).
    """
    listed = lawbook.book().enumeration("appraisal.correction_grounds", on=turn.today, region=turn.region)
    entry = listed.entry(given.ground)
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    appraiser = _signing(turn, appraisal, given)
    if not appraisal.opinion_number:
        raise NothingIssuedError
    if not given.unchanged:
        raise MeaningChangedError(about="unchanged")
    number = turn.issue(
        "correction_notice",
        data={
            **papers.heading(appraisal, brief),
            "report_number": appraisal.opinion_number,
            "report_dated_on": appraisal.issued_on,
            "reason": entry.code,
            "places": [place.model_dump() for place in given.places],
            "statement": given.statement or None,
            "appraisers": [papers.named(appraiser, specialty=brief.category_title)],
        },
        signers=papers.signer(turn),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )
    documents.mark_corrected(appraisal.opinion_number, issuer=turn.organisation_id, by=number, now=turn.now)


def _signing(turn: Turn, appraisal: Appraisal, given: Correction) -> dict[str, Any]:
    """Who signs the correction: an original appraiser, or another of the institution where the law lets him."""
    if turn.by.person_id in papers.person_ids(appraisal):
        return papers.must_be_assigned(turn, appraisal)
    registered = institutions.appraisers_of(appraisal.institution_id, appraisal.category, on=turn.today)
    other = next((one for one in registered if one.person_id == turn.by.person_id), None)
    if other is None:
        raise NotRegisteredHereError
    rule = turn.law("appraisal.correction.original_signs")
    if rule.value and not given.statement:
        raise StatementNeededError(law=rule.law, about="statement")
    return {"name": other.name, "certificate_number": other.certificate_number, "title": other.title}


class Termination(Given):
    """终止 (通则 第二十九条, form F4)."""

    ground: Line = Field(title="终止情形", json_schema_extra={"widget": "select"})
    facts: Text = Field(title="事实和理由")
    fee_charged_fen: Fen = Field(0, title="已收费用（元）")
    fee_returned_fen: Fen = Field(0, title="退还费用（元）")
    fee_note: OptionalText = Field("", title="费用结算说明")


def _termination_grounds(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("appraisal.termination_grounds", on=turn.today, region=turn.region)
    return {"ground": [(entry.code, entry.text) for entry in listed]}


@carries_out("appraisal", "terminate", given=Termination, choices=_termination_grounds)
def terminate(turn: Turn, given: Termination) -> None:
    """Terminate with a coded ground, return the material and settle the fee; not once the opinion is with the court."""
    listed = lawbook.book().enumeration("appraisal.termination_grounds", on=turn.today, region=turn.region)
    entry = listed.entry(given.ground)
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    if appraisal.accepted_on is None or turn.is_open("with_court") or turn.is_open("archive"):
        raise NotTerminableError
    if given.fee_returned_fen > given.fee_charged_fen:
        raise RefundTooLargeError(about="fee_returned_fen")
    turn.issue(
        "termination_notice",
        data={
            **papers.heading(appraisal, brief),
            "accepted_on": appraisal.accepted_on,
            "ground": entry.text,
            "facts": given.facts,
            "ended_on": turn.today,
            "materials_returned": papers.materials(turn.root_id),
            "fee_charged_fen": given.fee_charged_fen,
            "fee_returned_fen": given.fee_returned_fen,
            "fee_note": given.fee_note or None,
        },
        signers=papers.signer(turn),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )
    recusal.drop_pending(turn, appraisal, because="鉴定机构已终止鉴定")
    turn.publish("casework.left", kind="TERMINATED", reason=f"{entry.text}：{given.facts}"[:1000])


@carries_out("appraisal", "court_finished")
def court_finished(turn: Turn, given: Nothing) -> None:
    """The entrustment is over: the file may be archived, within the filing period."""


@carries_out("appraisal", "entrustment_ended")
def entrustment_ended(turn: Turn, given: Nothing) -> None:
    """The client ended the entrustment before there was an opinion."""
    recusal.drop_pending(turn, papers.of(turn), because="委托已经结束")


class Archive(Given):
    """归档."""

    checked_by: Line = Field(title="检查人")
    note: OptionalText = Field("", title="备考说明")


@carries_out("appraisal", "archive", given=Archive)
def archive(turn: Turn, given: Archive) -> None:
    """Archive the file with its index: every document of the appraisal, in the order it came to be.

    Refuses while a request for recusal waits for its decision.
    """
    if turn.is_open("decide_recusal"):
        raise RecusalPendingError
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    retention = turn.law("archive.retention")
    listed = documents.of_matter(turn.matter_id)
    turn.issue(
        "volume_index",
        data={
            **papers.heading(appraisal, brief),
            "volume_number": f"{appraisal.file_number}-1",
            "retention": f"{retention.number}年" if retention.unit == "YEAR" else str(retention.value),
            "entries": [
                {"title": paper.title, "number": paper.number, "dated_on": paper.requested_on} for paper in listed
            ],
            "filed_by": turn.by.name,
            "checked_by": given.checked_by,
            "filed_on": turn.today,
        },
        signers=papers.signer(turn),
        audience=INSIDE,
    )

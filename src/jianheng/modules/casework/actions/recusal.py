"""Recusal (回避) of appraisers or of the institution: asked, decided one by one, answered each (通则 第二十条、第二十一条).

Invariant: a request is kept in the order it came until it is decided or has lost its object; none replaces another,
and whoever asked is told what became of it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from jianheng.modules.casework.actions import papers
from jianheng.modules.casework.errors import NotAssignedError, WhichRecusalError
from jianheng.modules.casework.models import Appraisal
from jianheng.modules.casework.terms import WITH_COURT
from jianheng.modules.entrustment import api as entrustment
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Given, Line, OptionalLine, Text, Turn, carries_out

OWN = "institution"  # the side of an appraiser who steps back; the court has none


class SelfRecusal(Given):
    """自行回避."""

    ground: Text = Field(title="回避的事由")


@carries_out("appraisal", "declare_recusal", given=SelfRecusal)
def declare_recusal(turn: Turn, given: SelfRecusal) -> None:
    """An assigned appraiser steps back (通则 第二十条)."""
    appraisal = papers.of(turn)
    name = papers.must_be_assigned(turn, appraisal)["name"]
    _remember(
        turn, appraisal, {"by": name, "side": OWN, "whom": name, "ground": given.ground, "requested_on": turn.today}
    )


class RecusalRequest(Given):
    """What a party (``side``) or the court asks, and when it asked."""

    by: Line
    side: OptionalLine = ""
    whom: Line
    ground: Text
    requested_on: date


@carries_out("appraisal", "recusal_requested", given=RecusalRequest)
def recusal_requested(turn: Turn, given: RecusalRequest) -> None:
    """A party or the court asks for recusal; the head decides (通则 第二十一条)."""
    _remember(turn, papers.of(turn), given.model_dump())


def _remember(turn: Turn, appraisal: Appraisal, asked: dict[str, Any]) -> None:
    """Keep a request until it is decided; the head reads who asks whom to step back, and why."""
    papers.tell(turn, appraisal, "head", text=f"{asked['by']}申请{asked['whom']}回避：{asked['ground']}")
    kept = {**asked, "id": turn.seq, "requested_on": asked["requested_on"].isoformat(), "decided_on": None}
    appraisal.recusals = [*appraisal.recusals, kept]
    appraisal.save(update_fields=["recusals"])


def pending(appraisal: Appraisal) -> list[dict[str, Any]]:
    """The requests nobody has decided yet, the oldest first."""
    return [asked for asked in appraisal.recusals if asked["decided_on"] is None]


class RecusalDecision(Given):
    """决定 on one request."""

    request: OptionalLine = Field(
        "",
        title="回避申请",
        description="有多件待决定的，选择本次决定的一件",
        json_schema_extra={"widget": "select"},
    )
    appraiser: OptionalLine = Field(
        "", title="需要回避的鉴定人", description="不需要回避的留空", json_schema_extra={"widget": "select"}
    )
    reason: Text = Field(title="决定的理由")


def _choices(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    appraisal = papers.of(turn)
    assigned = [(str(one["person_id"]), one["name"]) for one in appraisal.appraisers]
    gone = [(str(one["person_id"]), f"{one['name']}（已回避）") for one in _gone(appraisal)]
    waiting = [
        (str(asked["id"]), f"{asked['by']}申请{asked['whom']}回避（{asked['requested_on']}）")
        for asked in pending(appraisal)
    ]
    return {"request": waiting, "appraiser": [*assigned, *gone]}


def _gone(appraisal: Appraisal) -> list[dict[str, Any]]:
    """The appraisers recused before, whom another request may mean too."""
    found = {asked["person_id"]: asked["name"] for asked in appraisal.recusals if asked.get("person_id")}
    return [{"person_id": person_id, "name": name} for person_id, name in found.items()]


@carries_out("appraisal", "decide_recusal", given=RecusalDecision, choices=_choices)
def decide_recusal(turn: Turn, given: RecusalDecision) -> str:
    """Decide one request: an appraiser who must step back is replaced; otherwise the work goes on.

    An appraiser who is gone already needs no other in their place. Refuses to guess which of several requests is
    meant (:class:`WhichRecusalError`); those left wait for a decision of their own.
    """
    appraisal = papers.of(turn)
    asked = _meant(appraisal, given.request)
    leaving = next((one for one in appraisal.appraisers if str(one["person_id"]) == given.appraiser), None)
    named = leaving or next((one for one in _gone(appraisal) if str(one["person_id"]) == given.appraiser), None)
    if given.appraiser and named is None:
        raise NotAssignedError(about="appraiser")
    _decide(turn, appraisal, asked, stepping_back=named, reason=given.reason)
    if leaving is not None:
        appraisal.recused = [*appraisal.recused, leaving["person_id"]]
        appraisal.appraisers = [one for one in appraisal.appraisers if one["person_id"] != leaving["person_id"]]
        if appraisal.signed:
            papers.tell(turn, appraisal, "appraiser", text="鉴定人更换，意见书随之变更，已经签名的须重新签名。")
        papers.sign_anew(appraisal)
    appraisal.save(update_fields=["recusals", "recused", "appraisers", *papers.SIGNED])
    outcome = "kept" if leaving is None else "replace"
    return f"{outcome}_next" if pending(appraisal) else outcome


def _meant(appraisal: Appraisal, chosen: str) -> dict[str, Any]:
    waiting = pending(appraisal)
    found = [asked for asked in waiting if str(asked["id"]) == chosen] if chosen else waiting
    if len(found) != 1:
        raise WhichRecusalError(about="request")
    return found[0]


def _decide(
    turn: Turn,
    appraisal: Appraisal,
    asked: dict[str, Any],
    *,
    reason: str,
    stepping_back: dict[str, Any] | None = None,
    institution: bool = False,
) -> None:
    """Close one request with its paper: one appraiser steps back, the institution does, or nobody; whoever asked is told."""
    brief = entrustment.brief(turn.root_id)
    recused = institution or stepping_back is not None
    number = turn.issue(
        "recusal_decision",
        data={
            **papers.heading(appraisal, brief),
            "requested_by": asked["by"],
            "requested_on": asked["requested_on"],
            "appraiser": asked["whom"],
            "ground": asked["ground"],
            "recused": recused,
            "stepping_back": stepping_back and stepping_back["name"],
            "institution_recused": institution,
            "reason": reason,
        },
        signers=papers.signer(turn),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )
    asked["decided_on"] = turn.today.isoformat()
    if stepping_back:
        asked["person_id"], asked["name"] = stepping_back["person_id"], stepping_back["name"]
    result = "鉴定机构决定回避" if recused else "鉴定机构决定不予回避"
    _answer(turn, appraisal, brief, asked, f"{result}（{number}）")


def _answer(turn: Turn, appraisal: Appraisal, brief: entrustment.Brief, asked: dict[str, Any], what: str) -> None:
    """Tell whoever asked what became of a request: a party by SMS, the court and the appraisers in their inboxes."""
    text = f"{asked['requested_on']}申请{asked['whom']}回避一事，{what}。"
    if asked["side"] == OWN:
        papers.tell(turn, appraisal, "appraiser", text=text)
    elif not asked["side"]:
        holders = [people.post_holder(brief.court_id, "judge"), people.post_holder(brief.unit_id, "tech")]
        turn.tell(holders, text=f"{brief.case_number}：{text}")
    else:
        turn.text_parties(
            f"案件{brief.case_number}，{text}请凭查询编号登录公众网站查看。",
            sender=f"【{brief.court}】",
            side=asked["side"],
        )


def drop_pending(turn: Turn, appraisal: Appraisal, *, because: str) -> None:
    """The appraisal ends: what is still asked has lost its object, and whoever asked is told so."""
    brief, waiting = entrustment.brief(turn.root_id), pending(appraisal)
    for asked in waiting:
        asked["decided_on"] = turn.today.isoformat()
        _answer(turn, appraisal, brief, asked, f"{because}，该申请不再决定")
    if waiting:
        appraisal.save(update_fields=["recusals"])


class InstitutionRecusal(Given):
    """本机构回避."""

    reason: Text = Field(title="本机构应当回避的理由")


@carries_out("appraisal", "recuse_institution", given=InstitutionRecusal)
def recuse_institution(turn: Turn, given: InstitutionRecusal) -> None:
    """The institution itself must step back; the next name of the same draw follows.

    Every request still open is decided by it: with the institution all its appraisers step back.
    """
    appraisal = papers.of(turn)
    for asked in pending(appraisal):
        _decide(turn, appraisal, asked, institution=True, reason=given.reason)
    appraisal.save(update_fields=["recusals"])
    turn.publish("casework.left", kind="RECUSED", reason=given.reason)

"""Recusal of judicial technical staff (民事诉讼法 第四十七条至第五十条): who is challenged does nothing until it is decided.

The judge decides; whoever must step back is replaced in the same act and stays out of every matter of this case. A side
whose challenge was rejected may ask once that the decision be looked at again; meanwhile the person goes on.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.actions.beginning import PersonId, of_the_unit
from jianheng.modules.entrustment.errors import (
    NoDecisionToReviewError,
    NotOfTheUnitError,
    SameSupervisorError,
    StaffChallengedError,
    StaffDecidedError,
)
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import PARTIES_IN_WORDS, RecusalState
from jianheng.services.lawbook import api as lawbook
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Given, Text, Turn, carries_out

UNDECIDED = (RecusalState.ASKED, RecusalState.REVIEWED)
Ground = Annotated[str, Field(title="回避的事由", json_schema_extra={"widget": "select"})]


class StaffChallenge(Given):
    """申请司法技术人员回避."""

    person: PersonId = Field(title="申请回避的人员", json_schema_extra={"widget": "select"})
    ground: Ground
    facts: Text = Field(title="事实和理由")


def _grounds(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("court.recusal_grounds", on=turn.today, region=turn.region)
    return {"ground": [(entry.code, entry.text) for entry in listed]}


def _staff(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    staff = [(str(pk), name) for pk, name in of_the_unit(turn) if pk not in turn.barred]
    return {"person": staff, **_grounds(turn)}


@carries_out("entrustment", "challenge_staff", given=StaffChallenge, choices=_staff)
def challenge_staff(turn: Turn, given: StaffChallenge) -> None:
    """A side asks that somebody of the unit step back: from now on this person does nothing in the case.

    Refuses who is not of the unit (:class:`NotOfTheUnitError`), and a second challenge while one is undecided
    (:class:`StaffChallengedError`).
    """
    entrustment = papers.of(turn)
    name = dict(of_the_unit(turn)).get(int(given.person))
    if name is None or int(given.person) in turn.barred:
        raise NotOfTheUnitError(about="person")
    asked = {"person": int(given.person), "name": name, "by": turn.side, "facts": given.facts}
    _ask(turn, entrustment, asked, ground=given.ground)


class StaffStepsBack(Given):
    """自行回避."""

    ground: Ground
    facts: Text = Field(title="事实和理由")


@carries_out("entrustment", "step_back", given=StaffStepsBack, choices=_grounds)
def step_back(turn: Turn, given: StaffStepsBack) -> None:
    """Somebody of the unit steps back by himself; the judge decides and replaces."""
    asked = {"person": int(turn.by.person_id or 0), "name": turn.by.name, "by": "", "facts": given.facts}
    _ask(turn, papers.of(turn), asked, ground=given.ground)


def _ask(turn: Turn, entrustment: Entrustment, asked: dict[str, Any], *, ground: str) -> None:
    """Keep what is asked, suspend the person, tell the judge and both sides; refuses a ground that is not of the law."""
    if entrustment.staff_recusal.get("state") in UNDECIDED:
        raise StaffChallengedError
    listed = lawbook.book().enumeration("court.recusal_grounds", on=turn.today, region=turn.region)
    in_words = listed.entry(ground).text
    decided = _decided(entrustment)
    same = {"person": asked["person"], "by": asked["by"], "ground": in_words}
    if any(same.items() <= earlier.items() for earlier in decided):
        raise StaffDecidedError(about="ground")
    entrustment.staff_recusal = {**asked, **same, "state": RecusalState.ASKED.value, "earlier": decided}
    entrustment.save(update_fields=["staff_recusal"])
    _bar(turn, {*turn.barred, asked["person"]})
    who = PARTIES_IN_WORDS.get(asked["by"], "本人")
    text = f"{entrustment.case_number}：{who}提出{asked['name']}回避（{in_words}），请依法决定。"
    turn.tell([people.post_holder(entrustment.court_id, "judge")], text=text)
    turn.text_parties(f"{turn.reference}：{asked['name']}被提出回避，决定前暂停参与本案。")


def _decided(entrustment: Entrustment) -> list[dict[str, Any]]:
    """What was decided in this case before, oldest first."""
    newest = {name: value for name, value in entrustment.staff_recusal.items() if name != "earlier"}
    return [*entrustment.staff_recusal.get("earlier", []), *([newest] if newest else [])]


class StaffReplaced(Given):
    """准许回避，更换人员."""

    lead: PersonId = Field(title="督办人", json_schema_extra={"widget": "select"})
    assistant: PersonId = Field(title="协办人", json_schema_extra={"widget": "select"})
    reason: Text = Field(title="决定的理由")


def _others(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    barred = {*turn.barred, papers.of(turn).staff_recusal.get("person")}
    options = [(str(pk), name) for pk, name in of_the_unit(turn) if pk not in barred]
    return {"lead": options, "assistant": options}


@carries_out("entrustment", "grant_staff_recusal", given=StaffReplaced, choices=_others)
def grant_staff_recusal(turn: Turn, given: StaffReplaced) -> None:
    """The person steps back for good; two others of the unit follow the matter.

    Refuses one twice (:class:`SameSupervisorError`) and who is not of the unit or must recuse
    (:class:`NotOfTheUnitError`).
    """
    entrustment = papers.of(turn)
    barred = {*turn.barred, int(entrustment.staff_recusal["person"])}
    if given.lead == given.assistant:
        raise SameSupervisorError(about="assistant")
    named = {pk: name for pk, name in of_the_unit(turn) if pk not in barred}
    for place, asked in (("lead", int(given.lead)), ("assistant", int(given.assistant))):
        if asked not in named:
            raise NotOfTheUnitError(about=place)
        setattr(entrustment, place, named[asked])
        setattr(entrustment, f"{place}_id", asked)
    _decide(turn, entrustment, RecusalState.GRANTED)
    _bar(turn, barred)
    _tell(turn, entrustment, f"决定{entrustment.staff_recusal['name']}回避，督办人{entrustment.lead}。{given.reason}")


class StaffRecusalRejected(Given):
    """驳回回避申请."""

    reason: Text = Field(title="决定的理由", description="当事人收到决定时可以申请复议一次")


@carries_out("entrustment", "reject_staff_recusal", given=StaffRecusalRejected)
def reject_staff_recusal(turn: Turn, given: StaffRecusalRejected) -> None:
    """The person goes on; after a review that is final."""
    entrustment = papers.of(turn)
    reviewed = entrustment.staff_recusal["state"] == RecusalState.REVIEWED
    _decide(turn, entrustment, RecusalState.UPHELD if reviewed else RecusalState.REJECTED)
    if not reviewed:
        _bar(turn, turn.barred - {entrustment.staff_recusal["person"]})
    ending = "复议决定为终局。" if reviewed else "不服的，可以在收到决定时申请复议一次。"
    _tell(turn, entrustment, f"驳回{entrustment.staff_recusal['name']}回避的申请：{given.reason}{ending}")


class StaffRecusalReview(Given):
    """申请复议."""

    reason: Text = Field(title="复议的理由")


@carries_out("entrustment", "ask_recusal_review", given=StaffRecusalReview)
def ask_recusal_review(turn: Turn, given: StaffRecusalReview) -> None:
    """The side whose challenge was rejected asks once for a review; refuses others (:class:`NoDecisionToReviewError`)."""
    entrustment = papers.of(turn)
    if entrustment.staff_recusal.get("state") in UNDECIDED:
        raise StaffChallengedError
    decided = _decided(entrustment)
    rejected = [one for one in decided if one["by"] == turn.side and one["state"] == RecusalState.REJECTED]
    if not rejected:
        raise NoDecisionToReviewError
    entrustment.staff_recusal = {**rejected[-1], "earlier": [one for one in decided if one is not rejected[-1]]}
    _decide(turn, entrustment, RecusalState.REVIEWED)
    text = f"{entrustment.case_number}：{PARTIES_IN_WORDS[turn.side]}对回避决定申请复议：{given.reason}"
    turn.tell([people.post_holder(entrustment.court_id, "judge")], text=text)


def _decide(turn: Turn, entrustment: Entrustment, state: RecusalState) -> None:
    entrustment.staff_recusal = {**entrustment.staff_recusal, "state": state.value, "on": turn.today.isoformat()}
    entrustment.save(update_fields=["staff_recusal"])


def _bar(turn: Turn, person_ids: set[int] | frozenset[int]) -> None:
    """Keep persons out of this matter, and of the others of its family."""
    turn.bar(person_ids)
    turn.publish("entrustment.staff_barred", person_ids=sorted(person_ids))


def _tell(turn: Turn, entrustment: Entrustment, text: str) -> None:
    turn.tell([people.post_holder(entrustment.unit_id, "tech")], text=f"{entrustment.case_number}：{text}")
    turn.text_parties(f"{turn.reference}：法院{text}")

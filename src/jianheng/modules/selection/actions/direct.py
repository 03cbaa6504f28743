"""Designation and choice outside the list: proposed by the unit on a ground with evidence, confirmed by the judge.

Either would take the place of the draw, so that nobody can do it alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pydantic import Field

from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection import rules
from jianheng.modules.selection.actions import candidates, orders, papers
from jianheng.modules.selection.errors import (
    AgreedUponError,
    NoReachableInstitutionError,
    NotACandidateError,
    OrderGoesOnError,
)
from jianheng.modules.selection.models import Chosen, Selection
from jianheng.modules.selection.terms import DESIGNATED, EVERYONE, MODES, OUTSIDE, SIDES, ChoiceGround
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures.api import FileRef, Given, Text, Turn, carries_out


class Designation(Given):
    """指定."""

    institution: candidates.InstitutionId = Field(title="指定的机构")
    ground: ChoiceGround = Field(
        title="指定的事由", json_schema_extra={"labels": {ground.value: str(ground.label) for ground in ChoiceGround}}
    )
    evidence: FileRef = Field(title="依据材料", description="协商笔录、询问笔录等，双方和复核的法官都看得到")
    reason: Text = Field(title="指定的理由", description="为什么不摇号，为什么是这一家")


def _options(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {"institution": candidates.options(turn)}


@carries_out("selection", "designate", given=Designation, choices=_options)
def designate(turn: Turn, given: Designation) -> None:
    """Propose a qualified institution, with ground and evidence (证据规定 第三十二条); not past an order that goes on.

    Nothing is chosen before the judge has confirmed it.
    """
    selection = candidates.of(turn)
    _must_not_bypass(selection)
    asked = int(given.institution)
    candidate = candidates.must_be_fit(turn, selection, [asked])[asked]
    if given.ground is ChoiceGround.ONLY_ONE and len(candidates.options(turn)) > 1:
        raise NotACandidateError("名册中符合条件的机构不止一家，不能以此为由指定。", about="ground")
    _propose(
        turn,
        selection,
        _Proposal(candidate.id, candidate.name, DESIGNATED, given.reason, given.evidence, given.ground),
    )


def _must_not_bypass(selection: Selection) -> None:
    earlier = orders.of_case(selection)
    if earlier is not None and orders.goes_on(earlier):
        raise OrderGoesOnError


class OutsideList(Given):
    """名册外选择."""

    institution: candidates.InstitutionId = Field(title="名册外的机构")
    evidence: FileRef = Field(title="依据材料", description="该机构的资质证明等，双方和复核的法官都看得到")
    reason: Text = Field(title="名册中没有该专业机构的情况和选择理由")


def _outside(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    barred = {value for value, _ in candidates.options(turn)} | candidates.gone(candidates.of(turn))
    reachable = institutions.reachable(on=turn.today)
    return {"institution": [(str(ref.id), ref.name) for ref in reachable if str(ref.id) not in barred]}


@carries_out("selection", "choose_outside_list", given=OutsideList, choices=_outside)
def choose_outside_list(turn: Turn, given: OutsideList) -> None:
    """Propose an institution outside the list (法释〔2002〕8号 第十一条); nothing is chosen before the judge confirmed it.

    Refuses when the list has a qualified institution, an institution that left this entrustment or must recuse, and
    one whose licence does not cover the item.
    """
    selection = candidates.of(turn)
    _must_not_bypass(selection)
    chosen = _must_be_outside(turn, selection, given.institution)
    _propose(turn, selection, _Proposal(chosen.id, chosen.name, OUTSIDE, given.reason, given.evidence))


def _must_be_outside(turn: Turn, selection: Selection, institution_id: str) -> institutions.InstitutionFacts:
    if institution_id in candidates.gone(selection):
        raise NotACandidateError("该机构已退出本次委托或者应当回避，不能选择。", about="institution")
    if candidates.options(turn):
        raise NotACandidateError("名册中有符合条件的机构，不能在名册外选择。", about="institution")
    chosen = institutions.institution(int(institution_id))
    if chosen.organisation_id is None:
        raise NoReachableInstitutionError(about="institution")
    institutions.must_be_licensed(chosen.id, selection.category, on=turn.today)
    return chosen


# --- another person in another post confirms it ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Proposal:
    """Who is to be chosen without a draw, and on what ground; ``ground`` is empty outside the list."""

    id: int
    name: str
    mode: str
    reason: str
    evidence: str
    ground: str = ""


def _propose(turn: Turn, selection: Selection, proposal: _Proposal) -> None:
    """Keep what is proposed; both sides, the judge and the institution learn of it before it has any effect."""
    selection.proposed = asdict(proposal)
    selection.save(update_fields=["proposed"])
    how = MODES[proposal.mode]
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume="委托文书",
        section="选择机构",
        title=f"{how}{proposal.name}的依据材料",
        source=turn.by.name,
        audience=EVERYONE,
        added_by=turn.by.name,
        now=turn.now,
        sha256=proposal.evidence,
        scope=turn.by.scope,
    )
    judge = people.post_holder(turn.seat("court") or 0, "judge")
    turn.tell([judge], text=f"{turn.reference}：拟{how}{proposal.name}，请复核。")
    turn.text_parties(
        f"{turn.reference}拟{how}{proposal.name}为鉴定机构，可在公众网站查看事由和依据，在法官复核前提出意见。"
    )


class ChoiceObjection(Given):
    """对拟选机构的意见."""

    text: Text = Field(title="意见")


@carries_out("selection", "object_to_choice", given=ChoiceObjection)
def object_to_choice(turn: Turn, given: ChoiceObjection) -> None:
    """One side says what it holds of the institution proposed, while the judge has not decided."""
    court = people.post_holder(turn.seat("court") or 0, "judge")
    turn.tell([court], text=f"{turn.reference}：{SIDES[turn.side]}对拟选的鉴定机构提出意见：{given.text}")


class ChoiceReview(Given):
    """复核拟选的机构."""

    reason: Text = Field(title="复核意见")


@carries_out("selection", "approve_choice", given=ChoiceReview)
def approve_choice(turn: Turn, given: ChoiceReview) -> None:
    """Another person in another post confirms the proposal; only now the institution is chosen, if it still qualifies."""
    selection = candidates.of(turn)
    _must_not_bypass(selection)
    proposal = _Proposal(**selection.proposed)
    if proposal.mode == DESIGNATED:
        organisation_id = int(
            candidates.must_be_fit(turn, selection, [proposal.id])[proposal.id].organisation_id or 0
        )
    else:
        organisation_id = int(_must_be_outside(turn, selection, str(proposal.id)).organisation_id or 0)
    ground = f"{ChoiceGround(proposal.ground).label}。" if proposal.ground else ""
    selection.reason, selection.proposed = f"{ground}{proposal.reason}", {}
    candidates.choose(
        turn,
        selection,
        institution_id=proposal.id,
        organisation_id=organisation_id,
        name=proposal.name,
        mode=proposal.mode,
    )
    _count(turn, selection, proposal)
    brief = entrustment.brief(turn.root_id)
    papers.record(turn, selection, brief, mode=proposal.mode, reason=selection.reason)


def _count(turn: Turn, selection: Selection, proposal: _Proposal) -> None:
    """What is chosen without a draw is counted in public beside what was drawn."""
    Chosen.objects.create(
        mode=proposal.mode,
        uscc=institutions.institution(proposal.id).uscc,
        name=proposal.name,
        region=selection.region,
        category=selection.category,
        category_title=selection.category_title,
        on=turn.today,
    )


@carries_out("selection", "return_choice", given=ChoiceReview)
def return_choice(turn: Turn, given: ChoiceReview) -> None:
    """The proposal is not confirmed; the unit chooses a way again."""
    selection = candidates.of(turn)
    selection.proposed = {}
    selection.save(update_fields=["proposed"])
    turn.tell(
        [people.post_holder(turn.seat("unit") or 0, "tech")],
        text=f"{turn.reference}：拟选的机构未予确认：{given.reason}",
    )


def _must_not_set_aside(turn: Turn, selection: Selection) -> None:
    """Refuse while both sides agree on an institution that may be chosen: nobody of the unit sets it aside alone."""
    agreed = rules.overlap(list(selection.rankings.values()))
    if agreed is not None and not candidates.sifted(turn, selection, only=[agreed])[1]:
        raise AgreedUponError


class DrawReason(Given):
    """理由."""

    reason: Text = Field(title="采用摇号的理由", description="如：双方协商不成")


@carries_out("selection", "go_to_draw", given=DrawReason)
def go_to_draw(turn: Turn, given: DrawReason) -> str:
    """Leave agreement for a draw; where this case and category has an order with somebody left, that goes on."""
    selection = candidates.of(turn)
    if turn.node == "confirm_agreement":
        _must_not_set_aside(turn, selection)
    selection.reason = given.reason
    selection.save(update_fields=["reason"])
    earlier = orders.of_case(selection)
    if earlier is not None and orders.goes_on(earlier):
        outcome = orders.take_over(turn, selection, earlier)
        return {"done": "waits", "continued": "continued"}.get(outcome, "done")
    turn.text_parties(
        f"{turn.reference}将摇号选择鉴定机构；名单公布前，双方可在公众网站各写一段随机文字，不写也不影响。"
    )
    return "done"

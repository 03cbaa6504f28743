"""Agreement (协商): each side ranks, the overlap is found first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.selection import rules
from jianheng.modules.selection.actions import candidates, papers
from jianheng.modules.selection.errors import NotACandidateError
from jianheng.modules.selection.models import Selection
from jianheng.services.procedures.api import Days, Given, Nothing, OptionalText, Turn, carries_out

InstitutionId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


class Invitation(Given):
    """组织协商."""

    days: Days | None = Field(None, title="提交意向的期限（日）", description="不填按默认值")


@carries_out("selection", "invite_ranking", given=Invitation)
def invite_ranking(turn: Turn, given: Invitation) -> None:
    """Ask each side for a ranked list; lists of an earlier round count no more."""
    Selection.objects.filter(matter_id=turn.matter_id).update(rankings={})
    if given.days:
        turn.term("response", length=given.days, unit="CD", basis="法院指定")
    turn.text_parties(f"{turn.reference}请在公众网站按意愿排列鉴定机构；双方有一致的即予选定。")


class Ranking(Given):
    """意向机构, best first."""

    institutions: list[InstitutionId] = Field(
        title="意向机构（按意愿先后）", min_length=1, max_length=10, json_schema_extra={"widget": "ranking"}
    )


def _options(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {"institutions": candidates.options(turn)}


@carries_out("selection", "rank", given=Ranking, choices=_options)
def rank(turn: Turn, given: Ranking) -> str:
    """Take one side's list; the other side does not see it until both are in.

    Refuses institutions that may not be chosen and one named twice.
    """
    selection = candidates.of(turn)
    ids = [int(pk) for pk in given.institutions]
    if len(set(ids)) != len(ids):
        raise NotACandidateError("同一机构只能排列一次。", about="institutions")
    candidates.must_be_fit(turn, selection, ids)
    selection.rankings = {**selection.rankings, turn.side: ids}
    selection.save(update_fields=["rankings"])
    if len(selection.rankings) < 2:
        return "waiting"
    return "none" if rules.overlap(list(selection.rankings.values())) is None else "overlap"


@carries_out("selection", "miss_ranking")
def miss_ranking(turn: Turn, given: Nothing) -> None:
    """The time to rank has passed; who did not rank has waived agreement."""


class Confirmation(Given):
    """审查协商结果."""

    note: OptionalText = Field("", title="审查意见")


@carries_out("selection", "confirm_agreement", given=Confirmation)
def confirm_agreement(turn: Turn, given: Confirmation) -> None:
    """Confirm the institution both sides named, after checking that it still may be chosen (法〔2020〕202号 第六条)."""
    selection = candidates.of(turn)
    agreed = rules.overlap(list(selection.rankings.values()))
    if agreed is None:
        raise NotACandidateError
    candidate = candidates.must_be_fit(turn, selection, [agreed])[agreed]
    candidates.choose(
        turn,
        selection,
        institution_id=candidate.id,
        organisation_id=int(candidate.organisation_id or 0),
        name=candidate.name,
        mode="BY_AGREEMENT",
    )
    papers.record(turn, selection, entrustment.brief(turn.root_id), mode="BY_AGREEMENT", reason=given.note)

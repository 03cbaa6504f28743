"""How choosing begins and ends."""

from __future__ import annotations

from jianheng.kernel import draw as lots
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection.actions import candidates, papers
from jianheng.modules.selection.models import Selection
from jianheng.services.procedures.api import Given, Line, Nothing, Text, Turn, carries_out


@carries_out("selection", "begin")
def begin(turn: Turn, given: Nothing) -> None:
    """Begin choosing an institution for a filed entrustment."""
    brief = entrustment.brief(turn.root_id)
    Selection.objects.create(
        matter_id=turn.matter_id,
        region=turn.region,
        root_id=turn.root_id,
        category=brief.category,
        category_title=brief.category_title,
        case_number=brief.case_number,
    )
    turn.name(title=f"选择鉴定机构：{brief.category_title}", reference=brief.number or brief.case_number)


class Left(Given):
    """Who left, and why."""

    kind: Line
    reason: Text


@carries_out("selection", "move_on", given=Left)
def move_on(turn: Turn, given: Left) -> str:
    """Move to the next name of the same draw (法释〔2002〕8号 第十二条); without a draw, choose again.

    A name that no longer qualifies today is passed over, with its reason, the same way.
    """
    selection = candidates.of(turn)
    selection.left = [
        *selection.left,
        {"id": selection.chosen_id, "name": selection.chosen_name, "reason": given.reason},
    ]
    if not selection.draw or lots.holder(selection.draw) is None:
        selection.chosen_id, selection.chosen_name = None, ""
        selection.save()
        return "exhausted"
    fit = {candidate.uscc: candidate for candidate in candidates.sifted(turn, selection)[0]}
    passed = given.reason
    while True:
        selection.draw = lots.next_turn(selection.draw, passed=passed, at=turn.now)
        following = lots.holder(selection.draw)
        if following is None:
            selection.chosen_id, selection.chosen_name = None, ""
            selection.save()
            return "exhausted"
        if candidate := fit.get(following.uscc):
            break
        passed = "轮候时已不符合条件"
    _take(turn, selection, candidate)
    return "next"


def _take(turn: Turn, selection: Selection, candidate: institutions.Candidate) -> None:
    candidates.choose(
        turn,
        selection,
        institution_id=candidate.id,
        organisation_id=int(candidate.organisation_id or 0),
        name=candidate.name,
        mode="BY_LOT",
    )
    papers.draw_notice(turn, selection, entrustment.brief(turn.root_id))


@carries_out("selection", "settle")
def settle(turn: Turn, given: Nothing) -> None:
    """The entrustment is complete: nobody will be called any more."""


@carries_out("selection", "cancel")
def cancel(turn: Turn, given: Nothing) -> None:
    """The entrustment ended before an institution was chosen, or without an opinion."""

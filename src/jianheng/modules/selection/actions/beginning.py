"""How choosing begins, goes on and ends."""

from __future__ import annotations

from jianheng.kernel import draw as lots
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.selection import queries
from jianheng.modules.selection.actions import candidates, orders
from jianheng.modules.selection.models import Selection
from jianheng.services.procedures.api import Given, Line, Nothing, Text, Turn, carries_out


@carries_out("selection", "begin", given=Nothing)
def begin(turn: Turn, given: Nothing) -> None:
    """Begin choosing an institution for a filed entrustment; who must recuse in this case stays out of it."""
    brief = entrustment.brief(turn.root_id)
    selection = Selection(
        matter_id=turn.matter_id,
        region=turn.region,
        root_id=turn.root_id,
        court_id=brief.court_id,
        category=brief.category,
        category_title=brief.category_title,
        case_number=brief.case_number,
        begun_at=turn.now,
    )
    for earlier in queries.earlier(selection):
        selection.recused = {**selection.recused, **earlier.recused}
    selection.save(force_insert=True)
    turn.name(title=f"选择鉴定机构：{brief.category_title}", reference=brief.number or brief.case_number)


class Left(Given):
    """Who left, and why."""

    kind: Line
    reason: Text


@carries_out("selection", "move_on", given=Left)
def move_on(turn: Turn, given: Left) -> str:
    """Move to the next name of the same draw (法释〔2002〕8号 第十二条); without a draw, choose again.

    A name that no longer qualifies today is passed over, with its ground, the same way.
    """
    selection = candidates.of(turn)
    selection.left = [
        *selection.left,
        {"id": selection.chosen_id, "name": selection.chosen_name, "reason": given.reason},
    ]
    drawn = selection.mode == "BY_LOT" and selection.lot is not None
    if not drawn or selection.lot is None or lots.holder(selection.lot.file) is None:
        selection.chosen_id, selection.chosen_name = None, ""
        selection.save(update_fields=["left", "chosen_id", "chosen_name"])
        return "exhausted"
    selection.save(update_fields=["left"])
    return orders.pass_on(turn, selection, ground=given.kind)


class Barred(Given):
    """Who of the unit may do nothing in this case."""

    person_ids: list[int]


@carries_out("selection", "bar_staff", given=Barred)
def bar_staff(turn: Turn, given: Barred) -> None:
    """Who must step back from the case, or may go on in it, does so here too."""
    turn.bar(given.person_ids)


def _end(turn: Turn) -> Selection:
    selection = candidates.of(turn)
    selection.ended_at = turn.now
    selection.save(update_fields=["ended_at"])
    return selection


@carries_out("selection", "settle")
def settle(turn: Turn, given: Nothing) -> None:
    """The entrustment is complete: nobody will be called any more."""
    _end(turn)


@carries_out("selection", "cancel")
def cancel(turn: Turn, given: Nothing) -> None:
    """The entrustment ended before an institution was chosen, or without an opinion; the order stays for the case."""
    lot = _end(turn).lot
    if lot is not None and lot.concluded_at is not None:
        orders.happen(lot, kind=lots.ENDED, ground="REQUEST_ENDED", matter_id=turn.matter_id, now=turn.now)

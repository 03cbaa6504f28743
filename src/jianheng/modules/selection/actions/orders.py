"""The order of a case and category: made once, and gone on with by every later request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from jianheng.kernel import draw as lots
from jianheng.kernel import notes
from jianheng.kernel.pulses import chain_of
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.selection import queries
from jianheng.modules.selection.actions import candidates, papers
from jianheng.modules.selection.errors import NotYetLoggedError
from jianheng.modules.selection.models import Draw, Selection
from jianheng.services.beacon import api as beacon
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.api import Turn


def case_of(selection: Selection, *, salt: str) -> lots.Case:
    """What a draw's order belongs to."""
    court = people.organisation(selection.court_id or 0).name
    return lots.Case(court, selection.case_number, selection.category, salt)


def of_case(selection: Selection) -> Draw | None:
    """The newest draw of the same court, case number and category, whichever request made it."""
    same = {"court_id": selection.court_id, "case_number": selection.case_number, "category": selection.category}
    return Draw.objects.filter(**same).order_by("-pk").first()


def goes_on(draw: Draw) -> bool:
    """Whether an order has somebody left, or waits for its pulse: then nobody is drawn anew."""
    return draw.concluded_at is None or (not draw.is_void and lots.holder(draw.file) is not None)


def take_over(turn: Turn, selection: Selection, draw: Draw) -> str:
    """A later request goes on where the order stands; its file says so."""
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    selection.lot = draw
    selection.save(update_fields=["contributions", "lot"])
    if draw.concluded_at is None:
        return "done"  # announced by an earlier request: its pulse is waited for
    happen(draw, kind=lots.CONTINUED, ground="NEW_REQUEST", matter_id=turn.matter_id, now=turn.now)
    outcome = give_turn(turn, selection)
    return "continued" if outcome == "next" else outcome


def conclude(draw: Draw, *, now: datetime) -> Literal["waiting", "late", "done"]:
    """Reckon the result, once its pulse is here and its announcement sealed.

    Nothing is asked and nothing chosen: the result is a function of what was announced and of the pulse. An announcement
    sealed too late to prove anything is void ("late"): it is announced anew, and the new file names it.
    """
    said = draw.file["announcement"]
    pulse = beacon.pulse(chain_of(said["beacon"]), said["round"])
    proof = ledger.receipt(draw.announcement) if draw.announcement and pulse else None
    if pulse is None or proof is None or proof["status"] != "sealed":
        return "waiting"
    if _sealed_at(proof["checkpoint"]) + timedelta(seconds=said["margin"]) > lots.falls_at(said):
        draw.is_void, draw.concluded_at = True, now
        draw.save(update_fields=["is_void", "concluded_at"])
        return "late"
    leaf = bytes.fromhex(proof["leaf_hash"])
    draw.file = lots.conclude(draw.file, leaf, pulse)
    entry = ledger.entry(
        "draw.result", region=draw.region, matter_id=draw.matter_id, data=lots.result(draw.file, leaf), now=now
    )
    ledger.append(entry)
    draw.result, draw.concluded_at = entry.id, now
    draw.save(update_fields=["file", "result", "concluded_at"])
    return "done"


def _sealed_at(note: str) -> datetime:
    """When the log says that it signed a checkpoint."""
    told = notes.parse_checkpoint(notes.parse(note).text).extensions
    return datetime.fromisoformat(next(line for line in told if line.startswith("time ")).removeprefix("time "))


def happen(draw: Draw, *, kind: str, ground: str, matter_id: int, now: datetime) -> None:
    """Something happened to the order: it stands in the log and in the file."""
    happened = lots.event(draw.file, kind=kind, matter=matter_id, ground=ground, at=now)
    entry = ledger.entry(
        "draw.event",
        region=draw.region,
        matter_id=matter_id,
        data=lots.event_data(draw.file, happened),
        now=now,
    )
    ledger.append(entry)
    draw.file = lots.with_event(draw.file, happened)
    draw.entries = [*draw.entries, str(entry.id)]
    draw.save(update_fields=["file", "entries"])


def pass_on(turn: Turn, selection: Selection, *, ground: str) -> str:
    """The holder gives way, on a ground of :data:`lots.GROUNDS`; the next who qualifies has the turn."""
    assert selection.lot is not None  # somebody was drawn
    draw = Draw.objects.select_for_update().get(pk=selection.lot.pk)
    happen(draw, kind=lots.PASSED, ground=ground, matter_id=turn.matter_id, now=turn.now)
    selection.lot = draw
    return give_turn(turn, selection)


def give_turn(turn: Turn, selection: Selection) -> str:
    """The first in the order who qualifies today is chosen, the very first turn included; "exhausted" without any."""
    draw = selection.lot
    assert draw is not None
    fit = {candidate.uscc: candidate for candidate in candidates.sifted(turn, selection)[0]}
    while (holding := lots.holder(draw.file)) is not None:
        if candidate := fit.get(holding.uscc):
            draw.turns.create(
                uscc=candidate.uscc,
                name=candidate.name,
                region=draw.region,
                category=draw.category,
                category_title=draw.category_title,
                on=turn.today,
            )
            candidates.choose(
                turn,
                selection,
                institution_id=candidate.id,
                organisation_id=int(candidate.organisation_id or 0),
                name=candidate.name,
                mode="BY_LOT",
            )
            papers.draw_notice(turn, selection, entrustment.brief(turn.root_id))
            return "next"
        happen(draw, kind=lots.PASSED, ground="UNQUALIFIED", matter_id=turn.matter_id, now=turn.now)
    selection.chosen_id, selection.chosen_name = None, ""
    selection.save(update_fields=["chosen_id", "chosen_name"])
    return "exhausted"


def conclude_due(now: datetime) -> list[procedures.Receipt]:
    """Conclude every draw whose pulse is here, whether its request still stands or not; the acts done by it.

    A draw nobody waits for any more is concluded all the same: an announcement without a result would look withheld.
    """
    done = []
    for draw_id, root_id in queries.waiting_draws(now):
        matter_id, nodes = (procedures.newest_of(root_id, "selection") if root_id else None) or (0, frozenset())
        try:
            if "draw" in nodes:
                done.append(procedures.perform(matter_id, act="draw", by=people.PLATFORM, given={}, now=now))
            else:
                with ledger.operation("draw.conclude", now=now):
                    row = Draw.objects.select_for_update().get(pk=draw_id)
                    if row.concluded_at is None:
                        conclude(row, now=now)
        except NotYetLoggedError:
            continue
    return done

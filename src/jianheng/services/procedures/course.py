"""From the kernel's step to rows: who holds what is opened, and what every clock comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jianheng.kernel import canonical
from jianheng.kernel.clocks import Clock
from jianheng.kernel.procedure import SYSTEM, Act, Procedure, Step
from jianheng.services.people import api as people
from jianheng.services.procedures import clocks
from jianheng.services.procedures.errors import (
    DeclarationFault,
    NotYoursError,
    PersonRecusedError,
    SamePersonError,
)
from jianheng.services.procedures.models import ActRecord
from jianheng.services.procedures.turn import BARRED, Turn


def holder_key(reference: str, *, seats: Mapping[str, Any], root_id: int) -> str:
    """The holder key of "seat.role" in a matter; "" while the seat is empty."""
    if reference == SYSTEM:
        return people.SYSTEM_HOLDER
    seat, _, role = reference.partition(".")
    taken = seats.get(seat)
    if taken == "side":
        return people.side_holder(root_id, seat)
    return people.post_holder(taken, role) if isinstance(taken, int) else ""


def holder_title(reference: str, *, procedure: Procedure) -> str:
    """A holder in words: 委托法院承办法官."""
    if reference == SYSTEM:
        return "平台"
    seat, _, role = reference.partition(".")
    where = procedure.seats[seat]
    return where if role == people.Role.PARTY else f"{where}{people.Role(role).label}"


def not_yours(procedure: Procedure, act: Act, *, nodes: Iterable[str] = ()) -> NotYoursError:
    """The refusal that says who may do an act instead, at the nodes given or at any of its own."""
    holders = dict.fromkeys(holder for node in nodes or ("",) for holder in procedure.holders(act, node))
    who = "、".join(holder_title(holder, procedure=procedure) for holder in holders)
    return NotYoursError(f"“{act.title}”应由{who}办理。", act=act.code)


def must_be_another(act: Act, *, matter_id: int, by: people.Actor, holder: str) -> None:
    """Refuse whoever did what this act is to be apart from: two persons are two ids, whatever they are called.

    Raises :class:`SamePersonError`, which names what the first one did.
    """
    if not act.apart_from:
        return
    done = ActRecord.objects.filter(matter_id=matter_id, code__in=act.apart_from).order_by("code", "-seq")
    for first in done.distinct("code").values("person_id", "holder", "name"):
        same_person = first["person_id"] == by.person_id if by.person_id is not None else first["holder"] == holder
        if same_person or (act.other_post and first["holder"] == holder):
            other = "其他岗位的人员" if act.other_post else "另一人"
            raise SamePersonError(f"“{act.title}”须由{first['name']}以外的{other}办理。")


def must_not_be_barred(seats: Mapping[str, Any], *, by: people.Actor) -> None:
    """Refuse a person who may do nothing in this matter (:class:`PersonRecusedError`)."""
    if by.person_id is not None and by.person_id in seats.get(BARRED, ()):
        raise PersonRecusedError


def viewers(seats: Mapping[str, Any]) -> list[int]:
    """The organisations that may see a matter: those seated."""
    return sorted({taken for taken in seats.values() if isinstance(taken, int)})


def items_opened(turn: Turn, result: Step, dues: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The work items an act opens, each with its holder and its clock's due day."""
    live = {term["clock"]: term for term in turn.state["terms"]} | dict(dues)
    opened = []
    for code in result.opens:
        node = turn.procedure.node[code]
        holder = holder_key(node.owner, seats=turn.state["seats"], root_id=turn.root_id)
        if not holder:
            raise DeclarationFault(f"{turn.procedure.code}.{turn.act} opens {code}, but nobody sits in {node.owner}")
        term = live.get(node.clock, {})
        opened.append(
            {
                "node": code,
                "holder": holder,
                "clock": node.clock,
                "due_on": term.get("due_on"),
                "sort_on": term.get("sort_on") or clocks.FAR.isoformat(),
            }
        )
    return opened


def moves(turn: Turn, act: Act, result: Step) -> dict[str, Any]:
    """Everything an act does to nodes and terms, as ``procedures_move`` writes it; empty lists where nothing moves."""
    changed, started = terms_after(turn, act, result)
    dues = {term["clock"]: term for term in [*changed, *started]}
    return {
        "closes": result.closes,
        "opens": items_opened(turn, result, dues),
        "terms_changed": changed,
        "terms_started": started,
    }


def terms_after(turn: Turn, act: Act, result: Step) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(terms changed, terms started) by an act, with their due days computed."""
    rows = {term["clock"]: term for term in turn.state["terms"]}
    changed = []
    touched = dict.fromkeys((*result.pauses, *result.resumes, *result.extends, *result.stops))
    if result.end:
        touched |= dict.fromkeys(rows)
    for code in touched:
        if code in rows:
            clock = _changed(turn, code, clocks.clock_of(rows[code]), result)
            stopped = canonical.instant(turn.now) if code in result.stops or result.end else None
            changed.append({"id": rows[code]["id"], "stopped_at": stopped, **_stored(code, clock)})
    started = [] if result.end else [_started(turn, code) for code in result.starts]
    return changed, started


def _changed(turn: Turn, code: str, clock: Clock, result: Step) -> Clock:
    said = turn.terms.get(code, {})
    is_paused = bool(clock.pauses and clock.pauses[-1].last is None)
    if code in result.resumes and is_paused:
        clock = clocks.resumed(clock, on=max(turn.today, clock.pauses[-1].first))
    if code in result.pauses and not is_paused:
        clock = clocks.paused(
            clock, on=turn.today, ground=said["ground"], basis=said["basis"], document=said.get("document", "")
        )
    if code in result.extends and "by" in said:
        clock = clocks.extended(clock, by=said["by"], approved_by=turn.by.name, on=turn.today, basis=said["basis"])
    return clock


def _started(turn: Turn, code: str) -> dict[str, Any]:
    rule = turn.procedure.clock[code]
    clock = turn.starting_clock(code)
    return {
        "start_on": clock.start_on.isoformat(),
        "length": clock.length,
        "unit": clock.unit.name,
        "basis": clock.basis,
        "verified": "length" in turn.terms.get(code, {}) or turn.law(rule.parameter).verified,
        "lapse": rule.lapse,
        **_stored(code, clock),
    }


def _stored(code: str, clock: Clock) -> dict[str, Any]:
    due_on, sort_on, _ = clocks.due_days(clock)
    return {
        "clock": code,
        "pauses": clocks.stored_pauses(clock),
        "extensions": clocks.stored_extensions(clock),
        "due_on": due_on.isoformat() if due_on else None,
        "sort_on": sort_on.isoformat(),
    }

"""What the page of a matter shows, put together from the services."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from jianheng.kernel.procedure import Procedure
from jianheng.modules.casework import api as casework
from jianheng.services.documents import api as documents
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


def page(matter_id: int, actor: people.Actor) -> dict[str, Any]:
    """Everything on a matter's page that this actor may see."""
    view = procedures.matter(matter_id, actor)
    seats = procedures.seats_of(actor, view.seats, root_id=view.root_id)
    in_case = procedures.seats_in_case(actor, view.root_id)
    held = procedures.held_by(view.root_id, now=timezone.now()) if in_case else {}
    timeline = procedures.timeline(matter_id, actor)
    return {
        "matter": view,
        "facts": procedures.facts_of(view.procedure.code, matter_id, seats=seats),
        "family": [
            (row, procedures.procedure(row.procedure, row.version).title)
            for row in procedures.family(view.root_id, actor)
        ],
        "timeline": timeline,
        "open_nodes": [item.node.code for item in view.items],
        "passed": passed(view.procedure, timeline),
        "case_file": files.items(view.root_id, seats=in_case),
        "papers": documents.of_matter(matter_id, seats=seats),
        "draft": draft(matter_id, actor),
        "held": sorted(
            ((seat_title(view.procedure, seat), days) for seat, days in held.items()), key=lambda x: -x[1]
        ),
        "most": max(held.values(), default=0),
        "access": people.access_log(matter_id, limit=20) if view.seats.get("court") in actor.organisation_ids else [],
    }


def draft(matter_id: int, actor: people.Actor) -> str:
    """Where the draft of an opinion is read, by those who may; "" for everybody else."""
    may = casework.has_draft(matter_id, organisation_ids=actor.organisation_ids)
    return f"/desk/matters/{matter_id}/draft.pdf" if may else ""


def paper(document_id: int, *, matter_id: int, actor: people.Actor) -> documents.DocumentRef:
    """A paper of a matter that the actor's seats there were sent; a side opens every paper of its case sent to it."""
    row = procedures.matter_row(matter_id, actor)
    root_id = row.root_id or row.pk
    seats = procedures.seats_of(actor, row.seats, root_id=root_id)
    if not actor.sides:
        return documents.get(document_id, matter_id=matter_id, seats=seats)
    found = documents.get(document_id, seats=seats)
    if found.root_id != root_id:
        raise documents.NoSuchDocumentError
    return found


def passed(procedure: Procedure, timeline: list[procedures.DoneAct]) -> set[str]:
    """The nodes that the acts of a timeline have opened."""
    return {node for done in timeline for node in procedure.act[done.code].outcomes[done.outcome].opens}


def seat_title(procedure: Procedure, seat: str) -> str:
    """A seat in words; one the procedure does not know is told in the words of another of the same case."""
    told = (one.seats[seat] for one in (procedure, *procedures.procedures()) if seat in one.seats)
    return next(told, seat)

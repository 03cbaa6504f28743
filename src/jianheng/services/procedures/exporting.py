"""Acts as the log's export wants them: the full row, read from the columns that hold it now, with its commitment.

Then matters, work items and terms, for the exports of everything and of single matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jianheng.kernel import canonical
from jianheng.services.procedures.acting import row_of
from jianheng.services.procedures.models import ActRecord, Matter, Term, WorkItem

Matters = Collection[int] | None  # None: all of them


def acts(directory: Path, matters: Matters = None) -> Iterator[dict[str, Any]]:
    """Every act, by matter and order."""
    rows = ActRecord.objects.order_by("matter_id", "seq")
    for act in (rows if matters is None else rows.filter(matter_id__in=matters)).iterator(chunk_size=2000):
        yield {
            "id": f"{act.matter_id}/{act.seq}",
            "matter": act.matter_id,
            "seq": act.seq,
            "code": act.code,
            "entry": str(act.entry),
            "salt": bytes(act.salt).hex() if act.salt is not None else None,
            "row": act.salt
            and row_of(
                matter_id=act.matter_id,
                seq=act.seq,
                code=act.code,
                outcome=act.outcome,
                holder=act.holder,
                person_id=act.person_id,
                organisation_id=act.organisation_id,
                name=act.name,
                at=act.at,
                given=act.given,
            ),
            "commitment": act.commitment,
        }


def _instant(at: datetime | None) -> str | None:
    return canonical.instant(at) if at else None


def matters(directory: Path, matters: Matters = None) -> Iterator[dict[str, Any]]:
    """Every matter, by number."""
    rows = Matter.objects.order_by("pk").defer("words")
    for matter in (rows if matters is None else rows.filter(pk__in=matters)).iterator(chunk_size=2000):
        yield {
            "id": matter.pk,
            "region": matter.region,
            "procedure": matter.procedure,
            "version": matter.version,
            "root": matter.root_id,
            "parent": matter.parent_id,
            "reference": matter.reference,
            "title": matter.title,
            "seats": matter.seats,
            "opened_at": _instant(matter.opened_at),
            "closed_at": _instant(matter.closed_at),
            "end": matter.end,
            "acts": matter.acts,
        }


def items(directory: Path, matters: Matters = None) -> Iterator[dict[str, Any]]:
    """Every work item, by matter: who owed what, from which act to which."""
    rows = WorkItem.objects.order_by("matter_id", "pk")
    for item in (rows if matters is None else rows.filter(matter_id__in=matters)).iterator(chunk_size=2000):
        yield {
            "matter": item.matter_id,
            "node": item.node,
            "holder": item.holder,
            "opened_at": _instant(item.opened_at),
            "opened_seq": item.opened_seq,
            "closed_at": _instant(item.closed_at),
            "closed_seq": item.closed_seq,
            "clock": item.clock,
            "due_on": item.due_on.isoformat() if item.due_on else None,
        }


def terms(directory: Path, matters: Matters = None) -> Iterator[dict[str, Any]]:
    """Every clock, by matter, with its pauses and extensions."""
    rows = Term.objects.order_by("matter_id", "pk")
    for term in (rows if matters is None else rows.filter(matter_id__in=matters)).iterator(chunk_size=2000):
        yield {
            "matter": term.matter_id,
            "clock": term.clock,
            "start_on": term.start_on.isoformat(),
            "length": term.length,
            "unit": term.unit,
            "basis": term.basis,
            "verified": term.verified,
            "pauses": term.pauses,
            "extensions": term.extensions,
            "due_on": term.due_on.isoformat() if term.due_on else None,
            "started_seq": term.started_seq,
            "stopped_at": _instant(term.stopped_at),
        }

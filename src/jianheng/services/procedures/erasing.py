"""What may be erased of matters, and the emptying of their acts and names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from jianheng.services.people import api as people
from jianheng.services.procedures.models import Matter
from jianheng.services.procedures.words import tokens

OVER = """
select m.id, m.reference, m.closed_at from procedures_matter m
where m.words @@ %(viewers)s::tsquery and m.procedure = %(procedure)s and m.closed_at < %(before)s and m.title <> ''
order by m.id limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class OverRow:
    """A matter that has long been over and was not erased."""

    id: int
    reference: str
    closed_at: datetime


def over_before(
    before: datetime, *, procedure: str, organisation_ids: Collection[int], actor: people.Actor, limit: int = 100
) -> tuple[OverRow, ...]:
    """Matters of some organisations that ended before a moment and still say something, the oldest first; none sealed."""
    if not organisation_ids:
        return ()
    viewers = " | ".join(f"'@{one}'" for one in organisation_ids)
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"viewers": viewers, "procedure": procedure, "before": before, "limit": limit})
        found = tuple(OverRow(*row) for row in cursor.fetchall())
    people.shown(actor, [row.id for row in found], what=people.LISTED)
    return found


def ended_at(root_id: int) -> datetime | None:
    """When the last matter of a family ended; ``None`` while one runs, or another of the same number and court does."""
    rows = list(Matter.objects.filter(root_id=root_id).values_list("closed_at", flat=True))
    root = Matter.objects.only("reference", "procedure", "viewer_ids").get(pk=root_id)
    others = Matter.objects.filter(
        reference=root.reference, procedure=root.procedure, viewer_ids__overlap=root.viewer_ids, closed_at=None
    )
    ended = [at for at in rows if at is not None]
    return max(ended) if len(ended) == len(rows) and not others.exists() else None


def lock_family(root_id: int) -> list[int]:
    """The matters of a family, locked against acts of others for the rest of the transaction."""
    return list(
        Matter.objects.select_for_update().filter(root_id=root_id).order_by("pk").values_list("pk", flat=True)
    )


def erase_acts(matter_ids: Collection[int], *, but: Collection[str]) -> list[UUID]:
    """Empty the acts of some matters, without those of some codes; the log entries of those emptied."""
    with connection.cursor() as cursor:
        cursor.execute("select procedures_forget_acts(%s, %s)", [list(matter_ids), list(but)])
        entries: list[UUID] = cursor.fetchone()[0]
    return entries


def forget_words(matter_ids: Collection[int]) -> None:
    """From now on the matters are found by their number alone."""
    for pk, reference in Matter.objects.filter(pk__in=matter_ids).values_list("pk", "reference"):
        with connection.cursor() as cursor:
            cursor.execute(
                "update procedures_matter set words = array_to_tsvector(%s) where id = %s", [tokens(reference), pk]
            )

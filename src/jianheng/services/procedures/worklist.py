"""What somebody owes: the one list everybody opens every morning, as fast for ten million open items as for ten.

Each holder key walks its own stretch of one partial index and stops after a page; nothing is sorted or counted
beyond what is shown. Hand-written SQL, because the walk by holder (a lateral join) is the whole point; the limit
stands in the text, so that a plan prepared for any holder still knows how soon it may stop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from jianheng.services.people import api as people
from jianheng.services.procedures import clocks, course, registry

PAGE = 30
COUNT_CEILING = 1000  # a list of a hundred thousand is "1000+" to a person

ROWS = """
select i.id, i.matter_id, i.node, i.opened_at, i.due_on, i.sort_on, m.reference, m.title, m.procedure, m.version
from unnest(%(holders)s::text[]) mine(holder)
cross join lateral (
  select * from procedures_workitem i
  where i.holder = mine.holder and i.closed_at is null and (%(node)s = '' or i.node = %(node)s)
    and i.sort_on <= %(until)s and (not %(late)s or i.due_on is not null)
    and (i.sort_on, i.id) > (%(day)s, %(id)s) and {withheld}
  order by i.sort_on, i.id limit {limit}) i
join procedures_matter m on m.id = i.matter_id and m.region = i.region
order by i.sort_on, i.id limit {limit}
"""

COUNT = """
(select count(*) from (
  select from unnest(%(holders)s::text[]) mine(holder)
  cross join lateral (
    select from procedures_workitem i
    where i.holder = mine.holder and i.closed_at is null and (%(node)s = '' or i.node = %(node)s) and {withheld} {which}
    order by i.sort_on, i.id limit {limit}) i
  limit {limit}) counted)
"""
# Sealed cases are left out by the number of the item, so that counts still need the index alone; asked once a statement.
WITHHELD = "i.id <> all(array(select unnest(procedures_withheld(%(organisations)s, %(keys)s, %(today)s))))"
OVERDUE = "and i.sort_on < %(today)s and i.due_on is not null"


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of a work list."""

    id: int
    matter_id: int
    reference: str
    title: str
    procedure: str
    node: str
    holder_title: str
    opened_at: datetime
    due_on: date | None
    sort_on: date
    days: int | None

    @property
    def expected_on(self) -> date | None:
        """Where the term will probably end while a year's notice is missing."""
        return clocks.expected_on(self.due_on, self.sort_on)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A page of a work list with the key of the next one ("" at the end) and the counts over the whole list.

    ``total`` and ``overdue`` stop at ``COUNT_CEILING``.
    """

    rows: tuple[WorkRow, ...]
    after: str
    total: int
    overdue: int


class Beyond(NamedTuple):
    """The last line of the page before."""

    day: date = date.min
    id: int = 0

    @classmethod
    def read(cls, after: str) -> Beyond:
        """The key in an address; one that cannot be read begins at the top."""
        day, _, number = after.partition(".")
        try:
            return cls(date.fromisoformat(day), min(max(int(number), 0), 2**63 - 1))
        except ValueError:
            return cls()


def work_list(
    actor: people.Actor, *, today: date, after: str = "", node: str = "", late: bool = False, size: int = PAGE
) -> WorkPage:
    """What the actor owes, the most urgent first; keyset pages by (sort day, id). Two statements."""
    beyond = Beyond.read(after)
    asked: dict[str, Any] = {"holders": sorted(actor.holders), "node": node, "today": today}
    asked |= {"organisations": list(actor.organisation_ids), "keys": sorted(actor.keys)}
    until = today - timedelta(days=1) if late else date.max
    with connection.cursor() as cursor:
        wanted = ROWS.format(limit=size + 1, withheld=WITHHELD)
        cursor.execute(wanted, {**asked, "until": until, "late": late, "day": beyond.day, "id": beyond.id})
        found = cursor.fetchall()
        counts = ", ".join(
            COUNT.format(which=which, limit=COUNT_CEILING, withheld=WITHHELD) for which in ("", OVERDUE)
        )
        cursor.execute(f"select {counts}", asked)
        total, overdue = cursor.fetchone()
    page = tuple(_rows(found[:size], today))
    people.shown(actor, [row.matter_id for row in page], what=people.LISTED)
    more = len(found) > size
    return WorkPage(page, f"{page[-1].sort_on.isoformat()}.{page[-1].id}" if more else "", total, overdue)


def _rows(found: Iterable[tuple[Any, ...]], today: date) -> Iterable[WorkRow]:
    for item_id, matter_id, node, opened_at, due_on, sort_on, reference, title, code, version in found:
        procedure = registry.procedure(code, version)
        declared = procedure.node[node]
        yield WorkRow(
            id=item_id,
            matter_id=matter_id,
            reference=reference,
            title=title,
            procedure=procedure.title,
            node=declared.title,
            holder_title=course.holder_title(declared.owner, procedure=procedure),
            opened_at=opened_at,
            due_on=due_on,
            sort_on=sort_on,
            days=(due_on - today).days if due_on else None,
        )

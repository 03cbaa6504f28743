"""Due days counted anew: what is stored of them is an index, and stays behind when the calendar learns a year."""

from __future__ import annotations

import hashlib
import inspect
import json
from datetime import date
from typing import Any

import jianheng.kernel.calendar
import jianheng.kernel.clocks
from jianheng.services.lawbook import api as lawbook
from jianheng.services.ledger import api as ledger
from jianheng.services.procedures import clocks
from jianheng.services.procedures.models import Counting, Matter, Term, WorkItem

RULES = (jianheng.kernel.calendar, jianheng.kernel.clocks, clocks)  # the code a due day follows from

COUNTED = (
    "id",
    "matter_id",
    "clock",
    "start_on",
    "length",
    "unit",
    "basis",
    "pauses",
    "extensions",
    "due_on",
    "sort_on",
)
BATCH = 2000


def recount_if_changed() -> int:
    """As :func:`recount_terms`, unless they were counted with this calendar and these rules: then it is one statement.

    For a start, before anybody acts; what an act wrote beside the count after an import is then looked at too.
    """
    digest = _counted_with()
    if Counting.objects.filter(digest=digest).exists():
        return 0
    corrected = recount_terms()
    Counting.objects.update_or_create(pk=1, defaults={"digest": digest})
    return corrected


def _counted_with() -> str:
    """The digest of every day the notices name and of the code that counts."""
    calendar = lawbook.calendar()
    notices = [calendar.notice(year) for year in calendar.years]
    days = [[one.year, sorted(map(str, one.rest_days)), sorted(map(str, one.work_days))] for one in notices]
    return hashlib.sha256(json.dumps([days, *map(inspect.getsource, RULES)]).encode()).hexdigest()


def recount_terms(*, undated: bool = False) -> int:
    """Compute the due day of every running term and correct what is stored otherwise; how many were corrected.

    ``undated`` looks only at terms that have no due day, which is cheap enough for a job that comes often. May be
    run at any time and any number of times: acts going on at the same matter are waited for. After a count of all of
    them the next start counts once more.
    """
    rows = Term.objects.filter(stopped_at=None)
    if undated:
        rows = rows.filter(due_on=None)
    else:
        Counting.objects.update(digest="")
    looked_at = rows.order_by("id").values(*COUNTED).iterator(chunk_size=BATCH)
    behind = {row["matter_id"] for row in looked_at if _days(row) != _stored(row)}
    return sum(_recount(matter_id) for matter_id in sorted(behind))


def _recount(matter_id: int) -> int:
    """Correct the running terms of one matter, and the work items that show them."""
    corrected = 0
    with ledger.operation("terms.recount"):
        Matter.objects.select_for_update().get(pk=matter_id)
        for row in Term.objects.filter(matter_id=matter_id, stopped_at=None).values(*COUNTED):
            due_on, sort_on = days = _days(row)
            if days == _stored(row):
                continue
            Term.objects.filter(pk=row["id"]).update(due_on=due_on, sort_on=sort_on)
            items = WorkItem.objects.filter(matter_id=matter_id, clock=row["clock"], closed_at=None)
            items.update(due_on=due_on, sort_on=sort_on)
            corrected += 1
    return corrected


def _days(row: dict[str, Any]) -> tuple[date | None, date]:
    return clocks.due_days(clocks.clock_of(row))[:2]


def _stored(row: dict[str, Any]) -> tuple[date | None, date]:
    return row["due_on"], row["sort_on"]

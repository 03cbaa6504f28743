"""How matters and their clocks stand, and whether what is counted fits what was done."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone

from jianheng.services.procedures import clocks

_ASKED = """
select (select count(*) from procedures_term where stopped_at is null and due_on is null and sort_on < %(paused)s),
       (select count(*) from procedures_term where stopped_at is null and lapse <> '' and due_on < %(today)s::date - 1),
       (select count(*) from
          (select id, acts, closed_at from procedures_matter order by id desc limit %(sample)s) m
        where m.acts <> (select count(*) from procedures_actrecord a where a.matter_id = m.id)
           or m.closed_at is null and not exists
              (select from procedures_workitem i where i.matter_id = m.id and i.closed_at is null))
"""
SAMPLE = 1000


def figures(now: datetime) -> dict[str, float]:
    """Running clocks without a due day, lapses overdue by more than a day, and matters of the newest thousand whose
    count of acts is not the number of acts, or that run without anybody owing anything."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, {"today": timezone.localdate(now), "sample": SAMPLE, "paused": clocks.FAR})
        without_day, unlapsed, adrift = cursor.fetchone()
    return {"terms_without_day": without_day, "lapses_overdue": unlapsed, "matters_adrift": adrift}

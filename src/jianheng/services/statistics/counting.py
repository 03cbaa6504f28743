"""Counts everything anew, in one transaction: readers see the old counts or the new ones, never a mixture.

Reads the tables of procedures, and nothing in them that was written in a case. Work items begun within a year, or
still open, are counted; matters begun or ended within a year. Every count is kept for the nation (""), the
province, the city and the division, so that whoever oversees one of them reads its own few rows. Sealed cases are counted
nowhere: who may see one is a matter of the case, and a count is everybody's.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

ZONE = "Asia/Shanghai"
WINDOW = "interval '366 days'"

PREFIXES = "cross join lateral (values (''), (left(region, 2)), (left(region, 4)), (region)) p (prefix)"

HELD = f"""
with fine as (
  select m.region, m.procedure, i.node, i.clock,
    case when split_part(i.holder, ':', 1) ~ '^[0-9]+$' then split_part(i.holder, ':', 1)::bigint end as body,
    case when i.holder like 'side:%%' then split_part(i.holder, ':', 3)
         when i.holder like '%%:%%' then split_part(i.holder, ':', 2) else i.holder end as role,
    count(*) filter (where i.closed_at is null) as open,
    count(*) filter (where i.closed_at is null and i.due_on < %(today)s) as overdue,
    min(i.due_on) filter (where i.closed_at is null and i.due_on < %(today)s) as oldest,
    count(i.closed_at) as done,
    count(*) filter (where (i.closed_at at time zone '{ZONE}')::date > i.due_on) as late,
    coalesce(sum(extract(epoch from i.closed_at - i.opened_at)), 0) as seconds
  from procedures_workitem i join procedures_matter m on m.id = i.matter_id
  where m.restricted_to is null and (i.closed_at is null or i.opened_at > %(now)s - {WINDOW})
  group by 1, 2, 3, 4, 5, 6)
insert into statistics_held
  (region, procedure, node, clock, organisation_id, role, open, overdue, oldest_on, done, late, seconds)
select prefix, procedure, node, clock, body, role,
  sum(open), sum(overdue), min(oldest), sum(done), sum(late), sum(seconds)
from fine {PREFIXES} group by 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - our own constants

STEP = f"""
with fine as (
  select m.region, m.procedure, coalesce(before.node, '') as source, i.node as target, count(*) as n,
    coalesce(sum(extract(epoch from i.opened_at - before.opened_at)), 0) as seconds
  from procedures_workitem i
  join procedures_matter m on m.id = i.matter_id
  left join lateral (
    select node, opened_at from procedures_workitem p
    where p.matter_id = i.matter_id and p.id < i.id and p.opened_seq < i.opened_seq
    order by p.closed_seq = i.opened_seq desc nulls last, p.id desc limit 1
  ) before on true
  where m.restricted_to is null and i.opened_at > %(now)s - {WINDOW}
  group by 1, 2, 3, 4)
insert into statistics_step (region, procedure, source, target, count, seconds)
select prefix, procedure, source, target, sum(n), sum(seconds) from fine {PREFIXES} group by 1, 2, 3, 4
"""  # noqa: S608

DAY = f"""
with fine as (
  select region, procedure, (opened_at at time zone '{ZONE}')::date as day, 1 as opened, 0 as closed
  from procedures_matter where restricted_to is null and opened_at > %(now)s - {WINDOW}
  union all
  select region, procedure, (closed_at at time zone '{ZONE}')::date, 0, 1
  from procedures_matter where restricted_to is null and closed_at > %(now)s - {WINDOW})
insert into statistics_day (region, procedure, "on", opened, closed)
select prefix, procedure, day, sum(opened), sum(closed) from fine {PREFIXES} group by 1, 2, 3
"""  # noqa: S608

END = f"""
with fine as (
  select region, procedure, "end", count(*) as n, sum(extract(epoch from closed_at - opened_at)) as seconds
  from procedures_matter where restricted_to is null and closed_at > %(now)s - {WINDOW}
  group by 1, 2, 3)
insert into statistics_end (region, procedure, "end", count, seconds)
select prefix, procedure, "end", sum(n), sum(seconds) from fine {PREFIXES} group by 1, 2, 3
"""  # noqa: S608

TABLES = ("statistics_held", "statistics_step", "statistics_day", "statistics_end", "statistics_taking")
_LOCK = 0x6A68_7374_6174_7321  # "jhstats!": one taking at a time


def take(now: datetime) -> None:
    """Count everything as it stands at ``now``."""
    given = {"now": now, "today": timezone.localdate(now)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        for table in TABLES:
            cursor.execute(f"delete from {table}")  # noqa: S608
        for statement in (HELD, STEP, DAY, END):
            cursor.execute(statement, given)
        cursor.execute("insert into statistics_taking (at) values (%s)", [now])

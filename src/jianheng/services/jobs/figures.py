"""How the queue stands."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

ALIVE_SECONDS = 60  # a worker gives a sign of life every ten

_ASKED = """
select (select count(*) from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, %(now)s) <= %(now)s),
       (select coalesce(extract(epoch from %(now)s - min(coalesce(j.scheduled_at, e.at))), 0)
        from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
        where j.status = 'todo' and coalesce(j.scheduled_at, %(now)s) <= %(now)s),
       (select count(*) from procrastinate_jobs where status = 'failed'),
       (select count(*) from procrastinate_workers where last_heartbeat > %(now)s - make_interval(secs => %(alive)s))
"""


def figures(now: datetime) -> dict[str, float]:
    """Jobs that are due and wait, how long the oldest has, jobs given up, workers alive."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, {"now": now, "alive": ALIVE_SECONDS})
        waiting, oldest, failed, alive = cursor.fetchone()
    return {
        "jobs_waiting": waiting,
        "jobs_oldest_waiting_seconds": max(float(oldest), 0.0),
        "jobs_failed": failed,
        "workers_alive": alive,
    }

"""How the log stands."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_ASKED = """
select coalesce((select max(size) from ledger_checkpoint), 0),
       coalesce((select max("index") + 1 from ledger_leaf), 0),
       (select count(*) from (select from ledger_pending limit 100000) p),
       (select e.created_at from ledger_pending p join ledger_entry e on e.id = p.entry_id order by p.entry_id limit 1),
       (select max(created_at) from ledger_checkpoint)
"""


def figures(now: datetime) -> dict[str, float]:
    """Leaves under a checkpoint, leaves beyond it (always 0), entries that wait, how long the oldest has, and by how
    many seconds the newest checkpoint lies ahead of the clock."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        size, leaves, waiting, since, sealed_at = cursor.fetchone()
    return {
        "log_size": size,
        "log_leaves_unsigned": leaves - size,
        "log_waiting": waiting,
        "log_oldest_waiting_seconds": max((now - since).total_seconds(), 0.0) if since else 0.0,
        "log_ahead_seconds": max((sealed_at - now).total_seconds(), 0.0) if sealed_at else 0.0,
    }

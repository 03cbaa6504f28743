"""How the log stands."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from jianheng.services.ledger import mark, sequencer, witnesses

_ASKED = """
select coalesce((select max(size) from ledger_checkpoint), 0),
       coalesce((select max("index") + 1 from ledger_leaf), 0),
       (select count(*) from (select from ledger_pending limit 100000) p),
       (select e.created_at from ledger_pending p join ledger_entry e on e.id = p.entry_id
        where not exists (select from ledger_held h where h.entry_id = p.entry_id) order by p.entry_id limit 1),
       (select max(created_at) from ledger_checkpoint),
       (select count(*) from ledger_held),
       (select count(*) from (select from ledger_pending p join ledger_entry e on e.id = p.entry_id
        where e.created_at > %s and not exists (select from ledger_explained x where x.entry_id = p.entry_id)
        limit 100000) f)
"""


def figures(now: datetime) -> dict[str, float]:
    """Leaves under a checkpoint, leaves beyond it (always 0), entries that wait, how long the oldest has, how many are
    held, how many wait for a time that has not come, and by how many seconds the newest checkpoint lies ahead of the clock. Of witnesses: how many are named, how
    many are in trouble, how long ago their quorum last spoke, and how far one's log goes beyond the database."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [now + sequencer.SKEW])
        size, leaves, waiting, since, sealed_at, held, ahead = cursor.fetchone()
    return {
        "log_size": size,
        "log_leaves_unsigned": leaves - size,
        "log_waiting": waiting,
        "log_oldest_waiting_seconds": max((now - since).total_seconds(), 0.0) if since else 0.0,
        "log_held": held,
        "log_of_the_future": ahead,
        "log_ahead_seconds": max((sealed_at - now).total_seconds(), 0.0) if sealed_at else 0.0,
        **_witnesses(now, size, sealed_at),
    }


def _witnesses(now: datetime, size: int, sealed_at: datetime | None) -> dict[str, float]:
    shown = witnesses.shown(now)
    last = witnesses.last_word() or sealed_at
    known = mark.read()
    return {
        "log_witnesses": len(shown),
        "log_witnesses_in_trouble": sum(bool(row.trouble) or not row.is_fresh for row in shown),
        "log_unwitnessed_seconds": max((now - last).total_seconds(), 0.0) if shown and last else 0.0,
        "log_behind": max(known.size - size, 0) if known else 0,
    }

"""A clock that was ahead: what was done meanwhile, and how its entries come into the log before their time.

An entry of the future waits (:mod:`sequencer`): nobody can tell one that a wrong clock dated from one that somebody
dated ahead. Where a machine's clock was hours ahead, that would be hours. So two operators may **state** it: an entry of
kind "clock.ahead" names, by leaf hash, the entries that wait at that moment, by how much their clock was ahead, and
who says so. It is sequenced like any other; once it stands under a checkpoint the entries it names get their places
behind it. Whoever verifies reads their time as claimed only, and as received before that statement.

What a statement cannot do:

* name an entry that does not wait, or is not of the future: refused here, and by the verifier;
* name an entry that is written later: it names hashes;
* make anything look older: only "not later than its checkpoint" is waived, and only up to what is stated; what
  claims a time before the log was signed without it is held as ever;
* stay unseen: it is an entry itself, and receipts of what it names carry it.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from jianheng.kernel import canonical
from jianheng.services.ledger import models, sequencer
from jianheng.services.ledger.errors import ClockGroundError, NothingAheadError

KIND = "clock.ahead"
NATION = "000000"
MOST = 10_000  # entries one statement names; what is left is for another
GROUNDS = {
    "TIME_SOURCE": "时间源有误或者不可用",
    "SET_BY_HAND": "人工设置有误",
    "MACHINE_MOVED": "虚拟机迁移、暂停或者恢复后时钟有误",
    "HARDWARE": "硬件时钟故障",
}
_AHEAD = """
select e.id, e.leaf_hash, e.created_at from ledger_pending p join ledger_entry e on e.id = p.entry_id
where e.created_at > %s and not exists (select from ledger_held h where h.entry_id = p.entry_id)
  and not exists (select from ledger_explained x where x.entry_id = p.entry_id)
order by e.id limit %s
"""
_STATED = """
select x.entry_id, x.statement_id, s.body from ledger_explained x
join ledger_leaf l on l.entry_id = x.statement_id join ledger_entry s on s.id = x.statement_id
where x.entry_id = any(%s) and s.kind = %s
"""
_IS_STATED = """
select exists (select from ledger_entry e join ledger_explained x on x.entry_id = e.id
               where e.matter_id = %s and e.created_at = %s)
"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Entries of the future: how many, the first and the last time they claim, and by how many seconds that is ahead."""

    count: int
    since: datetime
    until: datetime
    seconds: int


def waiting(now: datetime) -> Ahead | None:
    """What waits for its time and is not explained; ``None`` while nothing does."""
    return _measured(_waiting(now, limit=100_000), now)


def _waiting(now: datetime, limit: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, [now + sequencer.SKEW, limit])
        return list(cursor.fetchall())


def _measured(rows: Collection[Any], now: datetime) -> Ahead | None:
    if not rows:
        return None
    claimed = [at for _, _, at in rows]
    return Ahead(len(rows), min(claimed), max(claimed), math.ceil((max(claimed) - now).total_seconds()))


def state_ahead(*, ground: str, by: Collection[int], now: datetime) -> Ahead:
    """State that the clock was ahead when the entries were made that wait for their time now; what was stated.

    ``ground`` is one of :data:`GROUNDS`, ``by`` the ids of the two operators who say so, ``now`` the true time. Refuses
    another ground, and where nothing waits (:class:`NothingAheadError`).
    """
    from jianheng.services.ledger import api  # the door opens on this module

    if ground not in GROUNDS:
        raise ClockGroundError(about="ground")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [sequencer.LOCK])  # what waits stays as it is meanwhile
        rows = _waiting(now, MOST)
        told = _measured(rows, now)
        if told is None:
            raise NothingAheadError
        said = {
            "ahead": told.seconds,
            "by": sorted(by),
            "entries": sorted(bytes(leaf).hex() for _, leaf, _ in rows),
            "from": canonical.instant(told.since),
            "ground": ground,
            "until": canonical.instant(told.until),
        }
        statement = api.entry(KIND, region=NATION, matter_id=None, data=said, now=now)
        api.append(statement)
        models.Explained.objects.bulk_create(
            models.Explained(entry_id=entry_id, statement_id=statement.id) for entry_id, _, _ in rows
        )
    return told


def stated(entries: Collection[tuple[UUID, bytes]]) -> set[UUID]:
    """Which of these entries, each with its leaf hash, a statement under a checkpoint names.

    The table only says where to look: what counts is what the statement says.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATED, [[entry_id for entry_id, _ in entries], KIND])
        rows = cursor.fetchall()
    named: dict[UUID, frozenset[str]] = {}
    for _, statement, body in rows:
        if statement not in named:
            named[statement] = frozenset(canonical.decode(bytes(body))["data"]["entries"])
    leaves = dict(entries)
    return {entry_id for entry_id, statement, _ in rows if leaves[entry_id].hex() in named[statement]}


def is_stated(matter_id: int, at: datetime) -> bool:
    """Whether what a matter has from this moment was done while the clock was ahead, and that was stated."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_STATED, [matter_id, at])
        return bool(cursor.fetchone()[0])

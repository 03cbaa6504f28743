"""The sequencer: gives every waiting entry the next index, folds it into the tree and signs a checkpoint.

Acts never wait for it: they write their entry and go. One run is one transaction, so that a run that is killed
leaves nothing behind and the next one does the same work again; a lock lets only one run at a time.

No checkpoint says an earlier time than the one before it (as RFC 6962 section 3.5 asks of tree heads): while the
machine's clock is behind, the last time is signed again, and the operator is told.

An entry says when it was made, and is believed only if it could have been: not before the log was last signed or
cosigned without it, give or take the time a transaction may be open. One that claims more is **held**: it stays among
the waiting, gets no place, and is shown to the operator. One of the future waits until its time has come, or until a
statement about a clock that was ahead (:mod:`clocks`) names it and is itself under a checkpoint.

Nothing is signed on a log shorter than its high-water mark (:mod:`mark`), or with another root there.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from jianheng.kernel import canonical, merkle, notes
from jianheng.services.ledger import keys, mark, models, tree
from jianheng.services.ledger.errors import LedgerFault

log = logging.getLogger(__name__)

LOCK = 0x6A68_6C65_6467_6572  # "jhledger": one number for the whole database
IN_FLIGHT, SKEW = timedelta(minutes=15), timedelta(minutes=2)  # as the verifier allows
_WAITING = """
select e.id, e.body, e.leaf_hash, e.digest, e.created_at
from ledger_pending p join ledger_entry e on e.id = p.entry_id
where not exists (select from ledger_held h where h.entry_id = p.entry_id)
order by p.entry_id limit %s
"""


class _Waiting(NamedTuple):
    id: UUID
    body: bytes
    leaf_hash: bytes
    digest: str
    at: datetime


def database_clock() -> datetime:
    """What the database takes for now: another machine's clock, as a rule."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def run_once(now: datetime, limit: int = 10_000) -> int:
    """Fold at most ``limit`` waiting entries into the tree, oldest first; returns how many.

    0 when nothing waits or another sequencer is at work. An entry whose hash does not fit its content is left
    waiting and reported: it was changed behind the application's back.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        waiting = _waiting(cursor, limit)
        if not waiting:
            return 0
        before = tree.latest()
        now = _not_before(before, now)
        batch = _timely(_sound(waiting), _seen_without(before), now)
        if batch:
            _fold(cursor, batch, before, now)
        return len(batch)


def _not_before(before: models.Checkpoint | None, now: datetime) -> datetime:
    if before is None or now >= before.created_at:
        return now
    log.warning("the clock is behind the last checkpoint, signed at %s; that time is signed again", before.created_at)
    return before.created_at


def _seen_without(before: models.Checkpoint | None) -> datetime | None:
    """When the log was last signed or cosigned as it is: what waits is not older, but for what was being written."""
    if before is None:
        return None
    cosigned = models.Cosignature.objects.filter(size=before.size).values_list("newest_at", flat=True)
    return max(before.created_at, *cosigned) if cosigned else before.created_at


def _timely(batch: Sequence[_Waiting], seen: datetime | None, now: datetime) -> list[_Waiting]:
    """Those whose time can be true; the too old are held, those of the future wait."""
    old = {entry.id for entry in batch if seen is not None and entry.at < seen - IN_FLIGHT}
    if old:
        models.Held.objects.bulk_create(models.Held(entry_id=entry_id, found_at=now) for entry_id in old)
        log.error("entries that claim a time before the log was signed without them are held: %s", _named(old))
    ahead = {entry.id for entry in batch if entry.at > now + SKEW}
    if ahead:
        from jianheng.services.ledger import clocks  # which needs the times allowed here

        ahead -= clocks.stated([(entry.id, entry.leaf_hash) for entry in batch if entry.id in ahead])
    if ahead:
        log.warning("entries of the future wait for their time: %s", _named(ahead))
    return [entry for entry in batch if entry.id not in old | ahead]


def _named(entries: Collection[UUID]) -> str:
    return ", ".join(sorted(map(str, entries))[:20]) + (f" … ({len(entries)})" if len(entries) > 20 else "")


def _waiting(cursor: CursorWrapper, limit: int) -> list[_Waiting]:
    cursor.execute(_WAITING, [limit])
    return [_Waiting(id_, bytes(body), bytes(leaf), *more) for id_, body, leaf, *more in cursor.fetchall()]


def _sound(batch: Sequence[_Waiting]) -> list[_Waiting]:
    sound = [entry for entry in batch if merkle.leaf_hash(entry.body, entry.digest) == entry.leaf_hash]
    if len(sound) < len(batch):
        changed = ", ".join(str(entry.id) for entry in batch if entry not in sound)
        log.error("entries whose hash does not fit their content stay out of the log: %s", changed)
    return sound


def must_reach_the_mark(before: models.Checkpoint | None) -> None:
    """Refuse to go on with a log whose end was cut off, or that is not the one that was signed."""
    known, size = mark.read(), before.size if before else 0
    if known is None:
        return
    if size < known.size:
        raise LedgerFault(f"the log has {size} leaves, and was signed with {known.size}: nothing more is signed")
    if tree.root_at(known.size) != known.root:
        raise LedgerFault(f"another log of this name was signed with {known.size} leaves: nothing more is signed")


def _fold(cursor: CursorWrapper, batch: Sequence[_Waiting], before: models.Checkpoint | None, now: datetime) -> None:
    must_reach_the_mark(before)
    first = before.size if before else 0
    frontier = tree.frontier(first)
    if before and frontier.root() != bytes(before.root):
        raise LedgerFault(f"the tree does not have the root signed at size {first}; nothing more is added")
    if before and not keys.continues(before.note):
        raise LedgerFault(f"the checkpoint at size {first} was signed by another key of the same name")
    filled = [tile for entry in batch for tile in frontier.append(entry.leaf_hash)]
    with cursor.copy('copy ledger_leaf ("index", entry_id, leaf_hash) from stdin') as rows:
        for index, entry in enumerate(batch, start=first):
            rows.write_row((index, entry.id, entry.leaf_hash))
    if filled:
        cursor.executemany(
            'insert into ledger_tile (level, "index", hashes, root) values (%s, %s, %s, %s)',
            [(tile.level, tile.number, b"".join(hashes), root) for tile, hashes, root in filled],
        )
    cursor.execute("delete from ledger_pending where entry_id = any(%s)", [[entry.id for entry in batch]])
    size, root = frontier.size, frontier.root()
    cursor.execute(
        "insert into ledger_checkpoint (size, root, note, created_at) values (%s, %s, %s, %s)",
        [size, root, sign(size, root, now, after=first), now],
    )
    transaction.on_commit(lambda: mark.raise_to(size, root))


def sign(size: int, root: bytes, now: datetime, *, after: int) -> str:
    """The signed note of a checkpoint. Two extension lines come under the signature: "time …", when it was signed,
    and "after …", the size of the checkpoint before it, so that none can be taken out of the row unseen."""
    key, sign_bytes = keys.signing()
    extensions = (f"time {canonical.instant(now)}", f"after {after}")
    text = notes.Checkpoint(keys.origin(), size, root, extensions).text()
    return str(notes.Note(text, (notes.sign(text, key, sign_bytes),)))

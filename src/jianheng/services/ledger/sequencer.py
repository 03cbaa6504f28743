"""The sequencer: gives every waiting entry the next index, folds it into the tree and signs a checkpoint.

Acts never wait for it: they write their entry and go. One run is one transaction, so that a run that is killed
leaves nothing behind and the next one does the same work again; a lock lets only one run at a time.

No checkpoint says an earlier time than the one before it (as RFC 6962 section 3.5 asks of tree heads): while the
machine's clock is behind, the last time is signed again, and the operator is told.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from jianheng.kernel import canonical, merkle, notes
from jianheng.services.ledger import keys, tree
from jianheng.services.ledger.errors import LedgerFault

log = logging.getLogger(__name__)

_LOCK = 0x6A68_6C65_6467_6572  # "jhledger": one number for the whole database
_WAITING = """
select e.id, e.body, e.leaf_hash, e.digest from ledger_pending p join ledger_entry e on e.id = p.entry_id
order by p.entry_id limit %s
"""


class _Waiting(NamedTuple):
    id: UUID
    body: bytes
    leaf_hash: bytes
    digest: str


def run_once(now: datetime, limit: int = 10_000) -> int:
    """Fold at most ``limit`` waiting entries into the tree, oldest first; returns how many.

    0 when nothing waits or another sequencer is at work. An entry whose hash does not fit its content is left
    waiting and reported: it was changed behind the application's back.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        batch = _sound(_waiting(cursor, limit))
        if batch:
            _fold(cursor, batch, now)
        return len(batch)


def _waiting(cursor: CursorWrapper, limit: int) -> list[_Waiting]:
    cursor.execute(_WAITING, [limit])
    return [_Waiting(id_, bytes(body), bytes(leaf), digest) for id_, body, leaf, digest in cursor.fetchall()]


def _sound(batch: Sequence[_Waiting]) -> list[_Waiting]:
    sound = [entry for entry in batch if merkle.leaf_hash(entry.body, entry.digest) == entry.leaf_hash]
    if len(sound) < len(batch):
        changed = ", ".join(str(entry.id) for entry in batch if entry not in sound)
        log.error("entries whose hash does not fit their content stay out of the log: %s", changed)
    return sound


def _fold(cursor: CursorWrapper, batch: Sequence[_Waiting], now: datetime) -> None:
    before = tree.latest()
    first = before.size if before else 0
    frontier = tree.frontier(first)
    if before and frontier.root() != bytes(before.root):
        raise LedgerFault(f"the tree does not have the root signed at size {first}; nothing more is added")
    if before and now < before.created_at:
        log.warning(
            "the clock is behind the last checkpoint, signed at %s; that time is signed again", before.created_at
        )
        now = before.created_at
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
    cursor.execute(
        "insert into ledger_checkpoint (size, root, note, created_at) values (%s, %s, %s, %s)",
        [frontier.size, frontier.root(), sign(frontier.size, frontier.root(), now, after=first), now],
    )


def sign(size: int, root: bytes, now: datetime, *, after: int) -> str:
    """The signed note of a checkpoint. Two extension lines come under the signature: "time …", when it was signed,
    and "after …", the size of the checkpoint before it, so that none can be taken out of the row unseen."""
    key, sign_bytes = keys.signing()
    extensions = (f"time {canonical.instant(now)}", f"after {after}")
    text = notes.Checkpoint(settings.JIANHENG_LEDGER_ORIGIN, size, root, extensions).text()
    return str(notes.Note(text, (notes.sign(text, key, sign_bytes),)))

"""The door of the log: add an entry, see the tree, prove.

Entries are added inside the transaction of the act they speak of (:func:`append`, or the SQL function
``ledger_append`` with the same eight values); their place in the tree they get later. They hold identifiers, salted
commitments and hashes, never personal data: erasing the salt cuts the link to the person, and every proof stays.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Min

from jianheng.kernel import canonical, merkle
from jianheng.kernel.errors import Fault
from jianheng.services.ledger import cosigning, keys, mark, models, sequencer, tree, witnesses
from jianheng.services.ledger.clocks import GROUNDS as CLOCK_GROUNDS
from jianheng.services.ledger.clocks import Ahead, is_stated, state_ahead
from jianheng.services.ledger.clocks import waiting as waiting_ahead
from jianheng.services.ledger.covering import adopt, close_batch, cover, covers, leave_outside, operation, outside
from jianheng.services.ledger.erasing import erase
from jianheng.services.ledger.errors import (
    ClockGroundError,
    ExportPlaceError,
    LedgerFault,
    LogBehindError,
    LogKeyError,
    NoSuchEntryError,
    NothingAheadError,
    WitnessPolicyError,
)
from jianheng.services.ledger.export import export, export_everything, export_matters, register_export
from jianheng.services.ledger.figures import figures
from jianheng.services.ledger.rights import Rights, rights
from jianheng.services.ledger.terms import Entry, State, WitnessShown

__all__ = [
    "CLOCK_GROUNDS",
    "FRESH",
    "Ahead",
    "ClockGroundError",
    "Entry",
    "ExportPlaceError",
    "LogBehindError",
    "LogKeyError",
    "NoSuchEntryError",
    "NothingAheadError",
    "Rights",
    "State",
    "WitnessPolicyError",
    "WitnessShown",
    "adopt",
    "append",
    "ask_witnesses",
    "checkpoint",
    "close_batch",
    "commitment",
    "consistency",
    "cover",
    "covers",
    "entry",
    "erase",
    "export",
    "export_everything",
    "export_matters",
    "figures",
    "inclusion",
    "is_stated",
    "leave_outside",
    "must_continue",
    "new_salt",
    "operation",
    "origin",
    "outside",
    "public_key",
    "receipt",
    "register_export",
    "rights",
    "state",
    "state_ahead",
    "tile",
    "waiting_ahead",
    "witness_policy",
    "witnesses_shown",
    "would_be_held",
]

FRESH = witnesses.FRESH  # older than this, the quorum's newest signature says nothing of today
RECEIPT_FORMAT = "jianheng-receipt/1"
SALT_BYTES = 16
_REGION = re.compile(r"[0-9]{6}")


def new_salt() -> bytes:
    """A fresh salt, kept beside the row it hides; erasing it erases the link from the log to the row."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, row: Mapping[str, Any]) -> str:
    """What the log holds of a row: SHA-256(salt ‖ canonical row), hexadecimal."""
    return hashlib.sha256(salt + canonical.encode(row)).hexdigest()


def entry(
    kind: str,
    *,
    region: str,
    matter_id: int | None,
    data: Mapping[str, Any],
    now: datetime,
    digest: str = "sha256",
) -> Entry:
    """Compute an entry, without touching the database.

    ``kind`` is what it speaks of ("act", "document" …), ``region`` the six-digit code of the jurisdiction, ``data``
    identifiers and hashes. The id sorts by time (UUID version 7).
    """
    if not _REGION.fullmatch(region):
        raise Fault(f"{region!r} is not a region code of six digits")
    entry_id = _id_at(now)
    body = canonical.encode(
        {
            "v": 1,
            "id": str(entry_id),
            "kind": kind,
            "region": region,
            "matter": matter_id,
            "at": canonical.instant(now),
            "data": data,
        }
    )
    return Entry(entry_id, region, kind, matter_id, body, merkle.leaf_hash(body, digest), digest, now)


def _id_at(now: datetime) -> UUID:
    """RFC 9562 section 5.7: milliseconds since 1970, then chance."""
    milliseconds = int(now.timestamp() * 1000)
    chance = secrets.randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1)


SEALED_AT = (
    "(select created_at from ledger_checkpoint order by size desc limit 1)"  # to be asked along with something
)


def would_be_held(at: datetime, *, sealed_at: datetime | None) -> bool:
    """Whether an entry of this moment would get no place, the log having been signed long after: the clock went back."""
    return sealed_at is not None and at < sealed_at - sequencer.IN_FLIGHT


def append(new: Entry) -> None:
    """Write an entry, to be sequenced; belongs inside the transaction of what it speaks of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select ledger_append(%s, %s, %s, %s, %s, %s, %s, %s)",
            [new.id, new.region, new.kind, new.matter_id, new.body, new.leaf_hash, new.digest, new.at],
        )


# --- the tree -------------------------------------------------------------------------------------------------


def checkpoint() -> str | None:
    """The newest signed checkpoint (C2SP note), with the cosignatures there are; ``None`` while the log is empty."""
    newest = tree.latest()
    return witnesses.cosigned(newest)[0] if newest else None


def origin() -> str:
    """The log's name, which its checkpoints and its key bear."""
    return keys.origin()


def public_key() -> str:
    """The key checkpoints are signed with, as a C2SP verifier key: publish it where readers can pin it."""
    return str(keys.signing()[0])


def must_continue() -> None:
    """Refuse with :class:`LogKeyError` where the key here is not the one the log goes on with, and with
    :class:`LogBehindError` where the log is shorter than what was signed or a witness holds, or another."""
    newest = tree.latest()
    if newest is not None and not keys.continues(newest.note):
        raise LogKeyError
    cosigning.heed_witnesses()
    try:
        sequencer.must_reach_the_mark(newest)
    except LedgerFault as behind:
        size, known = newest.size if newest else 0, mark.read()
        raise LogBehindError(
            f"数据库中的公开日志有 {size} 条，而已经签署到 {known.size if known else 0} 条，或者两者内容不同。"
        ) from behind


def inclusion(index: int, size: int) -> tuple[bytes, ...]:
    """The hashes proving leaf ``index`` in the tree of ``size`` leaves, nearest first (RFC 9162 section 2.1.3)."""
    return tree.proof(merkle.inclusion_ranges(index, _known(size)))


def consistency(old: int, new: int) -> tuple[bytes, ...]:
    """The hashes proving that the tree of ``new`` leaves continues that of ``old`` (RFC 9162 section 2.1.4)."""
    return tree.proof(merkle.consistency_ranges(old, _known(new)))


def _known(size: int) -> int:
    newest = tree.latest()
    if size > (newest.size if newest else 0):
        raise ValueError(f"the log has no {size} leaves yet")
    return size


def tile(level: int, number: int) -> bytes:
    """The hashes of one tile, one after the other, as C2SP tlog-tiles serves them; empty where there is none."""
    wanted = merkle.Tile(level, number)
    return b"".join(tree.tiles([wanted])[wanted])


def state() -> State:
    """How far the log is and what still waits."""
    newest = tree.latest()
    waiting = models.Pending.objects.count()
    since = models.Pending.objects.aggregate(since=Min("entry__created_at"))["since"] if waiting else None
    if newest is None:
        return State(0, waiting, since, None, needs_witnesses=witnesses.required())
    vouched = witnesses.newest()
    return State(
        newest.size,
        waiting,
        since,
        newest.note,
        newest.created_at,
        needs_witnesses=witnesses.required(),
        witnessed_size=vouched.size if vouched else 0,
        witnessed_at=witnesses.last_word(),
    )


# --- witnesses ------------------------------------------------------------------------------------------------


def witnesses_shown(now: datetime) -> tuple[WitnessShown, ...]:
    """Each witness of the policy and how it stands with the log; none where no policy is set."""
    return witnesses.shown(now)


def witness_policy() -> str:
    """The policy that names the witnesses, for readers to check with: without addresses; "" where there is none."""
    return witnesses.published()


def ask_witnesses(now: datetime) -> tuple[WitnessShown, ...]:
    """Ask every witness at once for its cosignature, whatever it said before."""
    cosigning.run_once(now, all_of_them=True)
    return witnesses.shown(now)


# --- receipts -------------------------------------------------------------------------------------------------


def is_sealed(entry_id: UUID) -> bool:
    """Whether an entry has its place under a checkpoint, cosigned where there are witnesses: whether its receipt is final."""
    index = models.Leaf.objects.filter(entry=entry_id).values_list("index", flat=True).first()
    return index is not None and witnesses.is_final(index)


def receipt(entry_id: UUID) -> dict[str, Any] | None:
    """What its holder can check offline: the entry, its place, the way to a signed root; ``None`` if unknown.

    ``status`` is "pending" until the entry has its place; then there are ``index``, ``size``, ``inclusion``
    (hexadecimal), ``checkpoint`` (the first that has it), ``before`` (the last that has it not) and ``key``. It is
    "sealed" for good at once where no witnesses are named, else "unwitnessed" until their quorum has cosigned.
    ``clock`` is the receipt of the statement that an entry of the future came in by, where one did.
    """
    found = models.Entry.objects.filter(id=entry_id).select_related("leaf", "explained").first()
    if found is None:
        return None
    known = {
        "format": RECEIPT_FORMAT,
        "status": "pending",
        "entry": canonical.decode(bytes(found.body)),
        "digest": found.digest,
        "leaf_hash": bytes(found.leaf_hash).hex(),
    }
    leaf = getattr(found, "leaf", None)
    between = witnesses.neighbours(leaf.index) if leaf is not None else None
    if leaf is None or between is None:
        return known
    size = between.checkpoint.size
    path = tree.proof(merkle.inclusion_ranges(leaf.index, size))
    if (explained := getattr(found, "explained", None)) is not None:
        known["clock"] = receipt(explained.statement_id)
    *before, checkpoint = witnesses.cosigned(*([between.before] if between.before else []), between.checkpoint)
    return known | {
        "status": "sealed" if between.final else "unwitnessed",
        "index": leaf.index,
        "size": size,
        "inclusion": [hashed.hex() for hashed in path],
        "before": before[0] if before else None,
        "checkpoint": checkpoint,
        "key": public_key(),
    }

"""The export: everything a stranger needs to check the log, as files of JSON lines.

``manifest.json`` names the log and counts the rows. Ours are ``entries``, ``leaves``, ``tiles``, ``checkpoints`` and
``pending`` (.jsonl). The services that own acts and documents register theirs (:func:`register_export`):

acts.jsonl
    ``id, matter, seq, code, entry, salt, row, commitment`` and any members of ``row`` repeated beside it.
    The log entry is of kind "act" with data ``{act, seq, code, commitment}``, ``act`` being ``id``.

documents.jsonl
    ``number, kind, sha256, entry, salt, row, commitment, path`` and any members of ``row``, which has at least
    ``series`` and ``serial`` (both null for an unnumbered draft), ``code``, ``version`` and ``status``. The log entry
    is of kind "document" with data ``{document, number, kind, sha256, commitment}``; when a document changes, a new
    entry is written and the row names the newest. ``path`` is where its PDF lies in the export, or null.

register.jsonl
    ``id, code, entry, salt, row, commitment``: acts of the register of institutions and appraisers. ``id`` is the
    subject's code and the act's number with it. The log entry is of kind "register" with data ``{register, code,
    commitment}``, ``register`` being ``id``. A statement that no act accounts for has a row with ``entry`` "".

changes.jsonl
    ``id, batch, place, table, key, matter, shape, salt, hash``: every change of a row of a covered table
    (:mod:`~jianheng.services.ledger.covering`), in order. ``hash`` is null where the row was deleted, ``salt`` also after
    lawful erasing. The entry that closes a batch has in its data ``state``: ``{batch, chain, changes}``; ``chain``
    is SHA-256 over the chain before and the line ``batch, place, id, table, key, matter, shape, hash`` joined by "\\n".

state.jsonl
    ``table, key, row``: every row of a covered table as it is now, as the text its hash is of.

Rows given for readers, not for the log (matters, work items, terms, the case file, organisations) are registered as ``further``:
they stand only in an export of everything (:func:`export_everything`) and in that of single matters
(:func:`export_matters`), which takes from each source what belongs to them.

``row`` is the full content, read from the columns that hold it now; ``commitment`` as it stands in the table;
``salt`` hexadecimal. After lawful erasing ``salt`` and ``row`` are null, and an entry of kind "erasure" with data
``{entry}`` says so; of a change without its salt, one with data ``{change}``, its id. Members beside ``row`` must be in it or in the log entry: nothing is exported uncovered.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from jianheng.kernel import canonical
from jianheng.services.ledger import covering, keys, models
from jianheng.services.ledger.errors import ExportFault, ExportPlaceError

FORMAT = "jianheng-export/1"
MATTERS_FORMAT = "jianheng-matters/1"

Rows = Callable[[Path], Iterable[Mapping[str, Any]]]
RowsOf = Callable[[Path, Collection[int]], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the export: all its rows, those of some matters where it can tell, and whether the log knows them."""

    rows: Rows
    of: RowsOf | None
    further: bool


_REQUIRED = {
    "acts": {"id", "matter", "seq", "code", "entry", "salt", "row", "commitment"},
    "documents": {"number", "kind", "sha256", "entry", "salt", "row", "commitment", "path"},
    "register": {"id", "code", "entry", "salt", "row", "commitment"},
}
_COVERED_BY_THE_ENTRY = {
    "acts": _REQUIRED["acts"],
    "documents": _REQUIRED["documents"] | {"matter"},
    "register": _REQUIRED["register"],
}
_registered: dict[str, Source] = {}


def register_export(name: str, rows: Rows, *, of: RowsOf | None = None, further: bool = False) -> None:
    """Add ``name``.jsonl to every export. ``rows`` is called with the export's directory, may put files there, and
    gives one mapping per line; it runs in the export's own snapshot of the database. ``of`` is called with the
    numbers of matters too and gives what belongs to these."""
    source = Source(rows, of, further)
    if _registered.setdefault(name, source) != source:
        raise ExportFault(f"{name}.jsonl is already registered")


def export(directory: Path, *, key: str | None = None) -> dict[str, int]:
    """Write the whole log and what it speaks of into ``directory`` (made if absent, otherwise empty).

    All of it is read in one snapshot. ``key``: the log's public key, for a machine that does not hold the private one.
    Returns the number of rows by name.
    """
    rows = _own() | {name: source.rows for name, source in _registered.items() if not source.further}
    return _exported(directory, rows, {"format": FORMAT, "keys": [key or str(keys.signing()[0])]})


def export_everything(directory: Path) -> dict[str, int]:
    """As :func:`export`, with the rows the log does not speak of: all that is known of every matter."""
    rows = _own() | {name: source.rows for name, source in _registered.items()}
    return _exported(directory, rows, {"format": FORMAT, "keys": [str(keys.signing()[0])]})


def export_matters(directory: Path, matters: Collection[int]) -> dict[str, int]:
    """All that is known of some matters; as :func:`export` in all else. The log itself is not in it: see receipts."""

    def only(of: RowsOf) -> Rows:
        return lambda place: of(place, matters)

    rows = {name: only(source.of) for name, source in _registered.items() if source.of}
    about = {"format": MATTERS_FORMAT, "keys": [str(keys.signing()[0])], "matters": sorted(matters)}
    return _exported(directory, rows, about)


def _exported(directory: Path, sources: Mapping[str, Rows], about: Mapping[str, Any]) -> dict[str, int]:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise ExportPlaceError(f"导出目录 {directory} 不是空的。", about=str(directory))
    nested = connection.in_atomic_block
    with transaction.atomic():
        if nested:  # what this transaction has changed so far is told whole
            covering.close_batch()
        else:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        counts = {name: _write(directory, name, rows) for name, rows in sources.items()}
    manifest = {"origin": keys.origin(), **about, "rows": counts}
    (directory / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    return counts


def _own() -> dict[str, Rows]:
    return {
        "entries": lambda _: _entries(),
        "leaves": lambda _: _leaves(),
        "tiles": lambda _: _tiles(),
        "checkpoints": lambda _: _checkpoints(),
        "pending": lambda _: ({"entry": str(row.entry_id)} for row in models.Pending.objects.order_by("entry_id")),
        "changes": lambda _: _changes(),
        "state": lambda _: _state(),
    }


def _write(directory: Path, name: str, rows: Rows) -> int:
    count = 0
    with (directory / f"{name}.jsonl").open("wb") as file:
        for count, row in enumerate(rows(directory), start=1):  # noqa: B007 - the last count is the result
            _keep_contract(name, row)
            file.write(canonical.encode(row) + b"\n")
    return count


def _keep_contract(name: str, row: Mapping[str, Any]) -> None:
    if missing := _REQUIRED.get(name, set()) - row.keys():
        raise ExportFault(f"{name}.jsonl: a row lacks {', '.join(sorted(missing))}")
    if name in _REQUIRED and row["row"] is not None:
        uncovered = row.keys() - _COVERED_BY_THE_ENTRY[name] - row["row"].keys()
        if uncovered:
            raise ExportFault(f"{name}.jsonl: nothing covers {', '.join(sorted(uncovered))}")


def _entries() -> Iterator[dict[str, Any]]:
    for row in models.Entry.objects.order_by("created_at", "id").iterator():
        yield {
            "id": str(row.id),
            "region": row.region,
            "kind": row.kind,
            "matter": row.matter_id,
            "at": canonical.instant(row.created_at),
            "digest": row.digest,
            "leaf_hash": bytes(row.leaf_hash).hex(),
            "body": bytes(row.body).decode(),
        }


def _leaves() -> Iterator[dict[str, Any]]:
    for row in models.Leaf.objects.order_by("index").iterator():
        yield {"index": row.index, "entry": str(row.entry_id), "leaf_hash": bytes(row.leaf_hash).hex()}


def _tiles() -> Iterator[dict[str, Any]]:
    for row in models.Tile.objects.order_by("level", "index").iterator():
        hashes = base64.b64encode(bytes(row.hashes)).decode()
        yield {"level": row.level, "index": row.index, "hashes": hashes, "root": bytes(row.root).hex()}


def _checkpoints() -> Iterator[dict[str, Any]]:
    cosigned: dict[int, list[str]] = defaultdict(list)
    for said in models.Cosignature.objects.order_by("size", "witness").iterator():
        cosigned[said.size] += dict.fromkeys((said.first_line, said.newest_line))
    for row in models.Checkpoint.objects.order_by("size").iterator():
        yield {
            "size": row.size,
            "root": bytes(row.root).hex(),
            "note": row.note,
            "at": canonical.instant(row.created_at),
            "cosignatures": cosigned.get(row.size, []),
        }


def _changes() -> Iterator[dict[str, Any]]:
    for row in models.Change.objects.order_by("id").iterator():
        yield {
            "id": row.id,
            "batch": str(row.batch),
            "place": row.place,
            "table": row.source,
            "key": row.key,
            "matter": row.matter_id,
            "shape": row.shape,
            "salt": bytes(row.salt).hex() if row.salt is not None else None,
            "hash": bytes(row.hash).hex() if row.hash is not None else None,
        }


def _state() -> Iterator[dict[str, Any]]:
    """Every row of every covered table as the hashes have it: the text PostgreSQL writes for it as jsonb."""
    for table, one in covering.covers().items():
        for key, text in covering.rows(one):
            yield {"table": table, "key": key, "row": text}

"""Reading the tree from its tables: right edge, tiles, proofs. A handful of indexed queries, however large the log.

Full tiles lie in ``ledger_tile``. A partial tile is not stored: at level 0 its hashes are the last leaves, at level
*L* the roots of the last full tiles of level *L - 1*. Since nothing ever changes, reads need no transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from jianheng.kernel import merkle
from jianheng.kernel.merkle import HASH_BYTES, TILE_WIDTH, Range, Tile
from jianheng.services.ledger import models
from jianheng.services.ledger.errors import LedgerFault

_FULL = """
select t.level, t.index, t.hashes from ledger_tile t
join unnest(%s::smallint[], %s::bigint[]) as wanted(level, index) on (t.level, t.index) = (wanted.level, wanted.index)
"""
_LEAVES = "select leaf_hash from ledger_leaf where index >= %s and index < %s order by index"
_ROOTS = 'select root from ledger_tile where level = %s and "index" >= %s and "index" < %s order by "index"'


def latest() -> models.Checkpoint | None:
    """The newest checkpoint; ``None`` while the log is empty."""
    return models.Checkpoint.objects.order_by("-size").first()


def tiles(wanted: Iterable[Tile]) -> dict[Tile, list[bytes]]:
    """The hashes of each tile, as wide as the log has it now."""
    asked = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_FULL, [[tile.level for tile in asked], [tile.number for tile in asked]])
        found = {Tile(level, index): _cut(bytes(hashes)) for level, index, hashes in cursor.fetchall()}
    return found | {tile: _partial(tile) for tile in asked if tile not in found}


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]


def _partial(tile: Tile) -> list[bytes]:
    first = tile.number * TILE_WIDTH
    with connection.cursor() as cursor:
        if tile.level == 0:
            cursor.execute(_LEAVES, [first, first + TILE_WIDTH])
        else:
            cursor.execute(_ROOTS, [tile.level - 1, first, first + TILE_WIDTH])
        return [bytes(hashed) for (hashed,) in cursor.fetchall()]


def frontier(size: int) -> merkle.TiledFrontier:
    """The right edge of the tree of ``size`` leaves, ready to grow; ``size`` must be the present one."""
    edge_tiles = merkle.edge_of(size)
    hashes = tiles(edge_tiles)
    levels = max((tile.level for tile in edge_tiles), default=-1) + 1
    edge: list[list[bytes]] = [[] for _ in range(levels)]
    for tile in edge_tiles:
        if len(hashes[tile]) != merkle.width_of(tile, size):
            raise LedgerFault(f"tile {tile.level}/{tile.number} has {len(hashes[tile])} hashes at size {size}")
        edge[tile.level] = hashes[tile]
    return merkle.TiledFrontier(size, edge)


def root_at(size: int) -> bytes:
    """The root the tree had at ``size``, now or in the past, from its leaves and tiles."""
    return proof([(0, size)])[0] if size else merkle.root(())


def proof(ranges: list[Range]) -> tuple[bytes, ...]:
    """The hashes of the ranges."""
    hashes = tiles(merkle.tiles_of(ranges)) if ranges else {}
    return tuple(merkle.range_hash(wanted, hashes) for wanted in ranges)

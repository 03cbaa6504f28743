"""The Merkle tree of RFC 9162 section 2.1 (the same tree as RFC 6962), and its tiles (C2SP tlog-tiles).

Words: a *leaf* is the hash of one entry; a *node* ``(height, position)`` is the hash of the ``2**height`` leaves
from ``position << height`` on, all present; a *range* ``(start, end)`` is any run of leaves a proof speaks of; a
*tile* ``(level, number)`` holds up to 256 neighbouring nodes of height ``8 * level``.

Invariants: a tree of *n* leaves never changes when leaves are added, it becomes a part of the larger tree; a
full tile therefore never changes either. Leaf and node hashes are told apart by their first byte, so that
neither can pass for the other (section 2.1.1).

Proofs are computed from tiles in two steps, so that the caller reads all it needs at once: first which ranges
(:func:`inclusion_ranges`, :func:`consistency_ranges`) and so which tiles (:func:`tiles_of`), then the hashes
(:func:`range_hash`). Everything here is a pure function of bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jianheng.kernel.digests import named

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
HASH_BYTES = 32  # of every digest fit for the log

Range = tuple[int, int]


class Node(NamedTuple):
    """A complete subtree: ``2**height`` leaves from ``position << height`` on."""

    height: int
    position: int


class Tile(NamedTuple):
    """The nodes of height ``8 * level`` at the positions ``256 * number`` to ``256 * number + 255``."""

    level: int
    number: int


Tiles = Mapping[Tile, Sequence[bytes]]


def leaf_hash(entry: bytes, digest: str = "sha256") -> bytes:
    """The leaf of one entry: ``HASH(0x00 || entry)``."""
    return named(digest)(b"\x00" + entry)


def node_hash(left: bytes, right: bytes, digest: str = "sha256") -> bytes:
    """The node above two: ``HASH(0x01 || left || right)``."""
    return named(digest)(b"\x01" + left + right)


@dataclass(slots=True)
class Frontier:
    """The right edge of a tree that grows: all that must be kept to add leaves and to know the root.

    ``peaks`` are the roots of the largest complete subtrees from left to right, one for each 1 in ``size``
    written in binary; a tree of a million leaves is kept in at most twenty hashes.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    digest: str = "sha256"

    def append(self, leaf: bytes) -> None:
        """Add one leaf at index ``size``."""
        carried = self.size
        while carried & 1:
            leaf = node_hash(self.peaks.pop(), leaf, self.digest)
            carried >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Add leaves in order; returns itself."""
        for leaf in leaves:
            self.append(leaf)
        return self

    def root(self) -> bytes:
        """The root over all leaves so far; of the empty tree, the hash of nothing."""
        return _joined(self.peaks, self.digest) if self.peaks else named(self.digest)(b"")


def _joined(peaks: Sequence[bytes], digest: str) -> bytes:
    """One hash over neighbouring complete subtrees, each larger than the next."""
    hashed = peaks[-1]
    for peak in reversed(peaks[:-1]):
        hashed = node_hash(peak, hashed, digest)
    return hashed


def root(leaves: Iterable[bytes], digest: str = "sha256") -> bytes:
    """The Merkle tree hash ``MTH`` of the leaves (section 2.1.1)."""
    return Frontier(digest=digest).extend(leaves).root()


# --- which ranges a proof consists of -------------------------------------------------------------------------


def _split(start: int, end: int) -> int:
    """Where the RFC cuts a range: after the largest power of two smaller than its length."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove leaf ``index`` to be in the tree of ``size`` leaves, nearest first (2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of ``old`` leaves is a part of that of ``new`` (2.1.4.1).

    Empty for ``old == 0`` (nothing can contradict it) and for ``old == new``.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves has no earlier state of {old}")
    if old in (0, new):
        return []
    ranges, start, end, whole = [], 0, new, True
    while end != old:
        middle = _split(start, end)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def nodes_of(ranges: Iterable[Range]) -> list[Node]:
    """The complete subtrees the ranges consist of, in order from left to right within each range."""
    nodes = []
    for start, end in ranges:
        reached = start
        while reached < end:
            height = (end - reached).bit_length() - 1
            nodes.append(Node(height, reached >> height))
            reached += 1 << height
    return nodes


# --- hashes from tiles ----------------------------------------------------------------------------------------


def _place(node: Node) -> tuple[Tile, slice]:
    """The tile a node is computed from, and its hashes there."""
    level, above = divmod(node.height, TILE_HEIGHT)
    first = node.position << above
    start = first % TILE_WIDTH
    return Tile(level, first // TILE_WIDTH), slice(start, start + (1 << above))


def tiles_of(ranges: Iterable[Range]) -> set[Tile]:
    """The tiles needed to hash the ranges."""
    return {_place(node)[0] for node in nodes_of(ranges)}


def width_of(tile: Tile, size: int) -> int:
    """How many hashes the tile has in a tree of ``size`` leaves: 0 to 256."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * tile.level) - TILE_WIDTH * tile.number))


def edge_of(size: int) -> list[Tile]:
    """The partial tiles of a tree of ``size`` leaves, from level 0 upwards: with them, it can grow."""
    levels = range((size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT)
    tiles = [Tile(level, (size >> TILE_HEIGHT * level) // TILE_WIDTH) for level in levels]
    return [tile for tile in tiles if width_of(tile, size)]


def range_hash(wanted: Range, tiles: Tiles, digest: str = "sha256") -> bytes:
    """The hash of a range, from the tiles :func:`tiles_of` names; a tile may be wider than the tree was then."""
    peaks = []
    for node in nodes_of([wanted]):
        tile, part = _place(node)
        hashes = tiles[tile][part]
        if len(hashes) != part.stop - part.start:
            raise ValueError(f"tile {tile.level}/{tile.number} has too few hashes for {node}")
        peaks.append(root(hashes, digest))
    return _joined(peaks, digest)


@dataclass(slots=True)
class TiledFrontier:
    """The right edge kept as partial tiles, for a log that stores full tiles as they fill.

    ``edge[level]`` are the hashes of the partial tile of that level, at most 255 each.
    """

    size: int = 0
    edge: list[list[bytes]] = field(default_factory=list)
    digest: str = "sha256"

    def append(self, leaf: bytes) -> list[tuple[Tile, list[bytes], bytes]]:
        """Add one leaf; returns each tile this filled, with its hashes and its root, lowest level first."""
        filled = []
        level, hashed = 0, leaf
        while True:
            if level == len(self.edge):
                self.edge.append([])
            hashes = self.edge[level]
            hashes.append(hashed)
            if len(hashes) < TILE_WIDTH:
                break
            self.edge[level] = []
            hashed = root(hashes, self.digest)
            filled.append((Tile(level, self.size >> TILE_HEIGHT * (level + 1)), hashes, hashed))
            level += 1
        self.size += 1
        return filled

    def root(self) -> bytes:
        """The root over all leaves so far: what is left over at a level is the last element of the next."""
        left_over: list[bytes] = []
        for hashes in self.edge:
            if elements := [*hashes, *left_over]:
                left_over = [root(elements, self.digest)]
        return left_over[0] if left_over else named(self.digest)(b"")


# --- checking proofs ------------------------------------------------------------------------------------------


def inclusion_holds(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes, digest: str = "sha256"
) -> bool:
    """Whether ``proof`` shows ``leaf`` at ``index`` in the tree of ``size`` leaves with ``root`` (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, hashed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            hashed = node_hash(sibling, hashed, digest)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling, digest)
        here, last = here >> 1, last >> 1
    return last == 0 and hashed == root


def consistency_holds(
    *, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes, digest: str = "sha256"
) -> bool:
    """Whether ``proof`` shows that the tree of ``new`` leaves continues the one of ``old`` leaves (2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == root((), digest)
    if not 0 < old < new:
        return False
    path = list(proof)
    if old & (old - 1) == 0:  # a power of two: its root is itself the first hash, and left out
        path.insert(0, old_root)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old_hashed = new_hashed = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old_hashed = node_hash(sibling, old_hashed, digest)
            new_hashed = node_hash(sibling, new_hashed, digest)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            new_hashed = node_hash(new_hashed, sibling, digest)
        here, last = here >> 1, last >> 1
    return last == 0 and old_hashed == old_root and new_hashed == new_root

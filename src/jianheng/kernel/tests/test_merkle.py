"""The tree, its proofs and its tiles agree with the recursive definitions of RFC 9162 section 2.1."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel import merkle

# The eight entries and the roots of their first 1..8, as the reference tests of Certificate Transparency have them.
ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
DIGESTS = st.sampled_from(["sha256", "sm3"])
SIZES = st.integers(1, 700)


def leaves_of(size: int, digest: str = "sha256") -> Any:
    return [merkle.leaf_hash(b"entry %d" % index, digest) for index in range(size)]


def defined_root(leaves: list[bytes], digest: str = "sha256") -> Any:
    """MTH, word for word."""
    if not leaves:
        return hashlib.new(digest, b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    left, right = defined_root(leaves[:middle], digest), defined_root(leaves[middle:], digest)
    return hashlib.new(digest, b"\x01" + left + right).digest()


def defined_path(index: int, leaves: list[bytes]) -> Any:
    """PATH, word for word."""
    if len(leaves) == 1:
        return []
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    if index < middle:
        return [*defined_path(index, leaves[:middle]), defined_root(leaves[middle:])]
    return [*defined_path(index - middle, leaves[middle:]), defined_root(leaves[:middle])]


def defined_subproof(old: int, leaves: list[bytes], whole: bool = True) -> Any:
    """SUBPROOF, word for word."""
    if old == len(leaves):
        return [] if whole else [defined_root(leaves)]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    if old <= middle:
        return [*defined_subproof(old, leaves[:middle], whole), defined_root(leaves[middle:])]
    return [*defined_subproof(old - middle, leaves[middle:], False), defined_root(leaves[:middle])]


def tiles_of_log(leaves: list[bytes]) -> Any:
    """Every tile of a log, full and partial, as a log would serve them."""
    frontier, tiles = merkle.TiledFrontier(), {}
    for leaf in leaves:
        for tile, hashes, _ in frontier.append(leaf):
            tiles[tile] = hashes
    for tile in merkle.edge_of(len(leaves)):
        tiles[tile] = frontier.edge[tile.level]
    return tiles


def proof_of(ranges: Any, tiles: Any) -> Any:
    """The hashes of the ranges, reading no tile but those asked for."""
    needed = {tile: tiles[tile] for tile in merkle.tiles_of(ranges)}
    return [merkle.range_hash(wanted, needed) for wanted in ranges]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_certificate_transparency_tests(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]

    assert merkle.root(leaves).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]) == merkle.TiledFrontier().root() == hashlib.sha256(b"").digest()


@given(SIZES, DIGESTS)
def test_growing_leaf_by_leaf_gives_the_defined_root(size: int, digest: str) -> None:
    leaves = leaves_of(size, digest)
    frontier = merkle.TiledFrontier(digest=digest)
    for leaf in leaves:
        frontier.append(leaf)

    assert merkle.root(leaves, digest) == frontier.root() == defined_root(leaves, digest)


@given(SIZES)
def test_the_compact_frontier_keeps_one_hash_per_binary_one(size: int) -> None:
    frontier = merkle.Frontier().extend(leaves_of(size))

    assert (frontier.size, len(frontier.peaks)) == (size, size.bit_count())


@given(st.data())
def test_inclusion_from_tiles_is_the_defined_path_and_holds(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)

    proof = proof_of(merkle.inclusion_ranges(index, size), tiles_of_log(leaves))

    assert proof == defined_path(index, leaves)
    assert merkle.inclusion_holds(leaves[index], index=index, size=size, proof=proof, root=defined_root(leaves))


@given(st.data())
def test_consistency_from_tiles_is_the_defined_proof_and_holds(data: st.DataObject) -> None:
    new = data.draw(SIZES)
    old = data.draw(st.integers(0, new))
    leaves = leaves_of(new)

    proof = proof_of(merkle.consistency_ranges(old, new), tiles_of_log(leaves))

    assert proof == (defined_subproof(old, leaves) if old else [])
    assert merkle.consistency_holds(
        old=old, new=new, proof=proof, old_root=defined_root(leaves[:old]), new_root=defined_root(leaves)
    )


@given(st.data())
def test_inclusion_fails_when_anything_about_it_is_changed(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof = defined_path(index, leaves)
    good = {"index": index, "size": size, "proof": proof, "root": defined_root(leaves)}
    place = data.draw(st.integers(0, len(proof) - 1))
    changed = bytes([proof[place][0] ^ 1]) + proof[place][1:]
    other = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))

    attacks = [
        {"proof": [*proof[:place], changed, *proof[place + 1 :]]},
        {"proof": proof[:-1]},
        {"proof": [*proof, proof[-1]]},
        {"index": other},
        {"index": size},
        {"index": -1},
        {"root": defined_root(leaves[:-1])},
    ]

    assert [merkle.inclusion_holds(leaves[index], **good | attack) for attack in attacks] == [False] * 7
    assert not merkle.inclusion_holds(leaves[other], **good)


@given(st.data())
def test_consistency_fails_when_history_was_rewritten(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 300))
    old = data.draw(st.integers(1, new - 1))
    leaves = leaves_of(new)
    proof = defined_subproof(old, leaves)
    rewritten = data.draw(st.integers(0, old - 1))
    other = [*leaves[:rewritten], merkle.leaf_hash(b"rewritten"), *leaves[rewritten + 1 :]]
    good = {"old": old, "new": new, "old_root": defined_root(leaves[:old]), "new_root": defined_root(leaves)}

    assert not merkle.consistency_holds(**good | {"new_root": defined_root(other)}, proof=proof)
    assert not merkle.consistency_holds(
        **good | {"new_root": defined_root(other)}, proof=defined_subproof(old, other)
    )
    assert not merkle.consistency_holds(**good | {"old_root": defined_root(other[:old])}, proof=proof)
    assert not merkle.consistency_holds(**good, proof=proof[:-1])
    assert not merkle.consistency_holds(**good, proof=[*proof, proof[-1]])
    assert not merkle.consistency_holds(**good | {"old": new, "new": old}, proof=proof)


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaves_of(2)

    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@pytest.mark.parametrize(
    ("size", "edge"),
    [
        (0, []),
        (1, [(0, 0, 1)]),
        (255, [(0, 0, 255)]),
        (256, [(1, 0, 1)]),
        (257, [(0, 1, 1), (1, 0, 1)]),
        (65_536, [(2, 0, 1)]),
        (70_000, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]),  # the example of tlog-tiles
    ],
)
def test_partial_tiles_are_those_the_specification_counts(size: int, edge: Any) -> None:
    assert [(*tile, merkle.width_of(tile, size)) for tile in merkle.edge_of(size)] == edge


def test_tiles_fill_at_every_level_and_proofs_cross_them() -> None:
    leaves = leaves_of(70_000)
    tiles = tiles_of_log(leaves)
    whole = merkle.root(leaves)

    assert sum(len(hashes) == 256 for tile, hashes in tiles.items() if tile.level == 0) == 273
    assert len(tiles[merkle.Tile(1, 0)]) == 256
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        ranges = merkle.inclusion_ranges(index, 70_000)
        assert len(merkle.tiles_of(ranges)) <= 6
        assert merkle.inclusion_holds(
            leaves[index], index=index, size=70_000, proof=proof_of(ranges, tiles), root=whole
        )


def test_a_proof_of_an_older_tree_is_made_from_todays_wider_tiles() -> None:
    leaves = leaves_of(600)

    proof = proof_of(merkle.inclusion_ranges(3, 300), tiles_of_log(leaves))

    assert merkle.inclusion_holds(leaves[3], index=3, size=300, proof=proof, root=merkle.root(leaves[:300]))


def test_too_narrow_a_tile_is_refused_rather_than_hashed() -> None:
    with pytest.raises(ValueError, match="too few hashes"):
        merkle.range_hash((0, 4), {merkle.Tile(0, 0): leaves_of(3)})


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        merkle.inclusion_ranges(index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_a_tree_has_no_proof_of_a_later_state(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no earlier state"):
        merkle.consistency_ranges(old, new)

"""The picture of any procedure can be read: no arrow crosses a box, none hides another."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianheng.services.pages.layout import BOX_WIDTH, Box, Layout, lay_out


@st.composite
def pictures(draw: st.DrawFn) -> Layout:
    lanes = draw(st.integers(1, 6))
    boxes = [
        Box(str(n), draw(st.integers(0, lanes - 1)), draw(st.sampled_from((40, 54))))
        for n in range(draw(st.integers(1, 14)))
    ]
    names = st.sampled_from([box.name for box in boxes])
    return lay_out(tuple(boxes), tuple(draw(st.lists(st.tuples(names, names), max_size=30))), top=36)


def pieces(arrow):
    return [(min(a, b), max(a, b)) for a, b in pairwise(arrow.points)]


@settings(max_examples=300, deadline=None)
@given(pictures())
def test_no_arrow_crosses_a_box(picture: Layout) -> None:
    for arrow in picture.arrows:
        for (x1, y1), (x2, y2) in pieces(arrow):
            for place in picture.places.values():
                half = BOX_WIDTH // 2
                inside = x2 > place.x - half and x1 < place.x + half and y2 > place.top and y1 < place.bottom
                assert not inside


@settings(max_examples=300, deadline=None)
@given(pictures())
def test_arrows_are_level_or_upright_and_join_their_boxes(picture: Layout) -> None:
    for arrow in picture.arrows:
        assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in pairwise(arrow.points))
        for (x, y), name in ((arrow.points[0], arrow.source), (arrow.points[-1], arrow.target)):
            place = picture.places[name]
            at_end = abs(x - place.x) < BOX_WIDTH // 2 and y in (place.top, place.bottom)
            at_side = abs(x - place.x) == BOX_WIDTH // 2 and place.top < y < place.bottom
            assert at_end or at_side


@settings(max_examples=300, deadline=None)
@given(pictures())
def test_arrows_that_share_no_end_never_lie_on_one_another(picture: Layout) -> None:
    for one, other in combinations(picture.arrows, 2):
        if {one.source, one.target} & {other.source, other.target}:
            continue
        for (ax1, ay1), (ax2, ay2) in pieces(one):
            for (bx1, by1), (bx2, by2) in pieces(other):
                along_y = ax1 == ax2 == bx1 == bx2 and min(ay2, by2) > max(ay1, by1)
                along_x = ay1 == ay2 == by1 == by2 and min(ax2, bx2) > max(ax1, bx1)
                assert not along_x and not along_y


@settings(max_examples=200, deadline=None)
@given(pictures())
def test_everything_stands_inside_the_picture(picture: Layout) -> None:
    points = [point for arrow in picture.arrows for point in arrow.points]

    assert all(0 <= x <= picture.width and 36 <= y <= picture.height for x, y in points)
    assert all(p.top >= 36 and p.bottom <= picture.height for p in picture.places.values())


def test_boxes_share_a_row_only_when_nothing_leads_from_one_to_the_other() -> None:
    boxes = [Box("a", 0), Box("b", 1), Box("c", 2), Box("d", 2)]

    picture = lay_out(tuple(boxes), (("a", "b"),))

    assert {name: place.row for name, place in picture.places.items()} == {"a": 0, "b": 1, "c": 1, "d": 2}


@pytest.mark.parametrize("edges", [[("a", "a")], [("a", "x")], []])
def test_arrows_to_oneself_or_to_nowhere_are_left_out(edges) -> None:
    assert lay_out((Box("a", 0),), tuple(edges)).arrows == ()

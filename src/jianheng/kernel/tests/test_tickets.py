"""Best of w tickets: recomputable, fair by weight, and each name's rank its own."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel import tickets

ZERO = bytes(32)
LISTS = st.dictionaries(
    st.text("0123456789ABCDEFGH", min_size=1, max_size=6), st.integers(1, 30), min_size=2, max_size=12
)


def test_the_published_example_comes_out() -> None:
    """Seed of 32 zero bytes, draw "draw-1", three with one ticket and D with three."""
    assert tickets.order(ZERO, "draw-1", [("A", 1), ("B", 1), ("C", 1), ("D", 3)]) == ["B", "D", "C", "A"]


def test_the_example_of_the_explanation_comes_out() -> None:
    """docs/explanation/draw.md works this out by hand."""
    share = tickets.Share(base=20, per_open=2, per_month=1, months_most=24)

    assert [share.weight(3, 5), share.weight(0, 24), share.weight(12, 0)] == [19, 44, 1]
    assert share.weight(0, 400) == 44
    assert tickets.Share(90, 0, 1, 99).weight(0, 99) == 100


@given(st.binary(min_size=32, max_size=32), LISTS, st.data())
def test_taking_a_name_out_or_putting_it_back_keeps_the_others_order(
    seed: bytes, listed: dict[str, int], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(sorted(listed)))
    whole = tickets.order(seed, "d", listed.items())

    without = tickets.order(seed, "d", [(name, weight) for name, weight in listed.items() if name != gone])

    assert without == [name for name in whole if name != gone]


@given(st.binary(min_size=32, max_size=32), LISTS)
def test_the_order_does_not_depend_on_the_order_of_reading(seed: bytes, listed: dict[str, int]) -> None:
    backwards = list(listed.items())[::-1]

    assert tickets.order(seed, "d", listed.items()) == tickets.order(seed, "d", backwards)


def test_the_chance_to_be_first_is_the_share_of_the_weight() -> None:
    listed = [("A", 1), ("B", 2), ("C", 3), ("D", 4)]
    draws = 4000
    seeds = (hashlib.sha256(b"fair" + number.to_bytes(4, "big")).digest() for number in range(draws))
    firsts = Counter(tickets.order(seed, "fair", listed)[0] for seed in seeds)

    square = sum((firsts[name] - draws * weight / 10) ** 2 / (draws * weight / 10) for name, weight in listed)

    assert square < 16.3  # 3 degrees of freedom, 0.001

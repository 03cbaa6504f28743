"""The order is the one RFC 3797 computes."""

import hashlib
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel.rfc3797 import DrawError, key_string, order, steps

# The worked example of section 6: 25 candidates, the first ten of them selected.
KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"
DIGESTS = [
    "990DD0A5692A029A98B5E01AA28F3459",
    "3691E55CB63FCC37914430B2F70B5EC6",
    "FE814EDF564C190AC1D25753979990FA",
    "1863CCACEB568C31D7DDBDF1D4E91387",
    "F4AB33DF4889F0AF29C513905BE1D758",
    "13EAEB529F61ACFB9A29D0BA3A60DE4A",
    "992DB77C382CA2BDB9727001F3CDCCD9",
    "63AB4258ECA922976811C7F55C383CE7",
    "DFBC5AC97CED01B3A6E348E3CC63F40D",
    "31CB111C4A4EBE9287CEAE16FE51B909",
    "07FA46C122F164C215BBC72793B189A3",
    "AC52F8D75CCBE2E61AFEB3387637D501",
    "53306F73E14FC0B2FBF434218D25948E",
    "B5D1403501A81F9A47318BE7893B347C",
    "85B10B356AA06663EF1B1B407765100A",
    "3269E6CE559ABD57E2BA6AAB495EB9BD",
]
SELECTED = (17, 7, 2, 16, 25, 23, 8, 24, 19, 13)


def test_the_key_of_the_worked_example_is_formed_from_its_sources() -> None:
    assert key_string([9319, [2, 5, 12, 8, 10], (9, 18, 26, 34, 41, 45)]) == KEY


def test_the_digests_of_the_worked_example_are_computed() -> None:
    assert [step.value.hex().upper() for step in steps(KEY, 25, "md5")][:16] == DIGESTS


def test_the_selection_of_the_worked_example_is_made() -> None:
    assert order(KEY, 25, "md5")[:10] == SELECTED
    assert [step.divisor for step in steps(KEY, 25, "md5")][:3] == [25, 24, 23]


@pytest.mark.parametrize(
    ("sources", "key"),
    [
        ([0], "0./"),
        ([7, 7], "7./7./"),
        ([[10, 9, 10]], "9.10.10./"),
        ([Decimal("5.60")], "5.6/"),
        ([Decimal("0.50"), Decimal("120.00"), Decimal("1E+3")], "0.5/120./1000./"),
        (["a1-b2 c3"], "A1B2C3./"),
        ([""], "./"),
        (["摇号"], hashlib.sha256("摇号".encode()).hexdigest().upper() + "./"),
        (["a摇"], hashlib.sha256("a摇".encode()).hexdigest().upper() + "./"),
        ([], ""),
    ],
)
def test_every_kind_of_source_has_one_form_in_the_key(sources: Any, key: str) -> None:
    assert key_string(sources) == key


@pytest.mark.parametrize("source", [-1, Decimal("-0.5"), True, [1, -2], "…!?"[1:], "\ud800", 1.5])
def test_a_source_without_one_form_is_refused(source: Any) -> None:
    with pytest.raises((DrawError, TypeError)):
        key_string([source])


@pytest.mark.parametrize("size", [-1, 65_537])
def test_a_list_the_counter_cannot_number_is_refused(size: int) -> None:
    with pytest.raises(DrawError) as refused:
        order(KEY, size)

    assert "65536" in refused.value.text


@given(st.text(st.characters(codec="utf-8")), st.integers(0, 60), st.sampled_from(["md5", "sha256", "sm3"]))
def test_an_order_names_everyone_exactly_once_and_never_changes(key: str, size: int, digest: str) -> None:
    first = order(key, size, digest)

    assert sorted(first) == list(range(1, size + 1))
    assert order(key.encode(), size, digest) == first


@given(st.text(st.characters(codec="utf-8")), st.integers(1, 40))
def test_the_order_is_the_rule_of_section_4_word_for_word(key: str, size: int) -> None:
    left, selected = list(range(1, size + 1)), []
    for turn in range(size):
        counter = bytes([turn >> 8, turn & 255])
        value = int(hashlib.sha256(counter + key.encode() + counter).hexdigest(), 16)
        selected.append(left[value % len(left)])
        left.remove(selected[-1])

    assert order(key, size) == tuple(selected)


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_no_place_on_the_list_is_favoured(digest: str) -> None:
    """Chi-squared with 9 degrees of freedom stays below 27.9 with probability 0.999; the keys are fixed."""
    drawn = 4_000
    orders = [order(f"{number}./", 10, digest) for number in range(drawn)]

    for turn in (0, 1, 9):
        counts = Counter(one[turn] for one in orders)
        chi_squared = sum((counts[place] - drawn / 10) ** 2 / (drawn / 10) for place in range(1, 11))
        assert chi_squared < 27.9

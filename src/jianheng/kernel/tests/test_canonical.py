"""The canonical form is the one of RFC 8785, minus fractions."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel.canonical import LARGEST_INTEGER, NotCanonicalFault, decode, encode, instant, read_instant

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


def test_members_are_sorted_by_utf_16_units_as_in_the_example_of_section_3_2_3() -> None:
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }

    names = [name for name, _ in json.loads(encode(value), object_pairs_hook=list)]

    assert names == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        ([True, False], "[true,false]"),
        ({}, "{}"),
        ([], "[]"),
        (0, "0"),
        (-0, "0"),
        (-LARGEST_INTEGER, "-9007199254740991"),
        ({"b": 1, "a": [2, {"d": None, "c": "x"}]}, '{"a":[2,{"c":"x","d":null}],"b":1}'),
        ("鉴衡", '"鉴衡"'),
        ('\u20ac$\u000f\nA\'\u0042"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("\x00\x08\x09\x0a\x0c\x0d\x1f\x7f\u2028", '"\\u0000\\b\\t\\n\\f\\r\\u001f\x7f\u2028"'),
        (("a", "b"), '["a","b"]'),
    ],
)
def test_each_value_has_exactly_one_form(value: Any, written: str) -> None:
    assert encode(value) == written.encode()


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (1.5, "$"),
        ({"a": [0, float("nan")]}, "$.a[1]"),
        (LARGEST_INTEGER + 1, "$"),
        ({1: "number as a name"}, "$"),
        ({"a": {"b": "\ud800"}}, "$.a.b"),
        ({"\udfff": 1}, "$"),
        (b"bytes", "$"),
        ({"a": {1, 2}}, "$.a"),
    ],
)
def test_what_has_no_one_form_is_refused_with_its_place(value: Any, place: str) -> None:
    with pytest.raises(NotCanonicalFault) as refused:
        encode(value)

    assert str(refused.value).startswith(f"{place}: ")


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', '{"a":1.0}', "1e3", "[NaN]", "[Infinity]", '{"a"', "", b"\xff\xfe", '"\\ud800"', "[" * 100_000],
)
def test_text_that_could_be_read_two_ways_is_refused(text: str) -> None:
    with pytest.raises(NotCanonicalFault):
        decode(text)


@given(VALUES)
def test_reading_what_was_written_gives_the_value_back(value: Any) -> None:
    assert decode(encode(value)) == value


@given(VALUES)
def test_spaces_and_the_order_of_members_do_not_matter(value: Any) -> None:
    def reversed_members(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {name: reversed_members(inner[name]) for name in reversed(inner)}
        return [reversed_members(item) for item in inner] if isinstance(inner, list) else inner

    loose = json.dumps(reversed_members(value), indent=3, ensure_ascii=True)

    assert encode(decode(loose)) == encode(value)


@given(VALUES, VALUES)
def test_different_values_never_share_a_form(one: Any, other: Any) -> None:
    # JSON text tells true from 1, as equality in Python does not
    assert (encode(one) == encode(other)) == (repr_sorted(one) == repr_sorted(other))


def repr_sorted(value: Any) -> Any:
    """A second way to write a value, by Python's own representation."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name!r}:{repr_sorted(value[name])}" for name in sorted(value)) + "}"
    return f"[{','.join(map(repr_sorted, value))}]" if isinstance(value, list) else repr(value)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()))
def test_an_instant_is_read_back_whatever_its_time_zone(at: datetime) -> None:
    assert read_instant(instant(at)) == at.astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-01",
        "2026-02-01T08:00:00Z",
        "2026-02-01T08:00:00.1Z",
        "2026-02-01T08:00:00.000000+08:00",
        "2026-2-1T08:00:00.000000Z",
    ],
)
def test_an_instant_has_no_second_form(text: str) -> None:
    with pytest.raises(NotCanonicalFault):
        read_instant(text)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(NotCanonicalFault):
        instant(datetime(2026, 2, 1))

"""A mandate fits one paper: whatever is changed of the paper, or of the mandate, it fits no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel import mandates
from jianheng.kernel.mandates import SignedMandate

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
OPINION = {"opinions": ["九级"], "dissents": [], "place": "示例市"}
PAPER: dict[str, Any] = {"person": 7, "matter": 3, "kind": "opinion_general", "number": "示例〔2026〕1号"}
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
contents = st.dictionaries(texts, values, max_size=5)


def signed(content: dict[str, Any] = OPINION, *, apart: tuple[str, ...] = (), **other: Any) -> SignedMandate:
    """A mandate by person 7 in matter 3."""
    said: dict[str, Any] = {
        **PAPER,
        "key": PUBLIC,
        "seq": 5,
        "act": "sign",
        "name": "示例甲",
        "role": "appraiser",
        "at": datetime(2026, 3, 2, 1, tzinfo=UTC),
    }
    return mandates.made(content, sign=KEY.sign, apart=apart, **{**said, **other})


@given(contents)
def test_it_fits_the_content_it_was_made_for(content) -> None:
    made = signed(content)

    assert made.is_signed()
    assert made.fits(content, **PAPER)
    assert SignedMandate.of_json(made.as_json()) == made


@given(contents, contents)
def test_it_fits_no_other_content(content, other) -> None:
    assert signed(content).fits(other, **PAPER) is (
        mandates.content_digest(content) == mandates.content_digest(other)
    )


@pytest.mark.parametrize(
    "other", [{"person": 8}, {"matter": 4}, {"kind": "opinion_disability"}, {"number": "示例〔2026〕2号"}]
)
def test_it_fits_no_other_paper(other) -> None:
    assert not signed().fits(OPINION, **{**PAPER, **other})


def test_signed_before_there_was_a_number_it_fits_whichever_comes() -> None:
    assert signed(number="").fits(OPINION, **PAPER)


@pytest.mark.parametrize(
    "changed",
    [{"person": 8}, {"matter": 4}, {"seq": 6}, {"act": "issue"}, {"content": "00" * 32}, {"at": ""}, {"number": ""}],
)
def test_whatever_is_changed_of_it_breaks_its_signature(changed) -> None:
    made = signed()

    assert not replace(made, mandate=replace(made.mandate, **changed)).is_signed()


@pytest.mark.parametrize("key", ["", "zz", "00" * 31, "00" * 32])
def test_a_key_that_is_none_signs_nothing(key) -> None:
    made = signed()

    assert not replace(made, mandate=replace(made.mandate, key=key)).is_signed()


def test_dissents_of_others_may_be_added_and_ones_own_not_changed() -> None:
    own = {"appraiser": "示例甲", "text": "不同意分级。"}
    other = {"appraiser": "示例乙", "text": "不同意依据。"}
    made = signed({**OPINION, "dissents": [own]}, apart=("dissents",))

    assert made.fits({**OPINION, "dissents": [other, own]}, **PAPER)
    assert not made.fits({**OPINION, "dissents": [other]}, **PAPER)
    assert not made.fits({**OPINION, "dissents": [{**own, "text": "同意。"}]}, **PAPER)
    assert not made.fits({**OPINION, "opinions": ["八级"], "dissents": [own]}, **PAPER)


def test_who_agreed_is_given_no_dissent() -> None:
    made = signed(apart=("dissents",))

    assert not made.fits({**OPINION, "dissents": [{"appraiser": "示例甲", "text": "不同意。"}]}, **PAPER)

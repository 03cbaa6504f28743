"""What a phrase wraps comes out by that phrase, for that person and key, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianheng.services.personalkeys import phrases
from jianheng.services.personalkeys.errors import PhraseUnfitError
from jianheng.services.personalkeys.phrases import Cost

CHEAP = Cost(64, 1, 1)
PRIVATE, PUBLIC = bytes(range(32)), "ab" * 32
PHRASE = "渡头余落日-2026-qm"


def wrapped(phrase: str = PHRASE) -> phrases.Wrapped:
    """Person 7's key."""
    return phrases.wrap(PRIVATE, phrase, person_id=7, public=PUBLIC, cost=CHEAP)


def opened(kept: phrases.Wrapped, phrase: str = PHRASE, *, person_id: int = 7, public: str = PUBLIC) -> bytes | None:
    """What comes out."""
    return phrases.unwrap(kept, phrase, person_id=person_id, public=public)


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_it_opens_by_its_phrase_alone(phrase, other) -> None:
    kept = wrapped(phrase)

    assert opened(kept, phrase) == PRIVATE
    assert (opened(kept, other) == PRIVATE) is (phrases.normal(phrase) == phrases.normal(other))


def test_it_is_bound_to_person_and_key() -> None:
    kept = wrapped()

    assert opened(kept, person_id=8) is None
    assert opened(kept, public="cd" * 32) is None


@pytest.mark.parametrize("place", [0, 12, 40, -1])
def test_a_changed_byte_lets_nothing_out(place) -> None:
    kept = wrapped()
    sealed = bytearray.fromhex(kept.sealed)
    sealed[place] ^= 1

    assert opened(replace(kept, sealed=sealed.hex())) is None


@pytest.mark.parametrize(
    "kept", [{"sealed": "zz"}, {"salt": "00" * 16}, {"salt": ""}, {"cost": Cost(128, 1, 1)}, {"cost": Cost(1, 1, 4)}]
)
def test_a_row_that_was_changed_lets_nothing_out(kept) -> None:
    assert opened(replace(wrapped(), **kept)) is None


def test_the_same_phrase_wraps_differently_each_time() -> None:
    assert wrapped().sealed != wrapped().sealed
    assert wrapped().salt != wrapped().salt


def test_a_phrase_is_the_same_however_a_keyboard_wrote_it() -> None:
    assert opened(wrapped("ＡＢＣ－qianming－２０２６"), " ABC-qianming-2026 ") == PRIVATE


def test_a_guess_costs_sixty_four_mebibytes_three_times_over() -> None:
    assert Cost(memory=65536, passes=3, lanes=4) == phrases.STRONG


def test_made_phrases_are_fit_and_never_the_same() -> None:
    made = {phrases.new_phrase() for _ in range(50)}

    assert len(made) == 50
    for phrase in made:
        phrases.must_be_fit(phrase)
    assert not set("".join(made)) & set("ilo01")


@pytest.mark.parametrize("phrase", ["", "shortphrase", "aaaaaaaaaaaaaa", "一二三四五一二三四五一二", "x" * 200])
def test_what_is_guessed_too_easily_is_refused(phrase) -> None:
    with pytest.raises(PhraseUnfitError):
        phrases.must_be_fit(phrase)

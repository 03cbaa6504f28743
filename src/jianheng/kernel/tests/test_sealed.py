"""What the database keeps for the platform's own use comes back whole, or not at all."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel import sealed

SECRET, PURPOSE = "the platform's own", "a purpose"


@given(st.text())
def test_what_was_sealed_comes_back_and_never_lies_there_in_the_clear(text: str) -> None:
    kept = sealed.seal(text, secret=SECRET, purpose=PURPOSE)

    assert sealed.is_sealed(kept)
    assert sealed.unseal(kept, secret=SECRET, purpose=PURPOSE) == text
    assert kept != sealed.seal(text, secret=SECRET, purpose=PURPOSE), "the same text is not seen to be the same"


@given(st.text(min_size=1), st.integers(0, 10_000), st.integers(1, 255))
def test_another_secret_another_purpose_and_one_changed_byte_give_nothing(text: str, place: int, other: int) -> None:
    kept = sealed.seal(text, secret=SECRET, purpose=PURPOSE)
    raw = bytearray(base64.b64decode(kept.removeprefix(sealed.MARK)))
    raw[place % len(raw)] ^= other

    assert sealed.unseal(kept, secret="another", purpose=PURPOSE) == ""
    assert sealed.unseal(kept, secret=SECRET, purpose="another") == ""
    assert sealed.unseal(sealed.MARK + base64.b64encode(raw).decode(), secret=SECRET, purpose=PURPOSE) == ""
    assert sealed.unseal(sealed.MARK + "§", secret=SECRET, purpose=PURPOSE) == ""


def test_what_was_kept_before_is_read_as_it_is() -> None:
    assert sealed.unseal("JBSWY3DPEHPK3PXP", secret=SECRET, purpose=PURPOSE) == "JBSWY3DPEHPK3PXP"

"""What is sealed can be read by the holder of the key under its own name, whole, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianheng.config.safekeeping import sealing
from jianheng.config.safekeeping.sealing import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, Secret, Unreadable

SECRET = Secret(bytes(range(32)))


def sealed(content: bytes, *, name: str = "part", pack: bool = False) -> bytes:
    into = io.BytesIO()
    sealing.seal([content], into, name=name, secret=SECRET, pack=pack)
    return into.getvalue()


def opened(content: bytes, *, name: str = "part", secret: Secret = SECRET) -> bytes:
    return b"".join(sealing.unseal(io.BytesIO(content), name=name, secret=secret))


@given(st.lists(st.binary(max_size=200)), st.booleans())
@settings(max_examples=30)
def test_what_was_sealed_comes_back(pieces, pack) -> None:
    into = io.BytesIO()
    told = sealing.seal(pieces, into, name="part", secret=SECRET, pack=pack)

    assert opened(into.getvalue()) == b"".join(pieces)
    assert (told.size, told.sealed_size) == (sum(map(len, pieces)), len(into.getvalue()))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 7])
@pytest.mark.parametrize("pack", [False, True])
def test_the_edges_of_chunks_come_back(size, pack) -> None:
    content = bytes(i * 7 % 251 for i in range(size))

    assert opened(sealed(content, pack=pack)) == content


def test_every_flipped_bit_is_found() -> None:
    whole = sealed(b"thirty-two bytes of a judgement.")

    for at in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(Unreadable):
            opened(bytes(changed))


def test_a_stream_cut_off_anywhere_is_found() -> None:
    whole = sealed(bytes(CHUNK_BYTES + 10))

    for end in (0, 5, HEADER_BYTES, HEADER_BYTES + 3, HEADER_BYTES + CHUNK_BYTES + TAG_BYTES, len(whole) - 1):
        with pytest.raises(Unreadable):
            opened(whole[:end])


def test_chunks_exchanged_or_added_are_found() -> None:
    whole = sealed(bytes([1]) * CHUNK_BYTES + bytes([2]) * CHUNK_BYTES + b"end")
    chunk = CHUNK_BYTES + TAG_BYTES
    header, first, second = whole[:HEADER_BYTES], whole[HEADER_BYTES:][:chunk], whole[HEADER_BYTES + chunk :][:chunk]
    last = whole[HEADER_BYTES + 2 * chunk :]

    assert opened(header + first + second + last)[-3:] == b"end"
    for other in (second + first + last, first + last, first + second + last + last, first + first + second + last):
        with pytest.raises(Unreadable):
            opened(header + other)


def test_one_part_does_not_pass_for_another() -> None:
    with pytest.raises(Unreadable, match="other"):
        opened(sealed(b"content", name="part"), name="other")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        opened(sealed(b"content"), secret=Secret(bytes(32)))


def test_the_same_content_is_never_sealed_alike() -> None:
    assert sealed(b"content") != sealed(b"content")

"""Which characters can be printed."""

from __future__ import annotations

import struct

import pytest

from jianheng.services.documents import fonts


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("张三，2026年3月2日", []),
        ("𬱖𫖯㛃䶮", []),  # rare characters of personal names
        ("〔〕（）《》“”——……〇√×±℃㎡", []),
        ("一\n二", []),
        ("葛\U000e0100", []),  # a variant selector draws nothing by itself
        ("王\ue000", ["\ue000"]),  # private use: nobody knows what it is
        ("\U0001f600好\U0001f600", ["\U0001f600"]),
        ("a\x00b", ["\x00"]),
        ("", []),
    ],
)
def test_missing_glyphs_are_named_once_in_order(text, missing) -> None:
    assert fonts.missing_glyphs(text) == missing


def test_refusal_names_the_character_and_what_to_do() -> None:
    with pytest.raises(fonts.MissingGlyphError) as refused:
        fonts.require_glyphs("王\U0001f600")

    assert "“\U0001f600”（U+1F600 GRINNING FACE）" in refused.value.text
    assert "加装" in refused.value.next_steps[0]


def test_font_directory_that_does_not_exist_stops_the_program(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="字体目录不存在"):
        fonts.faces(str(tmp_path / "none"))


def test_operators_directory_adds_faces(tmp_path) -> None:
    assert fonts.faces(str(tmp_path)).coverage == fonts.faces("").coverage


def _font(subtable: bytes, *, platform: int = 3, encoding: int = 1) -> bytes:
    cmap = struct.pack(">HHHHI", 0, 1, platform, encoding, 12) + subtable
    return b"OTTO" + struct.pack(">HHHH", 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap)) + cmap


def _format_4() -> bytes:
    """A–C by delta, E–F by index with F unmapped, and the closing segment (OpenType 1.9, cmap format 4)."""
    ends, starts = (0x43, 0x46, 0xFFFF), (0x41, 0x45, 0xFFFF)
    deltas, ranges = (1, 0, 1), (0, 4, 0)
    arrays = struct.pack(">3H", *ends) + b"\0\0" + struct.pack(">3H3H3H", *starts, *deltas, *ranges)
    return struct.pack(">7H", 4, 0, 0, 6, 0, 0, 0) + arrays + struct.pack(">2H", 7, 0)


def test_cmap_of_format_4_is_read_by_delta_and_by_index() -> None:
    assert fonts.code_points(_font(_format_4())) == {0x41, 0x42, 0x43, 0x45}


def test_cmap_of_format_12_is_read_beyond_the_basic_plane() -> None:
    groups = struct.pack(">III", 0x20000, 0x20002, 5) + struct.pack(">III", 0x30, 0x31, 0)
    subtable = struct.pack(">HHIII", 12, 0, 0, 0, 2) + groups

    assert fonts.code_points(_font(subtable, encoding=10)) == {0x20000, 0x20001, 0x20002, 0x31}


def test_cmap_of_another_encoding_is_not_read() -> None:
    assert fonts.code_points(_font(_format_4(), platform=1, encoding=0)) == set()


def test_font_without_cmap_maps_nothing() -> None:
    assert fonts.code_points(b"OTTO" + struct.pack(">HHHH", 0, 0, 0, 0)) == set()

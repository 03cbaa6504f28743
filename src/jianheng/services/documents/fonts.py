"""The faces papers are set in, and which characters they can print.

Song and Hei come with the package ``pylopdf-fonts-zh-cn``; an operator may add a directory
(``JIANHENG_FONT_DIR``) with licensed faces such as 仿宋_GB2312, which then take precedence in body text.
System fonts are never used, so that the same paper has the same bytes on every machine.

Invariant: a character is printable exactly if some face loaded here maps it (OpenType ``cmap``).
"""

from __future__ import annotations

import os
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from jianheng.services.documents.errors import MissingGlyphError

_SUFFIXES = {".otf", ".ttf", ".otc", ".ttc"}
_BODY_PREFERRED = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FandolFang R", "FandolFang")
_TITLE_PREFERRED = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05")
_SONG, _HEI = "Noto Serif SC", "Noto Sans SC"
# Drawn by no face and needing none: line ends, and selectors that merely pick a variant of the character before.
_INVISIBLE = {0x0A, 0x0D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}


@dataclass(frozen=True, slots=True)
class Faces:
    """Everything typesetting needs of fonts: the loaded set, and the family stacks in order of preference."""

    loaded: typst.Fonts
    body: tuple[str, ...]
    title: tuple[str, ...]
    coverage: frozenset[int]


@lru_cache(maxsize=4)
def faces(directory: str | None = None) -> Faces:
    """Load the faces of the package and of an operator's font directory.

    ``directory`` defaults to the environment variable ``JIANHENG_FONT_DIR``; a directory that does not
    exist is an operator's mistake and raises ``FileNotFoundError`` at start-up rather than at a clerk.
    """
    folders = [Path(pylopdf_fonts_zh_cn.serif_path()).parent]
    extra = os.environ.get("JIANHENG_FONT_DIR", "") if directory is None else directory
    if extra:
        if not Path(extra).is_dir():
            raise FileNotFoundError(f"字体目录不存在：{extra}")
        folders.append(Path(extra))
    loaded = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(f) for f in folders]
    )
    families = set(loaded.families())
    coverage: set[int] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                coverage.update(code_points(path.read_bytes()))
    return Faces(
        loaded=loaded,
        body=(*(f for f in _BODY_PREFERRED if f in families), _SONG),
        title=(*(f for f in _TITLE_PREFERRED if f in families), _HEI, _SONG),
        coverage=frozenset(coverage),
    )


def missing_glyphs(text: str) -> list[str]:
    """The characters of ``text`` no loaded face can draw, each once, in order of first appearance."""
    coverage = faces().coverage
    return [c for c in dict.fromkeys(text) if ord(c) not in coverage and ord(c) not in _INVISIBLE]


def require_glyphs(text: str) -> None:
    """Refuse text that would print with holes, naming each character and its code point.

    Refuses with ``MissingGlyphError``. ISO 19005-2 §6.2.11.8 forbids the ``.notdef`` glyph, and a name
    with a hole in it is not that person's name.
    """
    missing = missing_glyphs(text)
    if missing:
        named = "、".join(f"“{c}”（U+{ord(c):04X}{_name(c)}）" for c in missing)
        raise MissingGlyphError(f"所装字体印不出下列字符：{named}。", characters=missing)


def _name(character: str) -> str:
    name = unicodedata.name(character, "")
    return f" {name}" if name and not name.startswith("CJK ") else ""


def code_points(font: bytes) -> set[int]:
    """The code points mapped by the Unicode ``cmap`` of a font file or collection (OpenType 1.9, ``cmap``)."""
    found: set[int] = set()
    for start in _font_offsets(font):
        table = _table(font, start, b"cmap")
        if table is None:
            continue
        (count,) = struct.unpack_from(">H", font, table + 2)
        for index in range(count):
            platform, encoding, offset = struct.unpack_from(">HHI", font, table + 4 + 8 * index)
            if platform == 0 or (platform == 3 and encoding in (1, 10)):
                found.update(_subtable(font, table + offset))
    return found


def _font_offsets(font: bytes) -> tuple[int, ...]:
    if font[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack_from(">I", font, 8)
    return struct.unpack_from(f">{count}I", font, 12)


def _table(font: bytes, start: int, wanted: bytes) -> int | None:
    (count,) = struct.unpack_from(">H", font, start + 4)
    for index in range(count):
        tag, _checksum, offset, _length = struct.unpack_from(">4sIII", font, start + 12 + 16 * index)
        if tag == wanted:
            return int(offset)
    return None


def _subtable(font: bytes, at: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", font, at)
    if form == 12:  # segmented coverage: (first, last, first glyph) in 32 bits
        (groups,) = struct.unpack_from(">I", font, at + 12)
        for index in range(groups):
            first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * index)
            yield from range(first + (glyph == 0), last + 1)
    elif form == 4:
        yield from _segments(font, at)


def _segments(font: bytes, at: int) -> Iterator[int]:
    """Format 4: segment mapping to delta values, for the basic plane."""
    (double,) = struct.unpack_from(">H", font, at + 6)
    ends, starts = at + 14, at + 16 + double
    deltas, ranges = starts + double, starts + 2 * double
    for segment in range(0, double, 2):
        (end,) = struct.unpack_from(">H", font, ends + segment)
        (start,) = struct.unpack_from(">H", font, starts + segment)
        (delta,) = struct.unpack_from(">H", font, deltas + segment)
        (offset,) = struct.unpack_from(">H", font, ranges + segment)
        for code in range(start, min(end, 0xFFFE) + 1):
            if offset:
                where = ranges + segment + offset + 2 * (code - start)
                glyph = struct.unpack_from(">H", font, where)[0]
                glyph = (glyph + delta) & 0xFFFF if glyph else 0
            else:
                glyph = (code + delta) & 0xFFFF
            if glyph:
                yield code

"""The one vocabulary of text: what a name, a line or a longer text may hold, whoever brings it and wherever it goes.

Forms, the interface, rosters, registers, law files and papers ask here and nowhere else. Nothing that cannot be seen is
let through: controls, lone surrogates, signs that turn the reading order round, joiners and spaces of no width, letters
that are blank. Two names that look alike are then written alike, and what is read on a screen is what a paper says.

A line has no line end; in a longer text they are LF. A tab is a space. All text is in NFC (Unicode Standard Annex 15).
"""

from __future__ import annotations

import re
import unicodedata

# Controls (but for those :func:`clean_text` writes as a space or LF), every format character (category Cf), the separators of lines and paragraphs, lone
# surrogates, and what else is shown as nothing (Default_Ignorable_Code_Point) or as a blank (Braille and Hangul fillers).
UNSEEN = (
    *((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605)),
    *(
        (0x61C, 0x61C),
        (0x6DD, 0x6DD),
        (0x70F, 0x70F),
        (0x890, 0x891),
        (0x8E2, 0x8E2),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
    ),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164)),
    *((0xD800, 0xDFFF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1345F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    (0xE0000, 0xE0FFF),
)
_SURROGATES = (0xD800, 0xDFFF)


def _pattern_of(ranges: tuple[tuple[int, int], ...]) -> str:
    return "".join(f"{_written(first)}-{_written(last)}" for first, last in ranges)


def _written(code: int) -> str:
    """A character as ECMA-262 and Python both read it in a class of a pattern."""
    return f"\\u{code:04x}" if code < 0x10000 else chr(code)


# What :func:`clean_text` and :func:`clean_line` take, as patterns for descriptions. Lone surrogates are not named: no
# validator has a pattern for what a JSON text in UTF-8 cannot hold.
_OUT = _pattern_of(tuple(one for one in UNSEEN if one != _SURROGATES))
_BLANKS = r"\u0009\u000a\u000d\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_INNER = r"\u000a\u000d"
PLAIN = f"^[^{_OUT}]*$"
VISIBLE = f"^[^{_OUT}]*[^{_OUT}{_BLANKS}][^{_OUT}]*$"
LINE = f"^[^{_OUT}{_INNER}]*$"
VISIBLE_LINE = f"^[^{_OUT}{_INNER}]*[^{_OUT}{_BLANKS}][^{_OUT}{_INNER}]*$"

_FOUND = re.compile(f"[{_pattern_of(UNSEEN)}]")
_SHOWN_BEFORE = 10


def clean_text(text: str) -> str:
    """``text`` with LF and spaces, in NFC; raises ``ValueError`` with the place of what cannot be seen."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if found := _FOUND.search(unified):
        before = unified[max(found.start() - _SHOWN_BEFORE, 0) : found.start()].split("\n")[-1]
        where = f"，在“{before}”之后" if before else ""
        raise ValueError(
            f"含有不能使用的字符（U+{ord(found.group()):04X}{where}），看不见但会改变文字，请删除后重新填写"
        )
    return unicodedata.normalize("NFC", unified)


def clean_line(text: str) -> str:
    """The same for a name or a line, its ends without blanks; refuses a line end inside."""
    line = clean_text(text).strip()
    if "\n" in line:
        raise ValueError("应当写在一行内")
    return line


def is_clean(text: str) -> bool:
    """Whether nothing in a text is unseen."""
    return _FOUND.search(text) is None

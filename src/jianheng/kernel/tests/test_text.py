"""One vocabulary of text: nothing that cannot be seen is in a name, a line or a paper."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from jianheng.kernel import text

UNSEEN = {
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "zero width non-joiner": "\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "combining grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "Braille blank": "\u2800",
    "variation selector": "\ufe0f",
    "ideographic variation selector": "\U000e0100",
    "tag letter": "\U000e0041",
    "right-to-left override": "\u202e",
    "left-to-right mark": "\u200e",
    "line separator": "\u2028",
    "NUL": "\x00",
    "next line": "\x85",
    "lone surrogate": "\ud800",
}


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_with_something_unseen_is_refused_with_its_place(name) -> None:
    with pytest.raises(ValueError, match=r"U\+[0-9A-F]{4,5}，在“张”之后"):
        text.clean_line(f"张{UNSEEN[name]}三")
    with pytest.raises(ValueError, match="不能使用的字符"):
        text.clean_text(f"第一行\n张{UNSEEN[name]}三")


def test_no_format_character_control_or_separator_of_unicode_is_let_through() -> None:
    categories = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    let_through = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in categories and text.is_clean(chr(code)) and chr(code) not in "\t\n\r"
    ]

    assert let_through == []


def test_names_of_every_script_and_ordinary_signs_are_taken() -> None:
    for name in ("买买提·吐尔逊", "བསོད་ནམས", "Ünal Özgür", "𠮷野家", "한글", "王某（示例）", "ᠪᠠᠶᠠᠷ", "－＋％℃①"):
        assert text.clean_line(f" {name}\t") == unicodedata.normalize("NFC", name)


def test_a_line_has_no_line_end_and_a_text_has_its_own() -> None:
    with pytest.raises(ValueError, match="一行"):
        text.clean_line("甲\n乙")
    assert text.clean_text("甲\r\n乙\r丙\t丁") == "甲\n乙\n丙 丁"


def test_the_patterns_of_descriptions_say_what_is_taken() -> None:
    for code in {edge for pair in text.UNSEEN for edge in (pair[0], pair[1], pair[0] - 1, pair[1] + 1)} - {-1}:
        character = chr(code)
        if 0xD800 <= code <= 0xDFFF:
            continue
        for pattern, take in ((text.PLAIN, text.clean_text), (text.LINE, text.clean_line)):
            try:
                take(f"甲{character}乙")
                taken = True
            except ValueError:
                taken = False
            assert (re.search(pattern, f"甲{character}乙") is not None) == taken, f"U+{code:04X}"

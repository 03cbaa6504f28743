"""Chinese text as the tokens it is searched by."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from jianheng.kernel import casenumber

MEANINGFUL = re.compile(r"\w", re.UNICODE)
LONGEST = 100  # characters looked for; a word of more than two thousand bytes is none the index could hold
WHOLE = "="  # before a token that is somebody's whole name; no part of a text begins with it


def tokens(*texts: str) -> list[str]:
    """The tokens texts are found by, lower-case, each once: words, the shorter words in them, whole case numbers."""
    import rjieba  # its dictionary takes a quarter of a second, which every start would pay

    found = _each_once(word for text in texts for word in rjieba.cut_for_search(_plain(text)))
    return _each_once([*found, *(number for text in texts if (number := _case_number(text)))])


def asked(text: str) -> list[str]:
    """The tokens somebody asks for: a case number as one, else whole words, of which the stored ones hold every part."""
    import rjieba

    return [number] if (number := _case_number(text)) else _each_once(rjieba.cut(_plain(text)))


def whole_name(name: str) -> str:
    """The token of a whole name, "=张某甲", in the one way of writing it; "" when nothing of it is a letter or digit.

    Spaces, letter case and full-width forms make no difference (Unicode NFKC).
    """
    written = "".join(unicodedata.normalize("NFKC", _plain(name)).split())[:LONGEST]
    return WHOLE + written if MEANINGFUL.search(written) else ""


def name_key(organisation_id: int, token: str) -> int:
    """Where the matters stand whose party bears a whole name, as one organisation sees them (migration 0009)."""
    digest = hashlib.sha256(f"{organisation_id}{token}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _plain(text: str) -> str:
    return text.replace("\x00", " ").lower()


def _case_number(text: str) -> str:
    """The case number a text is, in the one way of writing it; "" when it is none."""
    try:
        return str(casenumber.parse(text))
    except casenumber.CaseNumberError:
        return ""


def _each_once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in words if MEANINGFUL.search(word)))

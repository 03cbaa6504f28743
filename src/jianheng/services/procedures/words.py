"""Chinese text as the tokens it is searched by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jianheng.kernel import casenumber

MEANINGFUL = re.compile(r"\w", re.UNICODE)


def tokens(*texts: str) -> list[str]:
    """The tokens texts are found by, lower-case, each once: words, the shorter words in them, whole case numbers."""
    import rjieba  # its dictionary takes a quarter of a second, which every start would pay

    found = _each_once(word for text in texts for word in rjieba.cut_for_search(_plain(text)))
    return _each_once([*found, *(number for text in texts if (number := _case_number(text)))])


def asked(text: str) -> list[str]:
    """The tokens somebody asks for: a case number as one, else whole words, of which the stored ones hold every part."""
    import rjieba

    return [number] if (number := _case_number(text)) else _each_once(rjieba.cut(_plain(text)))


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

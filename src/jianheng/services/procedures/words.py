"""Chinese text as the tokens it is searched by."""

from __future__ import annotations

import re

MEANINGFUL = re.compile(r"\w", re.UNICODE)


def tokens(*texts: str) -> list[str]:
    """The search tokens of texts, lower-case, each once: what is stored and what is asked are cut alike."""
    import rjieba  # its dictionary takes a quarter of a second, which every start would pay

    found: dict[str, None] = {}
    for text in texts:
        for word in rjieba.cut_for_search(text.replace("\x00", " ").lower()):
            if MEANINGFUL.search(word):
                found[word.strip()] = None
    return list(found)

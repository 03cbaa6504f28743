"""Verification codes: what is printed on a paper so that anybody can ask whether it is genuine.

Sixteen characters of an alphabet without look-alikes (no 0/O, 1/I/L, U/V), about 78 bits: a code cannot be
guessed, and one read aloud or copied by hand arrives.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4


def new_code() -> str:
    """A fresh code, in four groups of four."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(characters: str) -> str:
    """Sixteen characters as printed: four groups with hyphens."""
    return "-".join(characters[i : i + GROUP] for i in range(0, LENGTH, GROUP))


def read_code(typed: str) -> str | None:
    """A code as somebody typed it (any case, spaces, full width); ``None`` if it cannot be one."""
    plain = unicodedata.normalize("NFKC", typed).upper().replace("U", "V")
    characters = "".join(c for c in plain if c not in "-—" and not c.isspace())
    if len(characters) != LENGTH or set(characters) - set(ALPHABET):
        return None
    return grouped(characters)

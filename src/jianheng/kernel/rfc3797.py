"""RFC 3797: a total order over a public list, from a key no single person controls.

Section 4 is followed to the letter; its worked example (section 6) is among the tests. The digest is named: the RFC
prints MD5, SHA-256 and SM3 are for use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from jianheng.kernel import digests
from jianheng.kernel.errors import Refusal

LARGEST_LIST = 1 << 16  # the counter has two bytes

Value = int | Decimal | str | Sequence[int | Decimal]


class DrawError(Refusal):
    """摇号所需的材料不完整或者不合规。"""

    code = "DRAW_INPUT"
    next_step = "请按提示改正后再摇号；已经公布的名单不得更改。"


class Step(NamedTuple):
    """One line of the RFC's worked example: the digest, what it is divided by, and whom the remainder selects."""

    value: bytes
    divisor: int
    selected: int


def key_string(sources: Iterable[Value]) -> str:
    """The key: each source's values in canonical form, a ``/`` after each source.

    Numbers of one source stand in ascending order, each ended by its point ("9319.", "5.6"). Text keeps only its
    letters and digits, in upper case, and is ended by a point; the RFC leaves text beyond ASCII to its users: here
    the upper-case hexadecimal SHA-256 of its UTF-8 bytes stands for it. A source that stayed silent is "./".
    """
    return "".join(f"{_canonical(source)}/" for source in sources)


def _canonical(source: Value) -> str:
    if isinstance(source, str):
        return f"{_letters(source)}."
    values = [source] if isinstance(source, int | Decimal) else sorted(source)
    return "".join(map(_number, values))


def _number(value: int | Decimal) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise DrawError(f"种子数值应当是非负数，实际为 {value!r}。", about="sources")
    whole, _, fraction = f"{value:f}".partition(".") if isinstance(value, Decimal) else (str(value), "", "")
    return f"{whole.lstrip('0') or '0'}.{fraction.rstrip('0')}"


def _letters(text: str) -> str:
    if not text.isascii():
        return digests.sha256(_bytes(text)).hex().upper()
    letters = re.sub(r"[^0-9A-Z]", "", text.upper())
    if text and not letters:
        raise DrawError(f"种子文字“{text}”不含任何字母、数字或者汉字。", about="sources")
    return letters


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise DrawError("种子文字含有无法编码的字符（半个代理对）。", about="sources") from None


def steps(key: str | bytes, size: int, digest: str = "sha256") -> list[Step]:
    """The total order of ``size`` candidates as the RFC computes it, step by step.

    Step *i* divides ``digest(i || key || i)``, *i* counted from 0 in two bytes, read as a big-endian integer, by
    the number of those left; the remainder plus one is the place among them.
    """
    if not 0 <= size <= LARGEST_LIST:
        raise DrawError(f"候选名单应为 0 至 {LARGEST_LIST} 家，实际为 {size} 家。", about="size")
    hashed = digests.named(digest, among=digests.DRAW)
    middle = _bytes(key) if isinstance(key, str) else key
    left, taken = list(range(1, size + 1)), []
    for turn in range(size):
        counter = turn.to_bytes(2, "big")
        value = hashed(counter + middle + counter)
        place = int.from_bytes(value, "big") % len(left)
        taken.append(Step(value, len(left), left.pop(place)))
    return taken


def order(key: str | bytes, size: int, digest: str = "sha256") -> tuple[int, ...]:
    """The total order: numbers from 1 to ``size``, the first selected first."""
    return tuple(step.selected for step in steps(key, size, digest))

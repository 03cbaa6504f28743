"""An order of a list by lot, with weights: each candidate holds ``w`` tickets, and the best of them ranks it.

Ticket *j* of candidate *c* is ``SHA-256("jh-ticket/v1\\0" ‖ seed ‖ draw ‖ 0x00 ‖ c ‖ u32be j)``; the smallest of a
candidate's tickets is its rank, ties going by *c*. The best of *w* uniform numbers is the key u^(1/w) of Efraimidis and
Spirakis, so the chance to be first is the share of the weight, exactly, with no logarithm and no fraction.

Each candidate's rank is its own: taking a name out, or putting one back, leaves the order of the others as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass

ALGORITHM = "jh-tickets/v1"
MOST_TICKETS = 100
LARGEST_LIST = 4096  # institutions of one item in one province are some hundreds


def best(seed: bytes, draw: str, name: str, weight: int) -> bytes:
    """The smallest of a candidate's tickets."""
    start = hashlib.sha256(b"jh-ticket/v1\0" + seed + draw.encode() + b"\0" + name.encode())
    found = []
    for number in range(weight):
        ticket = start.copy()
        ticket.update(number.to_bytes(4, "big"))
        found.append(ticket.digest())
    return min(found)


def order(seed: bytes, draw: str, candidates: Iterable[tuple[str, int]]) -> list[str]:
    """The names of ``candidates`` (name, weight), the first drawn first."""
    ranked = [(best(seed, draw, name, weight), name) for name, weight in candidates]
    return [name for _, name in sorted(ranked)]


@dataclass(frozen=True, slots=True)
class Share:
    """The published rule of weights: what an institution begins with, loses by load and wins by waiting.

    weight = base − per_open × open + per_month × min(months, months_most), not below 1 and not above 100; ``open`` counts
    the appraisals it has at hand, ``months`` the whole months since a draw chose it last (``months_most`` if none did).
    """

    base: int
    per_open: int
    per_month: int
    months_most: int

    def weight(self, open_: int, months: int) -> int:
        """The tickets of an institution."""
        reckoned = self.base - self.per_open * open_ + self.per_month * min(months, self.months_most)
        return max(1, min(reckoned, MOST_TICKETS))

    def as_json(self) -> dict[str, int]:
        """As a draw file has it."""
        return asdict(self)


EQUAL = Share(base=1, per_open=0, per_month=0, months_most=0)

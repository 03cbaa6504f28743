"""The picture of a seal: red ring, star, the owner's name on an arc, the seal's own name below.

A drawing proves nothing: the signature under it does. Sizes in millimetres; the round seal of a body
without its own rule is 42 mm across (国发〔1999〕25号), a special seal of an institution 40 mm.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

RED = "#c8141e"
FONT = "Noto Serif SC"
APPRAISAL_SEAL = "司法鉴定专用章"


@dataclass(frozen=True, slots=True)
class Seal:
    """Whose seal it is, and what it is for: ``below`` is "" for the seal of the body itself."""

    owner: str
    below: str = ""
    across_mm: int = 42

    @property
    def alt(self) -> str:
        """What a reader who cannot see the picture is told."""
        return f"印章：{self.owner}{self.below}"


def court_seal(court: str) -> Seal:
    """The seal of a people's court: its name around the star."""
    return Seal(owner=court)


def appraisal_seal(institution: str) -> Seal:
    """An institution's 司法鉴定专用章 (司法鉴定程序通则 第三十八条)."""
    return Seal(owner=institution, below=APPRAISAL_SEAL, across_mm=40)


def drawn(seal: Seal) -> str:
    """The seal as SVG in a square of 100 units, transparent where there is no ink."""
    ring = f'<circle cx="50" cy="50" r="48.4" fill="none" stroke="{RED}" stroke-width="2.6"/>'
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in _star(centre=(50, 50), radius=16))
    star = f'<polygon points="{points}" fill="{RED}"/>'
    below = _straight(seal.below) if seal.below else ""
    arc = _arc(seal.owner, span=230 if seal.below else 250)
    body = f'<g fill="{RED}" font-family="{FONT}" text-anchor="middle" stroke="{RED}" stroke-width="0.18">'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{ring}{star}{body}{arc}{below}</g></svg>'


def _star(*, centre: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    return [
        (
            centre[0] + (radius if k % 2 == 0 else inner) * math.sin(math.pi * k / 5),
            centre[1] - (radius if k % 2 == 0 else inner) * math.cos(math.pi * k / 5),
        )
        for k in range(10)
    ]


def _arc(name: str, *, span: float) -> str:
    """The characters of ``name`` spread over ``span`` degrees, narrower the more there are."""
    size = 13.0
    pitch = min(span / max(len(name) - 1, 1), 26.0)
    arc_length = math.radians(pitch) * 37
    narrowed = min(1.0, arc_length * 0.98 / size)
    written = []
    for index, character in enumerate(name):
        angle = (index - (len(name) - 1) / 2) * pitch
        written.append(
            f'<g transform="rotate({angle:.2f} 50 50) translate(50 17.5) scale({narrowed:.3f} 1)">'
            f'<text font-size="{size}">{html.escape(character)}</text></g>'
        )
    return "".join(written)


def _straight(words: str) -> str:
    size = 9.5
    narrowed = min(1.0, 56 / (size * len(words)))
    return (
        f'<g transform="translate(50 79) scale({narrowed:.3f} 1)">'
        f'<text font-size="{size}">{html.escape(words)}</text></g>'
    )

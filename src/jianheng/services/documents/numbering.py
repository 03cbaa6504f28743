"""How papers are numbered: a series, a serial in it without gaps, a pattern around it.

Institutions: 机构简称〔年份〕专业缩略语鉴字第N号 (2007 文书规范; field abbreviations are no national list and come
from the caller). Courts: the number of the entrustment and a word for the paper. Serials have no leading
zeros; a number once taken stays taken.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from jianheng.kernel.errors import Fault


class NumberKind(StrEnum):
    """By what a paper is counted."""

    FIELD = "FIELD"  # per institution, year and field: opinions and the notices about them
    LETTER = "LETTER"  # per institution, year and kind of paper
    COURT = "COURT"  # per entrustment and kind of paper


# {word} tells the kind of paper; what comes before {serial} names the series.
PATTERNS: Mapping[NumberKind, str] = MappingProxyType(
    {
        NumberKind.FIELD: "{short_name}〔{year}〕{field}鉴{word}字第{serial}号",
        NumberKind.LETTER: "{short_name}〔{year}〕{word}字第{serial}号",
        NumberKind.COURT: "{entrustment_number}-{word}{serial}",
    }
)


OPTIONAL = frozenset({"field"})  # a notice may belong to no field

# 专业缩略语 by what the title of a category contains; the first that fits. No national list: local practice (待核).
_FIELDS = (
    ("病理", "病"),
    ("精神", "精"),
    ("临床", "临"),
    ("毒", "毒"),
    ("文书", "文"),
    ("痕迹", "痕"),
    ("微量", "微"),
    ("物证", "物"),
    ("录音", "声"),
    ("声像", "声"),
    ("图像", "像"),
    ("录像", "像"),
    ("电子", "电"),
    ("环境", "环"),
)


def field_abbreviation(category: str) -> str:
    """The abbreviation of a category's title: 法医临床鉴定 → 临; "" where practice has none."""
    return next((short for words, short in _FIELDS if words in category), "")


def short_name(institution: str) -> str:
    """How an institution's name is shortened in numbers where it has not said itself: 司法鉴定 → 司鉴."""
    return institution.replace("司法鉴定", "司鉴")


class NumberPartsFault(Fault):
    """A caller did not give what the pattern is made of."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """A series and the pattern of its numbers, everything filled in but the serial."""

    series: str
    before: str
    after: str
    bare_first: bool

    def number(self, serial: int) -> str:
        """The number of a serial; where a series counts papers of one matter, the first bears none."""
        shown = "" if self.bare_first and serial == 1 else str(serial)
        return f"{self.before}{shown}{self.after}"


def numbering(
    kind: NumberKind, *, issuer: str, word: str, parts: Mapping[str, str | int], pattern: str | None = None
) -> Numbering:
    """The series a paper of ``issuer`` (a reference) is counted in, and its pattern.

    ``parts`` fills the pattern's other names; a part that is missing raises ``NumberPartsFault``.
    """
    template = pattern or PATTERNS[kind]
    needed = {name for _, name, _, _ in string.Formatter().parse(template) if name} - {"word", "serial"}
    if missing := sorted(needed - OPTIONAL - {name for name, value in parts.items() if str(value)}):
        raise NumberPartsFault(f"{kind} numbers need {', '.join(missing)}")
    before, _, after = template.partition("{serial}")
    filled = {**dict.fromkeys(OPTIONAL, ""), **{name: str(value) for name, value in parts.items()}, "word": word}
    return Numbering(
        series=f"{issuer}|{before.format(**filled)}",
        before=before.format(**filled),
        after=after.format(**filled),
        bare_first=kind is NumberKind.COURT,
    )

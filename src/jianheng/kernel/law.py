"""The law as data: dated parameters and enumerations, a province overlaying the nation.

A number from the law is never a constant in code. It is a :class:`Parameter` with the instrument and the
article it stands in, the days it is in force, and whether someone checked it against the text. Code asks a
:class:`LawBook` for the value *on a day, in a place*: the division itself, then its prefecture, then its
province, then the nation.

Invariants: for one key and region no two values are in force on the same day; ``in_force_to`` is the last
day in force; a region is "" (the nation) or a six-digit division code (GB/T 2260).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from jianheng.kernel.errors import Fault, Refusal

Value = int | bool | str

# What a value counts, and how a clerk reads it after the number.
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "WD": "个工作日",
        "CD": "日",
        "MONTH": "个月",
        "YEAR": "年",
        "WEEK": "周",
        "PERSON": "名",
        "TICKET": "签",
        "COPY": "份",
        "TIMES": "次",
        "SHEET": "张",
        "PERCENT": "%",
        "FEN": "分",
        "FLAG": "",  # true or false
        "RULE": "",  # a named rule that code knows, such as entrustment_and_material
    }
)


class LawBookFault(Fault):
    """The law data contradict themselves, or code asked for a key nobody ever declared."""


class NoValueInForceError(Refusal):
    """法律参数在该日没有有效的数值。"""

    code = "LAW_VALUE_MISSING"
    next_step = "请管理员在规则库中核对该参数的施行日期，补充当时有效的规定。"


class RegionError(Refusal):
    """地区代码不是六位行政区划代码。"""

    code = "REGION_INVALID"
    law = ("GB/T 2260 中华人民共和国行政区划代码",)
    next_step = "请填写六位数字，例如广东省为 440000；全国规定请留空。"


class UnknownCodeError(Refusal):
    """所选情形不在法律列举的范围内。"""

    code = "CODE_NOT_LISTED"
    next_step = "请从列举的情形中选择。"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands. ``verified`` is false while nobody compared it with the text (待核)."""

    instrument: str
    article: str = ""
    verified: bool = True

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}".strip()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number, flag or named rule of the law, for one region and one stretch of days."""

    key: str
    title: str
    value: Value
    unit: str
    in_force_from: date
    in_force_to: date | None
    instrument: str
    article: str
    verified: bool
    region: str = ""
    note: str = ""
    words: str = ""  # what a named rule says

    @property
    def citation(self) -> Citation:
        """The instrument and article it stands in."""
        return Citation(self.instrument, self.article, self.verified)

    @property
    def law(self) -> tuple[str, ...]:
        """The citation as a refusal carries it."""
        return (str(self.citation),)

    @property
    def number(self) -> int:
        """The value where it is a whole number; a flag or a rule is a :class:`LawBookFault`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise LawBookFault(f"{self.key} is not a number but {self.value!r}")
        return self.value

    @property
    def text(self) -> str:
        """The value as a clerk reads it: 30个工作日, 是, 2名, 自收到委托之日起."""
        if isinstance(self.value, bool):
            return "是" if self.value else "否"
        return self.words or f"{self.value}{UNITS[self.unit]}"

    def in_force(self, on: date) -> bool:
        """Whether it applies on ``on``."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


@dataclass(frozen=True, slots=True)
class EnumerationEntry:
    """One listed case: a stable ``code``, the ``text`` shown, where it is listed, the days it is in force."""

    code: str
    text: str
    instrument: str
    article: str
    verified: bool
    region: str = ""
    note: str = ""
    in_force_from: date | None = None  # None: as long as anyone asks
    in_force_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the case is listed on ``on``."""
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_to is None or on <= self.in_force_to
        )

    @property
    def citation(self) -> Citation:
        """The instrument and article it stands in."""
        return Citation(self.instrument, self.article, self.verified)

    @property
    def law(self) -> tuple[str, ...]:
        """The citation as a refusal carries it."""
        return (str(self.citation),)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """The cases a text lists, in its order; a province's own follow the nation's."""

    key: str
    title: str
    entries: tuple[EnumerationEntry, ...]
    region: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in order."""
        return tuple(entry.code for entry in self.entries)

    def entry(self, code: str) -> EnumerationEntry:
        """The case ``code``; refuses with :class:`UnknownCodeError` one the text does not list."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise UnknownCodeError(
            f"“{self.title}”没有列举“{code}”这一情形。",
            law=tuple(dict.fromkeys(entry.instrument for entry in self.entries)),
            about=self.key,
        )

    def __iter__(self) -> Iterator[EnumerationEntry]:
        return iter(self.entries)


class LawBook:
    """Every parameter and enumeration of the nation and its provinces. Immutable once built."""

    def __init__(self, parameters: Iterable[Parameter], enumerations: Iterable[Enumeration] = ()) -> None:
        self._parameters: dict[str, dict[str, list[Parameter]]] = {}
        for parameter in sorted(parameters, key=lambda each: each.in_force_from):
            regions = self._parameters.setdefault(parameter.key, {})
            regions.setdefault(parameter.region, []).append(parameter)
        self._enumerations: dict[str, dict[str, Enumeration]] = {}
        for enumeration in enumerations:
            self._enumerations.setdefault(enumeration.key, {})[enumeration.region] = enumeration
        self._check()

    def _check(self) -> None:
        for key, regions in self._parameters.items():
            for region, values in regions.items():
                for earlier, later in pairwise(values):
                    if earlier.in_force(later.in_force_from):
                        raise LawBookFault(f"{key} ({region or 'nation'}): two values on {later.in_force_from}")
        for key, by_region in self._enumerations.items():
            for enumeration in by_region.values():
                if len(set(enumeration.codes)) != len(enumeration.codes):
                    raise LawBookFault(f"{key} ({enumeration.region or 'nation'}): a code is listed twice")

    @property
    def keys(self) -> tuple[str, ...]:
        """Every parameter key, in alphabetical order."""
        return tuple(sorted(self._parameters))

    def value(self, key: str, *, on: date, region: str = "") -> Parameter:
        """What ``key`` is on the day ``on`` in ``region``.

        Refuses with :class:`NoValueInForceError` when nothing is in force, :class:`RegionError` on a code
        that is not six digits; a key never declared is a :class:`LawBookFault`.
        """
        regions = self._parameters.get(key)
        if regions is None:
            raise LawBookFault(f"no law parameter {key!r}")
        for place in _from_near_to_far(region):
            for parameter in regions.get(place, ()):
                if parameter.in_force(on):
                    return parameter
        title = next(iter(regions.values()))[0].title
        raise NoValueInForceError(
            f"参数“{title}”（{key}）在{on.isoformat()}没有有效的规定。", about=key, key=key, on=on.isoformat()
        )

    def history(self, key: str) -> tuple[Parameter, ...]:
        """Every value ``key`` ever had: the nation first, then by region, each in order of time."""
        if key not in self._parameters:
            raise LawBookFault(f"no law parameter {key!r}")
        regions = self._parameters[key]
        return tuple(parameter for region in sorted(regions) for parameter in regions[region])

    def enumeration(self, key: str, *, on: date | None = None, region: str = "") -> Enumeration:
        """The cases ``key`` lists in ``region``: the nation's, replaced by code or added to by nearer places.

        ``on`` leaves out what is not in force that day; None lists every case there ever was.
        """
        by_region = self._enumerations.get(key)
        if by_region is None:
            raise LawBookFault(f"no enumeration {key!r}")
        found = [by_region[place] for place in _from_near_to_far(region) if place in by_region]
        if not found:
            raise NoValueInForceError(f"该地区没有列举“{next(iter(by_region.values())).title}”。", about=key)
        entries = {
            entry.code: entry
            for each in reversed(found)
            for entry in each.entries
            if on is None or entry.in_force(on)
        }
        return Enumeration(key, found[-1].title, tuple(entries.values()), region)


def _from_near_to_far(region: str) -> Iterator[str]:
    """The division, its prefecture, its province, the nation (""), each once."""
    if region and not re.fullmatch(r"[0-9]{6}", region):
        raise RegionError(f"“{region}”不是六位行政区划代码。", about="region")
    yield from dict.fromkeys((region, region and region[:4] + "00", region and region[:2] + "0000", ""))

"""Parameters and enumerations as files: one per number or list, named after its key.

A parameter file has ``key``, ``title`` and ``values``, each with ``value``, ``unit``, ``from``, perhaps
``to`` (last day in force), ``instrument``, ``article``, ``verified`` and perhaps ``note``. An enumeration
file has ``key``, ``title``, ``instrument`` and ``entries``, each with ``code``, ``text``, ``article``,
``verified`` and perhaps ``instrument``, ``note``, ``from`` and ``to``. A province's files have the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jianheng.kernel.law import UNITS, Enumeration, EnumerationEntry, LawBook, Parameter, Value
from jianheng.services.lawbook.files import Fields, overlaid, read_yaml, regions

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")


def load() -> LawBook:
    """The law book of every file, the operator's own in place of shipped ones of the same name.

    Refuses with ``LawFileError`` naming the file and the field of the first mistake.
    """
    folders = [("", ("national",)), *((region, ("provinces", region)) for region in regions())]
    return LawBook(
        [
            parameter
            for region, folder in folders
            for path in overlaid(*folder, "parameters")
            for parameter in parameters_of(path, region=region)
        ],
        [
            enumeration_of(path, region=region)
            for region, folder in folders
            for path in overlaid(*folder, "enumerations")
        ],
    )


def parameters_of(path: Path, *, region: str = "") -> Iterator[Parameter]:
    """The dated values of one parameter file."""
    fields = read_yaml(path).only("key", "title", "values")
    key, title = _key(fields), fields.text("title")
    for row in fields.each("values"):
        row.only("value", "unit", "from", "to", "instrument", "article", "verified", "note", "words")
        unit = row.text("unit")
        if unit not in UNITS:
            raise row.wrong("unit", f"应为 {'、'.join(UNITS)} 之一")
        since, until = row.day("from"), row.day_or_none("to")
        if until is not None and until < since:
            raise row.wrong("to", "早于施行日期")
        yield Parameter(
            key=key,
            title=title,
            value=_value(row, unit),
            unit=unit,
            in_force_from=since,
            in_force_to=until,
            instrument=row.text("instrument"),
            article=row.text("article", ""),
            verified=row.flag("verified"),
            region=region,
            note=row.text("note", ""),
            words=row.text("words") if unit == "RULE" else "",
        )


def enumeration_of(path: Path, *, region: str = "") -> Enumeration:
    """The list of one enumeration file."""
    fields = read_yaml(path).only("key", "title", "instrument", "entries")
    instrument = fields.text("instrument")
    entries: list[EnumerationEntry] = []
    for row in fields.each("entries"):
        row.only("code", "text", "instrument", "article", "verified", "note", "from", "to")
        code = row.text("code")
        if not _CODE.fullmatch(code):
            raise row.wrong("code", "应为大写字母、数字和下划线")
        if any(code == entry.code for entry in entries):
            raise row.wrong("code", f"{code} 重复出现")
        entries.append(
            EnumerationEntry(
                code=code,
                text=row.text("text"),
                instrument=row.text("instrument", instrument),
                article=row.text("article", ""),
                verified=row.flag("verified"),
                region=region,
                note=row.text("note", ""),
                in_force_from=row.day_or_none("from"),
                in_force_to=row.day_or_none("to"),
            )
        )
    return Enumeration(_key(fields), fields.text("title"), tuple(entries), region)


def _key(fields: Fields) -> str:
    key = fields.text("key")
    if not _KEY.fullmatch(key):
        raise fields.wrong("key", "应为小写字母、数字、下划线，以点分段")
    if key != fields.path.stem:
        raise fields.wrong("key", f"为 {key}，与文件名不符")
    return key


def _value(row: Fields, unit: str) -> Value:
    if unit == "FLAG":
        return row.flag("value")
    if unit == "RULE":
        return row.text("value")
    number = row.number("value")
    if number < 0:
        raise row.wrong("value", "不能是负数")
    return number

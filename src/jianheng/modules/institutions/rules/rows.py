"""Reading one row of a roster sheet (名册表): a record to register, or every reason why not.

Invariant: a row gives a whole record or none; every mistake of the row is told at once (一次告知).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from jianheng.kernel.casenumber import PROVINCES
from jianheng.kernel.categories import Categories
from jianheng.kernel.errors import Reason, Refusal
from jianheng.kernel.identifiers import check_licence_number, check_uscc
from jianheng.kernel.text import clean_line
from jianheng.modules.institutions.rules import names
from jianheng.modules.institutions.rules.scopes import describe, parse_scope
from jianheng.modules.institutions.terms import ScopeLine

# Column → the headings it goes by.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "机构名称"),
    "uscc": ("unified_social_credit_code", "uscc", "统一社会信用代码"),
    "region": ("city_code", "region", "行政区划代码"),
    "address": ("address", "地址"),
    "scope_text": ("scope_text", "业务范围"),
    "valid_from": ("valid_from", "有效期自"),
    "valid_to": ("valid_to", "有效期至"),
    "licence_number": ("licence_number", "许可证号"),
    "short_name": ("short_name", "机构简称"),
    "postcode": ("postcode", "邮政编码"),
    "contact": ("contact", "联系人"),
    "phone": ("phone", "联系电话"),
}
REQUIRED = ("name", "uscc", "region", "scope_text", "valid_from", "valid_to")
LENGTHS = {"name": 120, "address": 200, "short_name": 60, "postcode": 6, "contact": 60, "phone": 60}
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class InstitutionRecord:
    """One row understood: what to register. ``source_row`` is the row as received."""

    uscc: str
    region: str
    name: str
    name_received: str
    short_name: str
    address: str
    postcode: str
    contact: str
    phone: str
    licence_number: str
    scope_text: str
    lines: tuple[ScopeLine, ...]
    valid_from: date
    valid_to: date
    source_row: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class RowReading:
    """What came of one row. ``record`` is None exactly when there are ``reasons``.

    ``understood`` describes each category read, ``kept`` what was kept as text, ``warnings`` what is odd.
    """

    line: int
    name: str
    uscc: str
    record: InstitutionRecord | None
    understood: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


def read_row(
    row: Mapping[str, str], *, line: int, categories: Categories, synonyms: Mapping[str, Iterable[str]]
) -> RowReading:
    """Read one row, its cells named by column; nothing is written and nothing raised."""
    received = {name: text for name, text in row.items() if isinstance(text, str)}
    cells = {name: " ".join(text.split()) for name, text in received.items()}
    reasons = list(_faulty_cells(cells))
    uscc = check_uscc(cells.get("uscc", ""))
    reasons += uscc.reasons
    reasons += _faulty_region(cells.get("region", ""))
    valid_from, valid_to = (_day(cells, name, reasons) for name in ("valid_from", "valid_to"))
    if valid_from and valid_to and valid_to < valid_from:
        reasons.append(_wrong("valid_to", f"有效期截止日{valid_to}早于起始日{valid_from}。"))
    number = cells.get("licence_number", "")
    if number:
        reasons += [_wrong("licence_number", reason.text) for reason in check_licence_number(number).reasons]
    lines: tuple[ScopeLine, ...] = ()
    kept: tuple[str, ...] = ()
    try:
        reading = parse_scope(received.get("scope_text", ""), categories, synonyms)
        lines, kept = reading.lines, reading.kept
    except Refusal as unreadable:
        reasons += unreadable.reasons
    name = cells.get("name", "")
    told = RowReading(
        line=line,
        name=name,
        uscc=uscc.value,
        record=None,
        understood=tuple(describe(each, categories) for each in lines if each.category),
        kept=kept,
        reasons=tuple(reasons),
        warnings=uscc.warnings,
    )
    if reasons or valid_from is None or valid_to is None:
        return told
    record = InstitutionRecord(
        uscc=uscc.value,
        region=cells["region"],
        name=names.normalised(name),
        name_received=received["name"],
        short_name=cells.get("short_name", ""),
        address=cells.get("address", ""),
        postcode=cells.get("postcode", ""),
        contact=cells.get("contact", ""),
        phone=cells.get("phone", ""),
        licence_number=number,
        scope_text=received["scope_text"],
        lines=lines,
        valid_from=valid_from,
        valid_to=valid_to,
        source_row=received,
    )
    return RowReading(line, name, uscc.value, record, told.understood, kept, (), uscc.warnings)


def repeated(readings: Iterable[RowReading]) -> list[RowReading]:
    """The readings of a sheet, later rows about the same institution and licence refused."""
    seen: dict[tuple[str, date], int] = {}
    told = []
    for reading in readings:
        record = reading.record
        first = seen.setdefault((record.uscc, record.valid_from), reading.line) if record else reading.line
        if first != reading.line:
            reason = _wrong("uscc", f"与第{first}行是同一机构、同一起始日的许可证。")
            told.append(RowReading(reading.line, reading.name, reading.uscc, None, reasons=(reason,)))
        else:
            told.append(reading)
    return told


def _faulty_cells(cells: Mapping[str, str]) -> Iterable[Reason]:
    for column in REQUIRED:
        if column not in ("uscc", "region", "scope_text") and not cells.get(column):
            yield _wrong(column, f"缺少{COLUMNS[column][-1]}。")
    for column, text in cells.items():
        try:
            clean_line(text)
        except ValueError as unclean:
            yield _wrong(column, f"{COLUMNS.get(column, (column,))[-1]}{unclean}。")
        if len(text) > LENGTHS.get(column, 10_000):
            yield _wrong(column, f"{COLUMNS[column][-1]}超过{LENGTHS[column]}字。")


def _faulty_region(region: str) -> Iterable[Reason]:
    if not re.fullmatch(r"[0-9]{6}", region):
        yield _wrong("region", f"行政区划代码“{region[:12]}”应为六位数字。")
    elif region[:2] not in PROVINCES:
        yield _wrong("region", f"行政区划代码“{region}”不属于任何省份。")


def _day(cells: Mapping[str, str], column: str, reasons: list[Reason]) -> date | None:
    text = cells.get(column, "")
    if not text:
        return None  # told as missing
    found = _DAY.fullmatch(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    reasons.append(_wrong(column, f"{COLUMNS[column][-1]}“{text[:20]}”不是日期，应写作 2026-01-31。"))
    return None


def _wrong(column: str, text: str) -> Reason:
    return Reason(
        code=f"ROW_{column.upper()}", text=text, next_step="请改正该行后重新导入，其他行不受影响。", about=column
    )

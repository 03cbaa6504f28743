"""Importing a roster sheet: each row whole or not at all, the same sheet twice changes nothing.

A row is one licence of one institution. The first row about an institution registers it. A row with the
licence already known corrects what differs: the old statement is superseded, never overwritten. A row with a
later licence adds it, and a name or address that changed with it holds from its first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from jianheng.kernel import sheets
from jianheng.kernel.errors import Reason
from jianheng.modules.institutions import queries
from jianheng.modules.institutions.actions.record import record as log
from jianheng.modules.institutions.errors import RegisterConflictError
from jianheng.modules.institutions.models import Institution, Licence, Registration, ScopeItem
from jianheng.modules.institutions.rules import names
from jianheng.modules.institutions.rules.rows import (
    COLUMNS,
    REQUIRED,
    InstitutionRecord,
    RowReading,
    read_row,
    repeated,
)
from jianheng.services.lawbook import api as lawbook

OUTCOMES = {
    "CREATED": "新登记",
    "CHANGED": "已更新",
    "UNCHANGED": "无变化",
    "READABLE": "可以导入",
    "REFUSED": "未导入",
}


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row; ``outcome`` is a key of ``OUTCOMES``, ``entry`` the act's entry in the log or ""."""

    reading: RowReading
    outcome: str
    reasons: tuple[Reason, ...] = ()
    entry: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row for a program."""
        return {
            "line": self.reading.line,
            "name": self.reading.name,
            "uscc": self.reading.uscc,
            "outcome": self.outcome,
            "understood": list(self.reading.understood),
            "kept_as_text": list(self.reading.kept),
            "reasons": [reason.as_json() for reason in self.reasons],
            "warnings": [warning.as_json() for warning in self.reading.warnings],
            "entry": self.entry,
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a sheet, row by row."""

    source: str
    dry_run: bool
    rows: tuple[RowReport, ...]

    def count(self, outcome: str) -> int:
        """How many rows came out so."""
        return sum(row.outcome == outcome for row in self.rows)

    def as_text(self) -> Iterator[str]:
        """The report for a person: a line per row, what was understood and kept below it, the counts last."""
        for row in self.rows:
            yield f"第{row.reading.line}行 {OUTCOMES[row.outcome]} {row.reading.name}（{row.reading.uscc}）"
            yield from (f"    {reason.text}" for reason in row.reasons)
            yield from (f"    提示：{warning.text}" for warning in row.reading.warnings)
            yield from (f"    识别：{understood}" for understood in row.reading.understood)
            if row.reading.kept:
                yield f"    按原文保留：{'、'.join(row.reading.kept)}"
        counted = [f"{title}{self.count(name)}行" for name, title in OUTCOMES.items() if self.count(name)]
        yield "合计：" + ("，".join(counted) or "没有数据行") + "。"

    def as_json(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "counts": {outcome: self.count(outcome) for outcome in OUTCOMES},
            "rows": [row.as_json() for row in self.rows],
        }


def read_sheet(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a roster (CSV), each with its line number; refuses with ``SheetError`` what is no such table."""
    return sheets.rows(content, columns=COLUMNS, required=REQUIRED)


def import_institutions(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    source: str,
    now: datetime,
    dry_run: bool = False,
    is_demo: bool = False,
) -> ImportReport:
    """Register the institutions of a sheet; ``rows`` are (line, cells by column) as ``read_sheet`` gives them.

    ``source`` names the sheet and is kept with every statement. ``dry_run`` reads and checks only, and touches
    no database. A refused row is reported with every reason; the others are not affected.
    """
    categories, synonyms = lawbook.categories(), lawbook.scope_synonyms()
    readings = repeated(read_row(cells, line=line, categories=categories, synonyms=synonyms) for line, cells in rows)
    told = []
    for reading in readings:
        if reading.record is None:
            told.append(RowReport(reading, "REFUSED", reading.reasons))
        elif dry_run:
            told.append(RowReport(reading, "READABLE"))
        else:
            told.append(_register(reading, reading.record, source=source, now=now, is_demo=is_demo))
    return ImportReport(source, dry_run, tuple(told))


def _register(
    reading: RowReading, record: InstitutionRecord, *, source: str, now: datetime, is_demo: bool
) -> RowReport:
    try:
        with transaction.atomic():
            institution, created = Institution.objects.get_or_create(
                uscc=record.uscc, defaults={"region": record.region, "is_demo": is_demo}
            )
            Institution.objects.select_for_update().get(pk=institution.pk)
            changed = _state_registration(institution, record, source=source, now=now)
            changed |= _state_licence(institution, record, source=source, now=now)
            changed |= _state_region(institution, record)
            entry = log(institution, code="roster", now=now, source=source)
    except IntegrityError as conflict:
        return RowReport(reading, "REFUSED", _conflict(conflict).reasons)
    return RowReport(reading, "CREATED" if created else "CHANGED" if changed else "UNCHANGED", entry=entry)


def _conflict(refused: IntegrityError) -> RegisterConflictError:
    """What the database's constraint says, for a clerk; a constraint nobody expected is raised as it is."""
    constraint = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None)
    if constraint == "institutions_licence_one":
        return RegisterConflictError("许可证有效期与名册中该机构的另一许可证重叠。", about="valid_from")
    if constraint and constraint.endswith("_known"):
        return RegisterConflictError(
            "登载时间早于名册中该机构的上次登载，系统时钟可能被调回。", next_step="请校准系统时钟后重新导入。"
        )
    raise refused


def _state_region(institution: Institution, record: InstitutionRecord) -> bool:
    """Let the latest licence say where the institution belongs; whether that changed anything."""
    later = queries.known(Licence.objects.filter(institution=institution, valid_from__gt=record.valid_from))
    if institution.region == record.region or later.exists():
        return False
    Institution.objects.filter(pk=institution.pk).update(region=record.region)
    return True


def _state_registration(institution: Institution, record: InstitutionRecord, *, source: str, now: datetime) -> bool:
    """Make the register say what the row says of name and address; whether that changed anything."""
    said = {
        "region": record.region,
        "name": record.name,
        "name_received": record.name_received,
        "short_name": record.short_name,
        "sort_key": names.sort_key(record.name),
        "address": record.address,
        "postcode": record.postcode,
        "contact": record.contact,
        "phone": record.phone,
    }
    told = {**said, "institution": institution, "recorded_at": now, "source": source}
    told["source_row"] = dict(record.source_row)
    known = queries.known(Registration.objects.filter(institution=institution))
    held = queries.as_of(known, record.valid_from).first()
    if held is None:
        following = known.filter(valid_from__gt=record.valid_from).order_by("valid_from").first()
        until = following.valid_from - timedelta(days=1) if following else None
        Registration.objects.create(**told, valid_from=record.valid_from, valid_to=until)
        return True
    if all(getattr(held, name) == value for name, value in said.items()):
        return False
    _supersede(held, now=now)
    if held.valid_from < record.valid_from:  # it changed with this licence: the old name held until then
        kept = {name: getattr(held, name) for name in (*said, "source", "source_row")}
        Registration.objects.create(
            **kept,
            institution=institution,
            recorded_at=now,
            valid_from=held.valid_from,
            valid_to=record.valid_from - timedelta(days=1),
        )
    Registration.objects.create(**told, valid_from=record.valid_from, valid_to=held.valid_to)
    return True


def _state_licence(institution: Institution, record: InstitutionRecord, *, source: str, now: datetime) -> bool:
    """Make the register say what the row says of the licence; whether that changed anything."""
    said = {
        "region": record.region,
        "number": record.licence_number,
        "scope_text": record.scope_text,
        "valid_to": record.valid_to,
    }
    held = queries.known(Licence.objects.filter(institution=institution, valid_from=record.valid_from)).first()
    if held is not None:
        lines = tuple(queries.scope_line(row) for row in held.scope.order_by("position"))
        if lines == record.lines and all(getattr(held, name) == value for name, value in said.items()):
            return False
        _supersede(held, now=now)
    licence = Licence.objects.create(
        **said, institution=institution, valid_from=record.valid_from, recorded_at=now, source=source
    )
    ScopeItem.objects.bulk_create(
        ScopeItem(
            licence=licence,
            position=position,
            category=line.category,
            kind=line.kind,
            items=list(line.items),
            texts=list(line.texts),
            limit_text=line.limit_text,
        )
        for position, line in enumerate(record.lines)
    )
    return True


def _supersede(row: Registration | Licence, *, now: datetime) -> None:
    row.superseded_at = now
    row.save(update_fields=["superseded_at"])

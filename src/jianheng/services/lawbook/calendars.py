"""Yearly holiday notices as files: one year each, a line per day that differs from the plain week.

A YAML file has ``year``, ``source``, ``verified`` and ``days``, each with ``day``, ``kind`` (rest or work)
and ``note``; a CSV file has the columns ``day``, ``kind`` and ``note`` and tells its year by its days.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jianheng.kernel.calendar import WorkingCalendar, YearNotice
from jianheng.services.lawbook.errors import LawFileError
from jianheng.services.lawbook.files import Fields, overlaid, own_directory, read_text, read_yaml, save

FOLDER = ("national", "calendar")
KINDS = {"rest": "休息", "work": "上班"}


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A notice with what its days are called: ``notes`` holds the note of each day listed."""

    notice: YearNotice
    notes: Mapping[date, str]

    def as_yaml(self) -> str:
        """The file as it is kept, days in order; the same notice always gives the same text."""
        notice = self.notice
        lines = [
            f"year: {notice.year}",
            f"source: {_quoted(notice.source)}",
            f"verified: {'true' if notice.verified else 'false'}",
            "days:",
        ]
        for day in sorted(notice.rest_days | notice.work_days):
            kind = "work" if day in notice.work_days else "rest"
            note = self.notes.get(day, KINDS[kind])
            lines.append(f"  - {{day: {day.isoformat()}, kind: {kind}, note: {_quoted(note)}}}")
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML one


def read(path: Path, *, source: str = "", verified: bool | None = None) -> CalendarFile:
    """A yearly file, YAML or CSV by its name; ``source`` and ``verified`` win over what the file says.

    Refuses with ``LawFileError`` naming the field, or ``CalendarNoticeError`` naming the days that
    contradict the law or each other.
    """
    suffix = path.suffix.lower()
    if suffix not in (".yaml", ".yml", ".csv"):
        raise LawFileError(path, "", "应为 .yaml 或 .csv 文件")
    return _from_csv(path, source, verified) if suffix == ".csv" else _from_yaml(path, source, verified)


def _from_yaml(path: Path, source: str, verified: bool | None) -> CalendarFile:
    fields = read_yaml(path).only("year", "source", "verified", "days")
    rows = [row.only("day", "kind", "note") for row in fields.each("days")]
    return _notice(
        path,
        rows,
        year=fields.number("year"),
        source=source or fields.text("source"),
        verified=fields.flag("verified", False) if verified is None else verified,
    )


def _from_csv(path: Path, source: str, verified: bool | None) -> CalendarFile:
    reader = csv.DictReader(io.StringIO(read_text(path)))
    try:
        table = [(reader.line_num, row) for row in reader]
    except csv.Error as bad:
        raise LawFileError(path, f"第{reader.line_num}行", f"不是有效的 CSV：{bad}") from bad
    if not {"day", "kind"} <= set(reader.fieldnames or ()):
        raise LawFileError(path, "", "第一行应为列名 day,kind,note")
    rows = []
    for line, row in table:
        members = {name: text.strip() for name, text in row.items() if name and text and text.strip()}
        place = f"第{line}行 "
        try:
            rows.append(Fields(path, place, members | {"day": date.fromisoformat(members.get("day", ""))}))
        except ValueError as bad:
            raise LawFileError(path, f"{place}day", "应为 2026-01-01 形式的日期") from bad
    if not rows:
        raise LawFileError(path, "", "没有任何日期")
    return _notice(
        path,
        rows,
        year=rows[0].day("day").year,
        source=source or f"管理员导入：{path.name}",
        verified=bool(verified),
    )


def _notice(path: Path, rows: Iterable[Fields], *, year: int, source: str, verified: bool) -> CalendarFile:
    days: dict[str, set[date]] = {"rest": set(), "work": set()}
    notes: dict[date, str] = {}
    for row in rows:
        day, kind = row.day("day"), row.text("kind")
        if kind not in KINDS:
            raise row.wrong("kind", "应为 rest（休息）或 work（上班）")
        if day in notes:
            raise row.wrong("day", f"{day.isoformat()} 重复出现")
        days[kind].add(day)
        notes[day] = row.text("note", KINDS[kind])
    if not 1950 <= year <= 9998:
        raise LawFileError(path, "year", "应为四位年份")
    notice = YearNotice(year, frozenset(days["rest"]), frozenset(days["work"]), source, verified)
    return CalendarFile(notice, notes)


def load() -> WorkingCalendar:
    """The calendar of every yearly file, the operator's own in place of the shipped ones."""
    notices = []
    for path in overlaid(*FOLDER):
        notices.append(read(path).notice)
        if path.stem != str(notices[-1].year):
            raise LawFileError(path, "year", f"为{notices[-1].year}，与文件名不符")
    return WorkingCalendar(notices)


def find(year: int) -> CalendarFile | None:
    """The file for ``year`` that is in use, or None."""
    paths = [path for path in overlaid(*FOLDER) if path.stem == str(year)]
    return read(paths[0]) if paths else None


def adopt(file: CalendarFile) -> Path:
    """Save ``file`` in the operator's own law directory, where it is in use at once; its path."""
    path = own_directory().joinpath(*FOLDER, f"{file.notice.year}.yaml")
    save(path, file.as_yaml())
    return path

"""Writes an export: the rows as the log's export gives them, then what can be told from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from jianheng.config.openexport import ocel, schemas, xes
from jianheng.config.openexport.events import Read
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

TITLES = {
    "entries": "账本记录",
    "leaves": "账本叶",
    "tiles": "账本瓦片",
    "checkpoints": "检查点",
    "pending": "待封账记录",
    "changes": "变动",
    "state": "受账本约束的行",
    "acts": "办理行为",
    "documents": "文书",
    "register": "名册登记行为",
    "matters": "事项",
    "items": "待办",
    "terms": "期限",
    "case_file": "卷宗目录",
    "organisations": "单位",
}
OCEL, XES = "events.ocel.json", "events.xes"


def everything(directory: Path) -> dict[str, int]:
    """All there is, into ``directory``; returns rows by name and ``events``. ``jianheng verify`` judges it."""
    return _told(directory, ledger.export_everything(directory))


def matter(matter_id: int, directory: Path) -> dict[str, int]:
    """One case: the matter, those it belongs together with, and a receipt of everything the log says of them."""
    root = procedures.matter_row(matter_id, people.PLATFORM).root_id or matter_id
    family = {root, *(row.pk for row in procedures.family(root, people.PLATFORM))}
    counts = ledger.export_matters(directory, family)
    return _told(directory, counts | {"receipts": _receipts(directory)})


def _told(directory: Path, counts: dict[str, int]) -> dict[str, int]:
    read = Read(directory, _title)
    for name in counts:
        if (directory / f"{name}.jsonl").exists():
            _describe(read, name)
    events = ocel.write(read, directory / OCEL)
    xes.write(read, directory / XES)
    return counts | {"events": events}


def _title(procedure: str, version: int, act: str) -> str:
    declared = procedures.procedure(procedure, version).act.get(act)
    return declared.title if declared else act


def _describe(read: Read, name: str) -> None:
    shape = schemas.Shape()
    for row in read.lines(name):
        shape.see(row)
    schema = schemas.of_lines(name, TITLES.get(name, name), shape)
    _write(read.directory / f"{name}.schema.json", schema)


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _receipts(directory: Path) -> int:
    """A receipt with its opening for every act and paper, so that the content too can be checked against the log."""
    (directory / "receipts").mkdir()
    read: Callable[[str], Any] = Read(directory, _title).lines
    count = 0
    for name in ("acts", "documents"):
        for row in read(name):
            receipt = ledger.receipt(UUID(row["entry"]))
            if receipt is None:
                continue
            if row["row"]:
                receipt |= {"opening": {"salt": row["salt"], "row": row["row"]}}
            _write(directory / "receipts" / f"{row['entry']}.json", receipt)
            count += 1
    return count

"""Sheets that people keep by hand: CSV with a first row of column names, in either language.

Pure: from bytes to (line, cells by column). UTF-8, or GB 18030 as older spreadsheets write it; RFC 4180.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jianheng.kernel.errors import Reason, Refusal
from jianheng.kernel.text import clean_line

SIZE_CEILING = 20_000_000  # bytes


class SheetError(Refusal):
    """导入文件不是可以识别的表格。"""

    code = "SHEET_UNREADABLE"
    next_step = "请提供 CSV 文件，第一行为列名，列名见导入说明。"


class UncleanCellError(Refusal):
    """表格中有不能使用的字符。"""

    code = "SHEET_CELL"
    next_step = "请删除该字符后重新导入这一行；其他行不受影响。"


def tidied(cells: Mapping[str, str], *, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The cells of a row with single spaces; refuses one with something unseen: names that look alike are one name."""
    tidy: dict[str, str] = {}
    for column, text in cells.items():
        try:
            tidy[column] = clean_line(" ".join(text.split()))
        except ValueError as unclean:
            raise UncleanCellError(f"{columns[column][-1]}{unclean}。", about=column) from unclean
    return tidy


def headings(
    given: Iterable[str], *, columns: Mapping[str, tuple[str, ...]], required: Collection[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Which heading of a sheet holds which column, and which required columns it lacks.

    ``columns`` gives each column's accepted headings, the preferred one first.
    """
    found = {name.strip(): name for name in given if name}
    chosen = {
        column: found[heading]
        for column, accepted in columns.items()
        for heading in reversed(accepted)
        if heading in found
    }
    return chosen, tuple(column for column in columns if column in required and column not in chosen)


def rows(
    content: bytes, *, columns: Mapping[str, tuple[str, ...]], required: Collection[str]
) -> list[tuple[int, dict[str, str]]]:
    """The rows of a sheet with their line numbers; refuses with :class:`SheetError` what is no such table."""
    if len(content) > SIZE_CEILING:
        raise SheetError(f"文件超过{SIZE_CEILING // 1_000_000}兆字节。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(_rows(content.decode(encoding), columns, required))
        except UnicodeDecodeError:
            continue
    raise SheetError("文件既不是 UTF-8 也不是 GB 18030 编码的文本。")


def _rows(
    text: str, columns: Mapping[str, tuple[str, ...]], required: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        chosen, missing = headings(reader.fieldnames or (), columns=columns, required=required)
        if missing:
            raise SheetError(
                "缺少列：" + "、".join(f"{columns[name][0]}（{columns[name][-1]}）" for name in missing) + "。"
            )
        for row in reader:
            yield reader.line_num, {column: row[heading] or "" for column, heading in chosen.items()}
    except csv.Error as bad:
        raise SheetError(f"第{reader.line_num}行不是有效的 CSV：{bad}。") from bad


OUTCOMES = {"ADDED": "新登记", "CHANGED": "已更新", "UNCHANGED": "无变化", "REFUSED": "未导入"}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one row; ``outcome`` is a key of ``OUTCOMES``, ``reasons`` say why it was refused."""

    line: int
    name: str
    outcome: str
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The row for a program."""
        reasons = [reason.as_json() for reason in self.reasons]
        return {"line": self.line, "name": self.name, "outcome": self.outcome, "reasons": reasons}


def report(told: Iterable[Told]) -> Iterator[str]:
    """What became of a sheet, for a person: a line per row, the counts last."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in told:
        counts[row.outcome] += 1
        yield f"第{row.line}行 {OUTCOMES[row.outcome]} {row.name}"
        yield from (f"    {reason.text}" for reason in row.reasons)
    yield "合计：" + ("，".join(f"{OUTCOMES[name]}{n}行" for name, n in counts.items() if n) or "没有数据行") + "。"

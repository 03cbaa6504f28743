"""Sheets as clerks keep them: two languages, two encodings, and what is no sheet at all."""

from __future__ import annotations

import pytest

from jianheng.kernel import sheets

COLUMNS = {"name": ("name", "名称"), "region": ("region", "行政区划代码"), "note": ("note", "备注")}
REQUIRED = ("name", "region")


def read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of ``content``."""
    return sheets.rows(content, columns=COLUMNS, required=REQUIRED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("heading", ["name,region,note", " 名称 ,行政区划代码,备注", "region,name,别的,note"])
def test_a_sheet_is_read_in_either_language_and_encoding(heading: str, encoding: str) -> None:
    cells = {"name": "甲院", "名称": "甲院", "region": "220000", "行政区划代码": "220000", "note": "", "备注": ""}
    line = ",".join(cells.get(word.strip(), "不管") for word in heading.split(","))

    assert read(f"{heading}\n{line}\n".encode(encoding)) == [(2, {"name": "甲院", "region": "220000", "note": ""})]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "缺少列：name（名称）、region（行政区划代码）。"),
        ("名称\n甲院\n".encode(), "缺少列：region（行政区划代码）。"),
        (b"\xff\xfe\x00\x01", "文件既不是 UTF-8 也不是 GB 18030 编码的文本。"),
        (
            b"name,region\n" + b"x" * 200_000 + b",1\n",
            "第1行不是有效的 CSV：field larger than field limit (131072)。",
        ),
        (b"x" * (sheets.SIZE_CEILING + 1), "文件超过20兆字节。"),
    ],
    ids=["empty", "column missing", "not text", "a cell without end", "too large"],
)
def test_what_is_no_such_table_is_refused_in_words(content: bytes, told: str) -> None:
    with pytest.raises(sheets.SheetError) as refused:
        read(content)

    assert refused.value.text == told
    assert refused.value.next_step


def test_a_short_row_has_empty_cells_rather_than_none() -> None:
    assert read("名称,行政区划代码,备注\n甲院,220000\n".encode()) == [
        (2, {"name": "甲院", "region": "220000", "note": ""})
    ]

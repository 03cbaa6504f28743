"""``jianheng import institutions`` reports row by row, and a dry run needs no database."""

import json
from pathlib import Path

import pytest

from jianheng.config import cli

ROSTER = Path(__file__).parents[3] / "modules" / "institutions" / "data" / "guizhou.csv"


def test_a_dry_run_tells_what_was_understood_and_what_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "institutions", str(ROSTER), "--dry-run"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "第2行 可以导入 贵州省司法警察医院法医学司法鉴定所（11520000429202190H）"
    assert lines[1] == "    识别：法医临床鉴定（FM02）"
    assert (
        "    识别：土壤与地下水环境损害鉴定（ED04）除外：地下水污染致植物损害鉴定（ED0405）、地下水污染致动物损害鉴定（ED0407）"
        in lines
    )
    assert any(line.startswith("    按原文保留：金属及其合金、矿物、化肥") for line in lines)
    assert lines[-1] == "合计：可以导入7行。"


def test_a_dry_run_as_json_names_the_reason_of_each_refused_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "roster.csv"
    sheet.write_bytes(
        ROSTER.read_text(encoding="utf-8").replace("34520000MD8010008M", "34520000MD8010008N").encode("gb18030")
    )

    assert cli.main(["import", "institutions", str(sheet), "--dry-run", "--json"]) == 1

    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"CREATED": 0, "CHANGED": 0, "UNCHANGED": 0, "READABLE": 6, "REFUSED": 1}
    assert [reason["code"] for row in told["rows"] for reason in row["reasons"]] == ["USCC_CHECK_DIGIT"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "name"),
        (b"name,uscc\nx,y\n", "city_code"),
        (b"\xff\xfe\x00\x01", "GB 18030"),
        (b'name,"uscc\n', "city_code"),
    ],
)
def test_what_is_no_roster_is_refused_saying_why(
    tmp_path: Path, content: bytes, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "roster.csv"
    sheet.write_bytes(content)

    assert cli.main(["import", "institutions", str(sheet), "--dry-run"]) == 1

    assert problem in capsys.readouterr().err


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "institutions", str(tmp_path / "none.csv"), "--dry-run"]) == 1

    assert "none.csv" in capsys.readouterr().err


@pytest.mark.django_db
def test_an_import_registers_and_a_second_one_finds_nothing_to_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "institutions", str(ROSTER)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "合计：新登记7行。"

    assert cli.main(["import", "institutions", str(ROSTER)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "合计：无变化7行。"

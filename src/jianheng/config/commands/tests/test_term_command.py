"""``jianheng term`` answers with the due day and how it was counted."""

import json
from typing import Any

import pytest

from jianheng.config import cli

START = ["term", "--start", "2026-02-10", "--length", "7", "--unit", "WD"]


def answer(capsys: pytest.CaptureFixture[str], *more: str, start: list[str] = START) -> dict[str, Any]:
    assert cli.main([*start, *more, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_the_due_day_over_spring_festival_is_explained_run_by_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(START) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "自2026年2月10日起算，当日不计入；期限7个工作日。"
    assert lines[2] == "2026年2月14日：调休上班日，计1日，累计4日。"
    assert lines[-1] == "2026年2月26日届满。"


def test_json_gives_the_due_day_and_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys)

    assert (told["due"], told["unit"], told["total"]) == ("2026-02-26", "WD", 7)
    assert [step["reached"] for step in told["counted"]] == [3, 4, 4, 7]
    assert told["explanation"][-1] == "2026年2月26日届满。"


@pytest.mark.parametrize(
    ("more", "due"),
    [
        (["--pause", "2026-02-12..2026-02-25"], "2026-03-04"),
        (["--pause", "2026-02-12..2026-02-12", "--pause", "2026-02-24..2026-02-24"], "2026-02-28"),
        (["--extend", "2", "--extend", "1"], "2026-03-02"),
        (["--start-counts"], "2026-02-25"),
        (["--unit", "CD"], "2026-02-24"),
        (["--pause", "2026-02-12..2026-02-25:LOCAL_SUSPENSION", "--region", "440000"], "2026-03-04"),
    ],
)
def test_pauses_extensions_and_units_move_the_due_day(
    more: list[str], due: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, *more)["due"] == due


def test_a_running_pause_leaves_the_due_day_open(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "--pause", "2026-02-12..")

    assert (told["due"], told["paused_since"]) == (None, "2026-02-12")


def test_a_province_is_told_with_its_own_rules(capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "--region", "440000")

    assert [rule["value"] for rule in told["local_rules"]] == ["entrustment_and_material", True]
    assert told["local_rules"][0]["law"] == ["广东省司法鉴定管理条例 第二十七条"]
    assert answer(capsys, "--region", "220000")["local_rules"] == []


def test_a_suspension_the_nation_does_not_know_is_refused_with_the_article(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([*START, "--pause", "2026-02-12..2026-02-25:LOCAL_SUSPENSION"]) == 1

    assert "司法鉴定程序通则" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [True, False])
def test_a_year_without_calendar_exits_with_1_naming_the_year_and_the_way_out(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    late = ["term", "--start", "2026-12-28", "--length", "7", "--unit", "WD", *(["--json"] if as_json else [])]

    assert cli.main(late) == 1

    captured = capsys.readouterr()
    if as_json:
        (refused,) = json.loads(captured.out)["refused"]
        assert (refused["code"], refused["data"]) == ("CALENDAR_YEAR_MISSING", {"year": 2027})
    else:
        assert "2027年" in captured.err and "jianheng calendar import" in captured.err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--start", "2026-02-30"],
        ["--start", "明天"],
        ["--unit", "MONTH"],
        ["--length", "七"],
        ["--pause", "2026-02-12"],
        ["--pause", "2026-02-12..x"],
        ["--region", "广东"],
        ["--region", "44"],
    ],
)
def test_misuse_exits_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([*START, *wrong])

    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "wrong", [["--length", "0"], ["--length", "-3"], ["--extend", "0"], ["--pause", "2026-02-25..2026-02-12"]]
)
def test_a_term_that_makes_no_sense_exits_with_1(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*START, *wrong]) == 1

    assert "TERM_INVALID" in capsys.readouterr().err

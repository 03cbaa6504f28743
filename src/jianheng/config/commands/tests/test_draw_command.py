"""``jianheng draw`` computes the order of RFC 3797 and judges draw files."""

import json
from pathlib import Path

import pytest
from tests.attacks import sealed

from jianheng.config import cli
from jianheng.kernel import draw, rfc3797

KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"


@pytest.fixture
def log() -> sealed.Log:
    return sealed.Log()


@pytest.fixture
def file(log: sealed.Log, tmp_path: Path) -> Path:
    return sealed.written(tmp_path / "draw.json", sealed.passed(log, sealed.drawn(log, "20260302", "", "当场写入")))


def test_the_order_of_the_worked_example_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "order", "--digest", "md5", "--key", KEY, "--size", "25", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["digest"], told["key"], told["size"]) == ("md5", KEY, 25)
    assert told["order"][:10] == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13]
    assert sorted(told["order"]) == list(range(1, 26))


def test_the_order_is_printed_step_by_step_as_the_rfc_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "order", "--digest", "md5", "--key", KEY, "--size", "25"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "   1  990DD0A5692A029A98B5E01AA28F3459  25 → 17"
    assert lines[10] == "  10  31CB111C4A4EBE9287CEAE16FE51B909  16 → 13"
    assert len(lines) == 26


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_other_digests_give_another_order(capsys: pytest.CaptureFixture[str], digest: str) -> None:
    assert cli.main(["draw", "order", "--digest", digest, "--key", KEY, "--size", "25", "--json"]) == 0

    assert tuple(json.loads(capsys.readouterr().out)["order"]) == rfc3797.order(KEY, 25, digest)


@pytest.mark.parametrize("size", ["-1", "65537"])
def test_a_list_that_cannot_be_drawn_from_is_refused(capsys: pytest.CaptureFixture[str], size: str) -> None:
    assert cli.main(["draw", "order", "--digest", "sha256", "--key", KEY, "--size", size]) == 1

    assert "DRAW_INPUT" in capsys.readouterr().err


def test_an_honest_file_is_accepted_with_its_turns(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "verify", str(file)]) == 0

    said = capsys.readouterr().out
    assert "未承接：机构不予受理" in said
    assert "均与重算结果一致" in said


def test_an_honest_file_tells_its_order_and_whose_turn_it_is(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = json.loads(file.read_text())

    assert cli.main(["draw", "verify", str(file), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["problems"], told["order"]) == (True, [], made["order"])
    assert told["holder"]["uscc"] == made["order"][1]


def test_a_draw_without_result_says_so_and_a_pulse_says_who_is_due(
    log: sealed.Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = sealed.waiting(log, "x")
    path = sealed.written(tmp_path / "draw.json", made)
    leaf = draw.leaf_of(made)
    assert leaf is not None

    assert cli.main(["draw", "verify", str(path)]) == 0
    assert "已经公布，没有结果。" in capsys.readouterr().out
    assert cli.main(["draw", "verify", str(path), "--pulse", sealed.PULSE.line(), "--json"]) == 0
    due = json.loads(capsys.readouterr().out)["due"]
    order = draw.conclude(made, leaf, sealed.PULSE)["order"]
    names = {one["uscc"]: one["name"] for one in made["announcement"]["candidates"]}
    assert due == [names[uscc] for uscc in order]


def test_an_edited_file_is_refused_with_every_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = json.loads(file.read_text())
    made["announcement"]["candidates"][0]["weight"] = 77
    made["order"].reverse()
    file.write_text(json.dumps(made))

    assert cli.main(["draw", "verify", str(file)]) == 1
    assert "不成立 [WEIGHT_DIFFERS] announcement.candidates[0].weight：" in capsys.readouterr().out

    assert cli.main(["draw", "verify", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert {problem["code"] for problem in told["problems"]} >= {"WEIGHT_DIFFERS", "LOG_DIFFERS", "ORDER_DIFFERS"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format":"jianheng-draw/1","format":"x"}'])
def test_what_is_no_draw_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    (tmp_path / "file").write_text(content)

    assert cli.main(["draw", "verify", str(tmp_path / "file"), "--json"]) == 1

    assert {problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]} == {"DRAW_FORMAT"}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["draw", "verify", str(tmp_path / "absent")]) == 1

    assert "无法读取文件" in capsys.readouterr().err


def test_verify_takes_a_draw_file_too(log: sealed.Log, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["verify", str(file), "--key", str(log.key)]

    assert cli.main([*asked, "--beacon", sealed.CHAIN.hash]) == 0
    assert "摇号 1" in capsys.readouterr().out
    assert cli.main(asked) == 1
    assert "BEACON_UNKNOWN" in capsys.readouterr().out

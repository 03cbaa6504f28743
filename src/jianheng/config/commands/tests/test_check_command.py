"""``jianheng check`` says whether a number can be right, and why not."""

import json

import pytest

from jianheng.config import cli


@pytest.mark.parametrize(
    ("kind", "value", "status"),
    [
        ("uscc", "34520000MD8010008M", 0),
        ("uscc", "91350100M000100Y44", 1),
        ("ric", "11010519491231002X", 0),
        ("ric", "110105194902310026", 1),
        ("case-number", "（2025）吉01民初123号", 0),
        ("case-number", "（2025）吉0102民初0123号", 1),
        ("case-number", "", 1),
    ],
)
def test_the_exit_status_is_the_verdict(
    kind: str, value: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", kind, value]) == status
    assert ("无效" in capsys.readouterr().out) is bool(status)
    assert cli.main(["check", kind, value, "--json"]) == status

    told = json.loads(capsys.readouterr().out)
    assert told["valid"] is not bool(status)
    assert bool(told["reasons"]) is bool(status)


def test_the_parts_of_a_case_number_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["check", "case-number", "(2025)粤73知民初5号", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["value"] == "（2025）粤73知民初5号"
    assert told["parts"] == {
        "year": "2025",
        "court": "粤73",
        "level": "中级人民法院",
        "special_court": "知识产权",
        "division": "",
        "special": "知",
        "type": "民初",
        "type_name": "民事一审",
        "number": "5",
        "suffix": "",
    }


def test_a_refused_number_is_told_with_its_standard(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["check", "uscc", "9I350100M000100Y43"])

    assert "GB 32100-2015" in capsys.readouterr().out


def test_an_unknown_kind_is_misuse() -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["check", "passport", "E12345678"])

    assert stopped.value.code == 2

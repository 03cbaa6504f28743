"""``jianheng calendar`` shows, imports and fills the working-day calendar."""

import json
from pathlib import Path

import pytest
from django.db import OperationalError

from jianheng.config import cli
from jianheng.services.lawbook import files
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
NEXT = "day,kind,note\n2027-01-01,rest,元旦\n2027-05-03,rest,\n2027-10-01,rest,国庆节\n"


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JIANHENG_LAW_DIR", str(tmp_path / "law"))
    return tmp_path / "law"


def test_a_year_is_shown_day_by_day_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calendar", "show", "2026"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026年 共248个工作日"
    assert lines[1].startswith("来源：国务院办公厅关于2026年部分节假日安排的通知")
    assert "  2026-02-14 周六 上班 春节" in lines
    assert len(lines) == 2 + 33 + 6


def test_a_year_is_shown_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calendar", "show", "2026", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["year"], told["working_days"], told["verified"]) == (2026, 248, True)
    assert {"day": "2026-10-10", "kind": "work", "note": "国庆节"} in told["days"]


def test_without_a_year_the_years_known_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calendar", "show", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"years": list(range(2018, 2027))}


def test_a_year_without_notice_exits_with_1_and_says_how_to_import_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calendar", "show", "2027"]) == 1

    assert "jianheng calendar import" in capsys.readouterr().err


def test_an_imported_year_is_shown_from_then_on(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "next.csv"
    file.write_text(NEXT, encoding="utf-8")

    assert cli.main(["calendar", "import", str(file), "--source", "国办发明电〔2026〕9号", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told == {"year": 2027, "file": str(own / "national/calendar/2027.yaml"), "replaced": False, "recounted": 0}
    assert cli.main(["calendar", "show", "2027"]) == 0
    assert "国办发明电〔2026〕9号（待核）" in capsys.readouterr().out


def test_without_a_database_the_year_is_imported_all_the_same_and_the_rest_is_said_to_follow(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_running() -> int:
        raise OperationalError("connection refused")

    monkeypatch.setattr(procedures, "recount_terms", not_running)
    file = tmp_path / "next.csv"
    file.write_text(NEXT, encoding="utf-8")

    assert cli.main(["calendar", "import", str(file)]) == 0

    assert "平台下次启动时重新推算" in capsys.readouterr().out
    assert (own / "national/calendar/2027.yaml").exists()


def test_an_invalid_file_exits_with_1_and_changes_nothing(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "next.csv"
    file.write_text(NEXT.replace("2027-10-01,rest", "2027-10-01,work"), encoding="utf-8")

    assert cli.main(["calendar", "import", str(file)]) == 1

    assert "2027-10-01" in capsys.readouterr().err
    assert not own.exists()


def test_the_shipped_years_are_what_the_library_says_today(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["calendar", "fill", "--years", "2018..2026", "--to", str(tmp_path)]) == 0

    for year in range(2018, 2027):
        filled = (tmp_path / f"{year}.yaml").read_text(encoding="utf-8").splitlines()
        shipped = (files.SHIPPED / "national" / "calendar" / f"{year}.yaml").read_text(encoding="utf-8").splitlines()
        assert filled[3:] == shipped[3:]  # the first lines are year, source and verification


def test_filling_keeps_a_verification_only_while_the_days_stay_the_same(tmp_path: Path) -> None:
    path = tmp_path / "2026.yaml"
    shipped = (files.SHIPPED / "national" / "calendar" / "2026.yaml").read_text(encoding="utf-8")

    path.write_text(shipped, encoding="utf-8")
    cli.main(["calendar", "fill", "--years", "2026", "--to", str(tmp_path)])
    assert path.read_text(encoding="utf-8") == shipped

    path.write_text(shipped.replace('  - {day: 2026-01-02, kind: rest, note: "元旦"}\n', ""), encoding="utf-8")
    cli.main(["calendar", "fill", "--years", "2026", "--to", str(tmp_path)])
    assert path.read_text(encoding="utf-8") == shipped.replace("verified: true", "verified: false")


def test_a_year_the_library_does_not_know_is_refused(tmp_path: Path) -> None:
    assert cli.main(["calendar", "fill", "--years", "2027", "--to", str(tmp_path)]) == 1

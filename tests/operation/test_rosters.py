"""The first day of an operator: bodies, people, the register of institutions and appraisers, from sheets alone."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from jianheng.config import cli
from jianheng.modules.institutions import api as institutions
from jianheng.services.people import api as people

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2] / "docs" / "how-to" / "samples"  # what operators are given to begin with
BODIES = (SAMPLES / "bodies.csv").read_text(encoding="utf-8")
INSTITUTIONS = (SAMPLES / "institutions.csv").read_text(encoding="utf-8")
PEOPLE = (SAMPLES / "people.csv").read_text(encoding="utf-8")
APPRAISERS = (SAMPLES / "appraisers.csv").read_text(encoding="utf-8")


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., int]:
    """``sheet("bodies", text)``: run ``jianheng import`` on a sheet; its exit status."""

    def run(kind: str, text: str, passwords: str = "passwords.csv") -> int:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        more = ["--passwords", str(tmp_path / passwords)] if kind == "people" else []
        return cli.main(["import", kind, str(path), *more])

    return run


@pytest.fixture
def today() -> date:
    """The day of the import."""
    return timezone.localdate()


@pytest.fixture
def first_day(sheet: Callable[..., int]) -> None:
    """Everything imported in the order the how-to gives."""
    for kind, text in (
        ("institutions", INSTITUTIONS),
        ("bodies", BODIES),
        ("people", PEOPLE),
        ("appraisers", APPRAISERS),
    ):
        assert sheet(kind, text) == 0


def first_passwords(path: Path) -> dict[str, str]:
    """The passwords to hand over, by login."""
    with path.open(encoding="utf-8") as file:
        return {row["登录名"]: row["首次口令"] for row in csv.DictReader(file)}


def test_after_four_sheets_the_court_can_ask_and_the_institution_can_be_drawn(first_day: None, today: date) -> None:
    judge = people.actor_of_login("new-judge", today=today)
    assert judge is not None
    assert {post.role for post in judge.posts} == {"judge", "leader"}
    registered = institutions.find("34220100MD0012AB25")
    assert registered.organisation_id is not None
    (only,) = institutions.appraisers_of(registered.id, "FM02", on=today)
    assert (only.name, only.is_senior) == ("示例新鉴定人", True)
    assert only.person_id == people.account_of_login("new-appraiser").person_id


def test_the_same_sheets_twice_change_nothing_and_issue_no_password(
    first_day: None, sheet: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    for kind, text in (("bodies", BODIES), ("people", PEOPLE), ("appraisers", APPRAISERS)):
        assert sheet(kind, text, passwords="again.csv") == 0

    assert "新登记" not in capsys.readouterr().out
    assert first_passwords(tmp_path / "again.csv") == {}


def test_first_passwords_are_kept_for_the_operator_alone_and_never_overwritten(
    first_day: None, sheet: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "passwords.csv"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = kept.read_text(encoding="utf-8")
    assert set(first_passwords(kept)) == {"new-judge", "new-appraiser"}

    assert sheet("people", PEOPLE) == 1

    assert "请用 --passwords 另取一个文件名" in capsys.readouterr().err
    assert kept.read_text(encoding="utf-8") == before


def test_whoever_was_handed_a_password_must_choose_another_before_anything_else(
    first_day: None, client: Client, tmp_path: Path
) -> None:
    handed = first_passwords(tmp_path / "passwords.csv")["new-judge"]
    client.post("/accounts/login/", {"login": "new-judge", "password": handed})
    assert client.get("/desk/").headers["Location"] == "/accounts/password/change/"

    chosen = "另取的足够长的口令-2026"
    changed = client.post(
        "/accounts/password/change/", {"oldpassword": handed, "password1": chosen, "password2": chosen}
    )

    assert changed.status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_lost_password_is_issued_anew_and_the_old_sessions_end(
    first_day: None, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handed = first_passwords(tmp_path / "passwords.csv")["new-judge"]
    client.post("/accounts/login/", {"login": "new-judge", "password": handed})
    capsys.readouterr()

    assert cli.main(["account", "reset", "new-judge"]) == 0
    assert "/accounts/login/" in client.get("/desk/").headers["Location"]
    again = capsys.readouterr().out.strip()

    assert client.post("/accounts/login/", {"login": "new-judge", "password": again}).status_code == 302
    assert again != handed


def test_who_leaves_keeps_neither_session_nor_token_nor_post(
    first_day: None, client: Client, tmp_path: Path, today: date
) -> None:
    handed = first_passwords(tmp_path / "passwords.csv")["new-judge"]
    client.post("/accounts/login/", {"login": "new-judge", "password": handed})
    judge = people.actor_of_login("new-judge", today=today)
    assert judge is not None
    token = people.issue_token(
        organisation_id=judge.organisation_ids[0], person_id=judge.person_id, label="案件系统", now=timezone.now()
    )

    assert cli.main(["account", "close", "new-judge"]) == 0

    assert "/accounts/login/" in client.get("/desk/").headers["Location"]
    assert people.actor_of_token(token, now=timezone.now(), today=today) is None
    again = client.post("/accounts/login/", {"login": "new-judge", "password": handed})
    assert (again.status_code, "该账号已经停用" in again.content.decode()) == (403, True)


def test_who_comes_back_gets_a_first_password_and_no_post_until_the_roster_says_so(
    first_day: None, sheet: Callable[..., int], today: date
) -> None:
    assert cli.main(["account", "close", "new-judge"]) == 0
    assert cli.main(["account", "reset", "new-judge"]) == 0

    back = people.actor_of_login("new-judge", today=today + timedelta(days=1))

    assert (people.account_of_login("new-judge").is_active, back and back.posts) == (True, ())


@pytest.mark.parametrize(
    ("kind", "row", "told"),
    [
        ("bodies", "人民检察院,某院,220100,,,", "没有“人民检察院”这一项"),
        ("bodies", "人民法院,某院,2201,,,", "行政区划代码应为6位数字"),
        ("bodies", "人民法院,某院,220100,,,没有的上级", "上级单位“没有的上级”还没有登记"),
        ("bodies", "司法鉴定机构,某中心,220100,,91350211M000100Y43,", "名册中没有这家机构"),
        ("people", "没有的单位,某人,someone,承办法官,,,", "单位“没有的单位”还没有登记"),
        ("people", "示例新市示例区人民法院,某人,someone,鉴定人,,,", "人民法院没有岗位鉴定人"),
        ("people", "示例新市示例区人民法院,某人,Some One,承办法官,,,", "登录名应为"),
        ("people", "示例新市示例区人民法院,别人,new-judge,承办法官,,,", "登录名“new-judge”已由他人使用"),
        ("people", "示例新市示例区人民法院,某人,someone,承办法官,,明天,", "“明天”不是日期"),
        ("appraisers", "34220100MD0012AB25,123,某人,法医临床司法鉴定,2024-01-01,2028-12-31,,,", "执业证"),
        ("appraisers", "34220100MD0012AB25,220100001002,某人,星相鉴定,2024-01-01,2028-12-31,,,", "星相鉴定"),
        (
            "appraisers",
            "34220100MD0012AB25,220100001002,某人,法医临床司法鉴定,2024-01-01,2028-12-31,,,nobody",
            "没有登录名“nobody”",
        ),
    ],
)
def test_a_wrong_row_is_refused_in_words_and_leaves_nothing(
    first_day: None, sheet: Callable[..., int], capsys: pytest.CaptureFixture[str], kind: str, row: str, told: str
) -> None:
    heading = {"bodies": BODIES, "people": PEOPLE, "appraisers": APPRAISERS}[kind].partition("\n")[0]
    capsys.readouterr()

    assert sheet(kind, f"{heading}\n{row}\n", passwords="others.csv") == 1

    out = capsys.readouterr().out
    assert told in out
    assert "合计：未导入1行" in out
    assert people.find_organisation("某中心", kind="INSTITUTION") is None


@pytest.mark.parametrize("kind", ["bodies", "people", "appraisers"])
def test_a_name_with_something_unseen_is_in_no_roster(kind: str, first_day: None, sheet: Callable[..., int]) -> None:
    known = {"bodies": BODIES, "people": PEOPLE, "appraisers": APPRAISERS}[kind]
    twin = known.replace("示例新", "示例\u200b新").replace("new-", "twin-").replace("220100001001", "220100001002")

    assert sheet(kind, twin, passwords="twins.csv") != 0
    assert people.actor_of_login("twin-judge", today=timezone.localdate()) is None
    assert people.find_organisation("示例\u200b新司法鉴定中心", kind="INSTITUTION") is None

"""Who looks leaves a trace, wherever they look: pages, interface, lists, search, draw files, receipts; refusals too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jianheng.services.documents.models import Document
from jianheng.services.files.models import CaseItem
from jianheng.services.people import api as people
from jianheng.services.people import readings
from jianheng.services.people.models import AccessRecord

pytestmark = pytest.mark.django_db


def places(case: Any, interface: bool) -> list[tuple[str, int]]:
    """Every address that shows something of a matter, with the matter."""
    root, selection = case.root_id, case.newest("selection")
    paper = Document.objects.filter(matter_id=root).order_by("pk")[0].pk
    item = CaseItem.objects.filter(root_id=root).exclude(file=None).order_by("pk")[0].pk
    if interface:
        below = "/api/v1"
        parts = [
            "",
            "/timeline",
            "/receipts/1",
            "/documents",
            f"/documents/{paper}",
            f"/documents/{paper}/receipt",
            "/files",
        ]
        found = [(f"{below}/matters/{root}{part}", root) for part in parts]
        found += [(f"{below}/matters", root), (f"{below}/matters?q=张某甲", root)]
        return [*found, (f"{below}/selection/{selection}/draw", selection), (f"{below}/work", root)]
    found = [
        (f"/desk/matters/{root}/{part}", root)
        for part in ("", "receipts/1/", f"documents/{paper}/", f"files/{item}/")
    ]
    found += [("/desk/matters/", root), ("/desk/matters/?q=张某甲", root), ("/desk/", root)]
    return [
        *found,
        (f"/desk/matters/{selection}/draw/", selection),
        (f"/desk/matters/{selection}/draw.json", selection),
    ]


@pytest.mark.parametrize("interface", [False, True], ids=["pages", "interface"])
def test_every_way_of_reading_a_matter_is_noted(interface, played, cast, browser) -> None:
    case = played(before="entrustment.hand_over", scenario="traffic_disability")
    tech = case.actor("tech")
    missing, shown = [], 0

    for address, matter_id in places(case, interface):
        AccessRecord.objects.all()._raw_delete("default")
        headers = {"Authorization": f"Bearer {cast['tech']['token']}"} if interface else {}
        answer = (Client() if interface else browser("tech")).get(address, headers=headers)
        shown += answer.status_code == 200
        noted = AccessRecord.objects.filter(matter_id=matter_id, person_id=tech.person_id)
        if not noted and str(matter_id) in str(getattr(answer, "content", "")):
            missing.append(f"{address}: {answer.status_code}")

    assert missing == []
    assert shown > 6


def test_a_party_reads_its_case_and_that_too_is_noted(played, browser) -> None:
    case = played(before="entrustment.hand_over")

    page = browser("applicant", case.root_id).get("/progress/").content.decode()
    noted = AccessRecord.objects.filter(matter_id=case.root_id, who__startswith="当事人")

    assert "谁看过" in page or noted
    assert noted.filter(what="matter").count() == 1


def test_who_was_refused_stands_among_those_who_looked(played, cast, browser) -> None:
    case = played(before="entrustment.screen")
    stranger = {"Authorization": f"Bearer {cast['judge2']['token']}"}

    browser("judge2").get(f"/desk/matters/{case.root_id}/")
    Client().get(f"/api/v1/matters/{case.root_id}/documents", headers=stranger)
    Client().post(
        f"/api/v1/entrustment/{case.root_id}/withdraw",
        {"reason": "越权"},
        content_type="application/json",
        headers={**stranger, "If-Match": '"1"'},
    )
    browser().get(f"/progress/{case.root_id}/draw/")

    told = people.access_log(case.root_id)
    refused = [one["who"] for one in told if one["refused"]]
    assert len([who for who in refused if "示例法官乙" in str(who)]) == 3
    assert any("未登录" in str(who) for who in refused)
    for login, side in (("judge", None), ("", "applicant")):
        client = browser(login) if login else browser(side, case.root_id)
        page = client.get(f"/desk/matters/{case.root_id}/" if login else "/progress/").content.decode()
        assert "示例法官乙" in page
        assert "被拒绝" in page


def test_a_list_that_is_opened_again_and_again_does_not_bury_the_others(played, browser) -> None:
    case = played(before="entrustment.screen")
    judge = browser("judge")

    for _ in range(5):
        judge.get("/desk/matters/")

    assert AccessRecord.objects.filter(matter_id=case.root_id, what="list").count() == 1


def test_an_answer_whose_reading_cannot_be_kept_is_none(played, browser, monkeypatch) -> None:
    case = played(before="entrustment.screen")

    def full(kept: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(readings, "_write", full)
    client = browser("judge", raise_request_exception=False)

    assert client.get(f"/desk/matters/{case.root_id}/").status_code >= 500


def test_what_the_platform_does_by_itself_is_no_reading(played) -> None:
    played(before="entrustment.hand_over")

    assert not AccessRecord.objects.exists()


def test_a_number_no_table_can_hold_is_refused_like_any_other(cast, browser) -> None:
    for address in (f"/desk/matters/{'9' * 30}/", f"/desk/matters/{'9' * 30}/acts/screen/"):
        assert browser("judge", raise_request_exception=False).get(address).status_code == 404

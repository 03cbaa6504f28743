"""Who sees what of a case, on pages and through the interface alike; and that a refusal does not tell what exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jianheng.services.documents.models import Document
from jianheng.services.files.models import CaseItem
from jianheng.services.procedures import api as procedures
from tests.gate.declared import Someone, State, everyone, places, sees, states

CASE_NUMBER = "（2026）吉0199民初100号"
pytestmark = pytest.mark.django_db


class Eyes:
    """Somebody's browser and, for staff, their organisation's client."""

    def __init__(self, client: Client, token: str) -> None:
        self.client, self.token = client, token

    def page(self, address: str) -> tuple[int, str]:
        """(status, text) of a page."""
        answer = self.client.get(address)
        return answer.status_code, text_of(answer)

    def call(self, address: str) -> tuple[int, Any]:
        """(status, answer) of the interface."""
        answer = self.client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {self.token}"})
        return answer.status_code, answer.json() if "json" in answer["Content-Type"] else answer


def text_of(answer: Any) -> str:
    """A page without what differs from one showing to the next."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace").replace(answer.request["PATH_INFO"], "ADDRESS")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", text)


@pytest.fixture
def eyes(browser, cast) -> Callable[..., Eyes]:
    """``eyes("judge")``, ``eyes("applicant", root_id)``."""

    def open_one(who: str, root_id: int | None = None) -> Eyes:
        return Eyes(browser(who, root_id), cast[who]["token"] if who in cast else "")

    return open_one


def outsiders(case: Any) -> list[str]:
    """Another court, an institution not chosen, the regulator."""
    chosen = case.play.who("intake@chosen")
    other = next(login for login in ("intake-a", "intake-b", "intake-c") if login != chosen)
    return ["judge2", other, "regulator"]


def test_a_case_is_in_no_list_search_or_count_of_those_outside_it(played, eyes) -> None:
    case = played(before="entrustment.object")
    inside = eyes("judge")
    assert CASE_NUMBER in inside.page("/desk/matters/?q=吉0199民初100号")[1]
    assert procedures.find(case.actor("judge"), text="张某甲") != ()

    for who in outsiders(case):
        actor, outside = case.actor(who), eyes(who)

        assert procedures.find(actor) == procedures.find(actor, text=CASE_NUMBER) == ()
        assert procedures.family(case.root_id, actor) == []
        assert procedures.work_list(actor, today=timezone.localdate(case.now)).total == 0
        assert outside.call("/work")[1] == {"rows": [], "after": "", "total": 0, "overdue": 0}
        assert outside.call("/matters")[1] == outside.call("/matters?q=张某甲")[1] == []
        for page in ("/desk/", "/desk/matters/", "/desk/matters/?q=民初100号", "/desk/inbox/", "/desk/account/"):
            assert "民初100号</td>" not in outside.page(page)[1]
            assert "张某甲" not in outside.page(page)[1]


def test_the_regulator_reads_numbers_and_no_case(played, eyes) -> None:
    case = played(before="entrustment.object")

    status, page = eyes("regulator").page("/oversight/")

    assert status == 200
    assert "示例" in page
    assert not any(word in page for word in ("张某甲", "李某乙", "民初100号", "致残等级", str(case.root_id) + "/"))


def test_what_does_not_exist_and_what_is_not_yours_get_the_same_answer(played, eyes) -> None:
    case = played(before="entrustment.object")
    nothing = 999_999
    paper = Document.objects.get(kind="court_entrustment")
    item = CaseItem.objects.order_by("pk").first()
    selection = case.newest("selection")

    for who in outsiders(case):
        outside = eyes(who)
        for exists, does_not in (
            (f"/desk/matters/{case.root_id}/", f"/desk/matters/{nothing}/"),
            (f"/desk/matters/{case.root_id}/acts/adopt/", f"/desk/matters/{nothing}/acts/adopt/"),
            (f"/desk/matters/{case.root_id}/documents/{paper.pk}/", f"/desk/matters/{nothing}/documents/1/"),
            (f"/desk/matters/{case.root_id}/files/{item.pk}/", f"/desk/matters/{nothing}/files/1/"),
            (f"/desk/matters/{case.root_id}/receipts/1/", f"/desk/matters/{nothing}/receipts/1/"),
            (f"/desk/matters/{selection}/draw/", f"/desk/matters/{nothing}/draw/"),
            (f"/desk/matters/{selection}/draw.json", f"/desk/matters/{nothing}/draw.json"),
            (f"/progress/{selection}/draw/", f"/progress/{nothing}/draw/"),
        ):
            first, second = outside.page(exists), outside.page(does_not)

            assert first == second
            assert first[0] == 404
        for exists, does_not in (
            (f"/matters/{case.root_id}", f"/matters/{nothing}"),
            (f"/matters/{case.root_id}/timeline", f"/matters/{nothing}/timeline"),
            (f"/matters/{case.root_id}/receipts/1", f"/matters/{nothing}/receipts/1"),
            (f"/matters/{case.root_id}/documents", f"/matters/{nothing}/documents"),
            (f"/matters/{case.root_id}/documents/{paper.pk}", f"/matters/{nothing}/documents/1"),
            (f"/matters/{case.root_id}/files", f"/matters/{nothing}/files"),
            (f"/selection/{selection}/draw", f"/selection/{nothing}/draw"),
            (f"/entrustment/{case.root_id}/entrust", f"/entrustment/{nothing}/entrust"),
        ):
            first, second = outside.call(exists), outside.call(does_not)

            assert {**first[1], "instance": ""} == {**second[1], "instance": ""}
            assert first[0] == second[0] == 404


def test_a_paper_is_shown_to_those_it_was_sent_to_by_page_and_interface_alike(played, cast, eyes) -> None:
    case = played(before="entrustment.object")
    by_id = {state.matter_id: state for state in states(case.root_id)}
    papers = list({(row.matter_id, *row.audience): row for row in Document.objects.exclude(number="")}.values())
    assert {tuple(paper.audience) for paper in papers} >= {("institution",), ("court", "unit")}
    asked = {"judge", "tech", "leader", case.play.who("intake@chosen"), *outsiders(case), "applicant", "respondent"}

    for who in (one for one in everyone(case, cast) if one.name in asked):
        looking = eyes(who.name, case.root_id)
        listed = {pk: looking.page(f"/desk/matters/{pk}/")[1] for pk in by_id}
        if who.side:
            listed = dict.fromkeys(by_id, looking.page("/progress/")[1])
        called = {} if who.side else {pk: looking.call(f"/matters/{pk}/documents")[1] for pk in by_id}
        for paper in papers:
            sent = was_sent(who, paper, by_id[paper.matter_id])
            through = case.root_id if who.side else paper.matter_id
            opened = looking.page(f"/desk/matters/{through}/documents/{paper.pk}/")[0]

            assert (opened in {200, 202}) == sent, (who.name, paper.kind)
            assert (paper.number in listed[paper.matter_id]) == sent, (who.name, paper.kind)
            if not who.side:
                ids = {row["id"] for row in called[paper.matter_id] if isinstance(row, dict)}
                status = looking.call(f"/matters/{paper.matter_id}/documents/{paper.pk}")[0]
                assert (paper.pk in ids) == sent
                assert (status in {200, 409}) == sent


def was_sent(who: Someone, paper: Document, state: State) -> bool:
    """Whether somebody sits where a paper was sent; the court above looks over its court's shoulder."""
    if who.side:
        return who.side in paper.audience
    seats = {place.partition(".")[0] for place in places(who, state)}
    if not seats and sees(who, state):
        seats = {"court", "unit"}
    return bool(seats & set(paper.audience))


def test_a_side_does_not_see_what_the_other_has_ranked(played, eyes) -> None:
    def pages_of_the_respondent(choice: str) -> list[tuple[int, str]]:
        case.driver.act("applicant", "selection", "rank", selection, {"institutions": [choice]})
        looking = eyes("respondent", case.root_id)
        addresses = (
            "/progress/",
            f"/desk/matters/{case.root_id}/",
            f"/desk/matters/{selection}/",
            f"/desk/matters/{selection}/acts/rank/",
            f"/desk/matters/{selection}/draw/",
            "/desk/inbox/",
        )
        return [looking.page(address) for address in addresses]

    from django.db import transaction

    case = played(before="selection.rank")
    selection = case.newest("selection")
    options = [value for value, _ in case.driver.options("applicant", "selection", "rank", selection)["institutions"]]
    seen = []
    for choice in options[:2]:
        before, now = transaction.savepoint(), case.now
        seen.append(pages_of_the_respondent(choice))
        transaction.savepoint_rollback(before)
        case.driver.now = now

    assert seen[0] == seen[1]
    assert {status for status, _ in seen[0]} == {200}


def test_a_secret_material_reaches_no_party_and_the_institution_only_when_handed_over(played, eyes) -> None:
    case = played(before="entrustment.examine_material")
    secret = {"title": "商业秘密图纸", "kind": "书证", "quantity": "1份", "source": "示例", "level": 2}
    file = case.driver.upload("judge", "图纸.txt")
    case.driver.act("judge", "entrustment", "add_material", case.root_id, {**secret, "file": file})
    item = CaseItem.objects.get(title="商业秘密图纸")
    _, examined = case.given("entrustment.examine_material")
    case.driver.act("judge", "entrustment", "examine_material", case.root_id, {**examined, "item": str(item.pk)})

    def who_sees_it() -> set[str]:
        found = set()
        for who in ("judge", "tech", "judge2", "applicant", "respondent", case.play.who("intake@chosen")):
            looking = eyes(who, case.root_id)
            opened = looking.page(f"/desk/matters/{case.root_id}/files/{item.pk}/")[0] == 200
            listed = "商业秘密图纸" in looking.page(f"/desk/matters/{case.root_id}/")[1]
            assert opened == listed
            if looking.token:
                _, rows = looking.call(f"/matters/{case.root_id}/files")
                assert ("商业秘密图纸" in str(rows)) == opened
            found |= {who.partition("-")[0]} if opened else set()
        return found

    case.until("entrustment.hand_over")
    before = who_sees_it()
    case.next_step()

    assert before == {"judge", "tech"}
    assert who_sees_it() == {"judge", "tech", "intake"}


def test_an_institution_that_left_keeps_its_own_papers_and_loses_the_case(played, eyes) -> None:
    case = played(scenario="refusal_next_name")
    first, second = (state for state in states(case.root_id) if state.procedure.code == "appraisal")
    assert first.seats["institution"] != second.seats["institution"]
    letter = {"甲": "a", "乙": "b", "丙": "c"}[first.seats["institution"][2]]

    left = eyes(f"intake-{letter}")

    assert left.page(f"/desk/matters/{first.matter_id}/")[0] == 200
    assert left.call(f"/matters/{first.matter_id}/documents")[1] != []
    assert left.call(f"/matters/{first.matter_id}/files")[1] == []
    assert left.page(f"/desk/matters/{first.matter_id}/files/{CaseItem.objects.first().pk}/")[0] == 404
    for gone in (case.root_id, second.matter_id, case.newest("selection")):
        assert left.page(f"/desk/matters/{gone}/")[0] == left.call(f"/matters/{gone}")[0] == 404
    assert left.call(f"/matters/{first.matter_id}")[1]["family"] == [first.matter_id]

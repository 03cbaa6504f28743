"""The same form twice, two people at one node, a page that was overtaken: on real transactions, all at one moment."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from jianheng.services.documents.models import Document
from jianheng.services.ledger.models import Entry
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord, Matter, WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
SCREENING = {"technique_reliable": "on", "decision": "ENTRUST", "reason": "属于专门性问题。"}
SURE = {"_sure": "yes", "_seen": "1"}


def at_the_same_time(*doings: Callable[[], Any]) -> list[Any]:
    """What each brings about when all start at one moment, each on its own connection."""
    answers: dict[int, Any] = {}
    start = threading.Barrier(len(doings))

    def run(number: int, doing: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            answers[number] = doing()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [answers[number] for number in range(len(doings))]


def written(root_id: int) -> dict[str, int]:
    """How much there is of a case."""
    return {
        "acts": ActRecord.objects.filter(matter_id=root_id).count(),
        "entries": Entry.objects.filter(matter_id=root_id).count(),
        "papers": Document.objects.filter(matter_id=root_id).count(),
        "open": WorkItem.objects.filter(matter_id=root_id, closed_at=None).count(),
    }


def test_a_double_click_on_a_form_is_one_act_and_both_see_it(played, browser) -> None:
    case = played(before="entrustment.screen")
    before = written(case.root_id)
    address, form = (
        f"/desk/matters/{case.root_id}/acts/screen/",
        {**SCREENING, **SURE, "_key": str(uuid.uuid4())},
    )
    first, second = browser("judge"), browser("judge")

    answers = at_the_same_time(lambda: first.post(address, form), lambda: second.post(address, form))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer["Location"] for answer in answers}) == 1
    after = written(case.root_id)
    assert after["acts"] == before["acts"] + 1
    assert after["papers"] == before["papers"] + 1
    assert after["entries"] == before["entries"] + 2  # the act, its screening form
    assert after["open"] == 1


def test_a_double_click_that_begins_a_case_begins_one(cast, browser, played) -> None:
    case = played(before="entrustment.request")
    _, given = case.given("entrustment.request")
    form = {**given, "_key": str(uuid.uuid4()), "_sure": "yes"}
    first, second = browser("judge"), browser("judge")

    answers = at_the_same_time(
        lambda: first.post("/desk/begin/entrustment/", form), lambda: second.post("/desk/begin/entrustment/", form)
    )

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Matter.objects.count() == 1


def call(cast: dict[str, Any], login: str, address: str, given: dict[str, Any], key: str = "") -> Any:
    """The interface's answer to somebody."""
    headers = {"Authorization": f"Bearer {cast[login]['token']}", "If-Match": '"1"'}
    headers |= {"Idempotency-Key": key} if key else {}
    return Client().post(f"/api/v1{address}", given, content_type="application/json", headers=headers)


@pytest.mark.parametrize("key", ["", "7f1c"], ids=["without a key", "with one key"])
def test_the_same_call_five_times_at_once_is_one_act(key, played, cast) -> None:
    case = played(before="entrustment.screen")
    before = written(case.root_id)
    given = {**SCREENING, "technique_reliable": True}
    address = f"/entrustment/{case.root_id}/screen"

    answers = at_the_same_time(*[lambda: call(cast, "judge", address, given, key)] * 5)

    said = sorted((answer.status_code, answer.json().get("code", "")) for answer in answers)
    if key:
        assert said == [(201, "")] * 5
        assert sorted(answer.json()["repeated"] for answer in answers) == [False] + [True] * 4
        assert len({answer.json()["entry"] for answer in answers}) == 1
    else:
        assert said == [(201, "")] + [(409, "STALE_PAGE")] * 4
    assert written(case.root_id)["acts"] == before["acts"] + 1


def test_of_two_people_at_one_node_the_second_is_told_who_was_first(played, browser) -> None:
    case = played(before="entrustment.file")
    before = written(case.root_id)
    _, given = case.given("entrustment.file")
    address = f"/desk/matters/{case.root_id}/acts/file/"
    seen = str(before["acts"])

    def submit(login: str) -> Any:
        client = browser(login)
        return lambda: client.post(address, {**given, "_key": str(uuid.uuid4()), "_seen": seen, "_sure": "yes"})

    answers = at_the_same_time(submit("tech"), submit("tech2"))

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    done = ActRecord.objects.get(matter_id=case.root_id, code="file")
    told = next(answer for answer in answers if answer.status_code == 409).content.decode()
    assert "STALE_PAGE" in told
    assert f"该环节已由{done.name}于" in told
    assert "请刷新页面核对最新进展后再提交" in told
    assert written(case.root_id)["acts"] == before["acts"] + 1
    assert Matter.objects.filter(procedure="selection").count() == 1


def test_a_page_that_was_overtaken_says_so_and_keeps_what_was_typed(played, browser) -> None:
    case = played(before="entrustment.screen")
    address = f"/desk/matters/{case.root_id}/acts/screen/"
    slow, fast = browser("judge"), browser("judge")
    typed = {**SCREENING, "reason": "慢慢写成的长篇理由。", **SURE, "_key": str(uuid.uuid4())}
    assert slow.get(address).status_code == 200
    fast.post(address, {**SCREENING, **SURE, "_key": str(uuid.uuid4())})
    before = written(case.root_id)

    page = slow.post(address, typed)

    text = page.content.decode()
    assert page.status_code == 409
    assert "STALE_PAGE" in text
    assert "慢慢写成的长篇理由。" in text
    assert written(case.root_id) == before


def test_a_page_from_before_its_node_was_left_and_opened_again_is_overtaken(played, browser) -> None:
    """Whoever had the first draft before their eyes does not agree to the second one unread."""
    case = played(before="appraisal.review")
    login, agreed = case.given("appraisal.review")
    matter_id = case.newest("appraisal")
    seen = ActRecord.objects.filter(matter_id=matter_id).count()
    drafted = ActRecord.objects.filter(matter_id=matter_id, code="draft").get()
    for who, act, given in (
        ("reviewer@chosen", "review", {**agreed, "conclusion": "REVISE"}),
        ("appraiser1@chosen", "draft", drafted.given),
    ):
        procedures.perform(matter_id, act=act, by=case.actor(who), given=given, now=case.now)
    address = f"/desk/matters/{matter_id}/acts/review/"
    form = {**agreed, **SURE, "_key": str(uuid.uuid4())}

    page = browser(login).post(address, {**form, "_seen": str(seen)})

    assert (page.status_code, "STALE_PAGE" in page.content.decode()) == (409, True)
    assert browser(login).post(address, {**form, "_seen": str(seen + 2)}).status_code == 302

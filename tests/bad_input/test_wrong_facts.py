"""Facts that cannot be right: another court's case, a fee not fully paid, a list with nobody on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from jianheng.kernel.errors import Refusal
from jianheng.modules.institutions.models import Institution
from jianheng.modules.selection.models import Selection
from jianheng.services.ledger.models import Entry
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord, Matter, WorkItem

pytestmark = pytest.mark.django_db


def everything() -> list[Any]:
    """What may not change when something is refused."""
    return [
        ActRecord.objects.count(),
        Entry.objects.count(),
        list(WorkItem.objects.order_by("pk").values()),
        list(Matter.objects.order_by("pk").values("acts", "seats", "closed_at")),
    ]


def call(cast: dict[str, Any], login: str, address: str, given: dict[str, Any]) -> Any:
    """The interface's answer."""
    seen = (
        Matter.objects.filter(pk=int(found[1])).values_list("acts", flat=True).first()
        if (found := re.match(r"/[a-z_]+/(\d+)/", address))
        else None
    )
    headers = {"Authorization": f"Bearer {cast[login]['token']}"} | ({"If-Match": f'"{seen}"'} if seen else {})
    return Client().post(f"/api/v1{address}", given, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("（2026）吉0198民初100号", "CASE_OF_ANOTHER_COURT"),
        ("（2026）吉99民终100号", "CASE_OF_ANOTHER_COURT"),
        ("（2026）最高法民申1号", "CASE_OF_ANOTHER_COURT"),
        ("2026年第100号", "CASE_NUMBER_INVALID"),
        ("（2026）吉0199民初零号", "CASE_NUMBER_INVALID"),
    ],
)
def test_a_case_number_of_another_court_begins_no_case(number, code, played, cast, browser) -> None:
    case = played(before="entrustment.request")
    _, given = case.given("entrustment.request")

    answer = call(cast, "judge", "/entrustment", {**given, "case_number": number})
    page = browser("judge").post("/desk/begin/entrustment/", {**given, "case_number": number, "_sure": "yes"})

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, code)
    assert told["reasons"][0]["next_step"]
    assert page.status_code == 422
    assert code in page.content.decode()
    assert number in page.content.decode()
    assert Matter.objects.count() == Entry.objects.filter(kind__in=("act", "document", "state")).count() == 0


def test_a_payment_below_the_fee_is_refused_with_the_difference(played, cast) -> None:
    case = played(before="entrustment.pay")
    who, given = case.given("entrustment.pay")
    before = everything()

    with pytest.raises(Refusal) as refused:
        procedures.perform(
            case.root_id, act="pay", by=case.actor(who), given={**given, "amount_fen": 1}, now=case.now
        )

    reason = refused.value.reasons[0]
    assert (refused.value.status, reason.code) == (422, "PAYMENT_BELOW_FEE")
    assert "尚差" in reason.text
    assert "补足差额" in reason.next_step
    assert everything() == before


def test_with_no_candidate_left_nothing_is_drawn_every_reason_is_kept_and_another_way_is_open(
    played, cast, browser
) -> None:
    case = played(before="selection.commit_list")
    selection = case.newest("selection")
    left = [{"id": row.pk, "name": "示例机构", "reason": "与一方有长期合作"} for row in Institution.objects.all()]
    Selection.objects.filter(matter_id=selection).update(left=left)
    _, given = case.given("selection.commit_list")

    listed = call(cast, "tech", f"/selection/{selection}/commit_list", given)
    before = everything()
    drawn = call(cast, "tech", f"/selection/{selection}/bring_pulse", {"pulse": "1 00"})
    page = browser("tech").get(f"/desk/matters/{selection}/draw/").content.decode()

    assert (listed.status_code, listed.json()["outcome"]) == (201, "empty")
    told = drawn.json()
    assert (drawn.status_code, told["code"]) == (409, "NOT_OPEN")
    assert told["reasons"][0]["next_step"]
    assert everything() == before
    kept = Selection.objects.get(matter_id=selection)
    assert (kept.candidates, kept.lot, kept.chosen_id) == ([], None, None)
    assert Entry.objects.filter(kind="draw.announced").count() == 0
    assert "已退出本次委托：与一方有长期合作" in page
    assert {offer.code for offer in procedures.matter(selection, case.actor("tech")).offered} >= {"designate"}

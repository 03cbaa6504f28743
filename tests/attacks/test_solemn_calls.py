"""Four clients press the same button at once: what cannot be undone happens to what each of them saw, and once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord
from tests.bad_input.test_at_once import at_the_same_time


def call(cast: Any, login: str, case: Any, act: str, given: Any, **headers: str) -> Any:
    """The interface's answer."""
    headers = {"Authorization": f"Bearer {cast[login]['token']}", **headers}
    address = f"/api/v1/entrustment/{case.root_id}/{act}"
    return Client().post(address, given, content_type="application/json", headers=headers)


def etag(cast: Any, login: str, case: Any) -> str:
    """What the matter's reading says it is."""
    headers = {"Authorization": f"Bearer {cast[login]['token']}"}
    return str(Client().get(f"/api/v1/matters/{case.root_id}", headers=headers)["ETag"])


@pytest.mark.django_db(transaction=True)
def test_four_rejections_at_once_reject_one_institution(played, cast) -> None:
    case = played(before="entrustment.entrust")
    seen = etag(cast, "tech", case)
    named = procedures.asking(case.root_id, "reject_institution", by=case.actor("tech")).choices["institution"][0][0]
    evidence = case.driver.upload("tech", "证明.txt")
    given = {"institution": named, "ground": "PEOPLE", "reason": "不具备资格。", "evidence": evidence}

    answers = at_the_same_time(
        *[lambda: call(cast, "tech", case, "reject_institution", given, **{"If-Match": seen})] * 4
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert ActRecord.objects.filter(matter_id=case.root_id, code="reject_institution").count() == 1


@pytest.mark.django_db
def test_a_rejection_names_its_institution_and_hits_no_other(played, cast) -> None:
    case = played(before="entrustment.entrust")
    named = procedures.asking(case.root_id, "reject_institution", by=case.actor("tech")).choices["institution"][0][0]
    evidence = case.driver.upload("tech", "证明.txt")
    given = {"institution": named, "ground": "PEOPLE", "reason": "不具备资格。", "evidence": evidence}
    case.driver.act("tech", "entrustment", "reject_institution", case.root_id, given)

    again = call(cast, "tech", case, "reject_institution", given, **{"If-Match": etag(cast, "tech", case)})

    assert (again.status_code, again.json()["code"]) in {(422, "NOT_OFFERED"), (409, "STALE_PAGE"), (409, "NOT_OPEN")}
    assert ActRecord.objects.filter(matter_id=case.root_id, code="reject_institution").count() == 1


@pytest.mark.django_db
def test_no_solemn_act_is_done_blindly_through_the_interface(played, cast) -> None:
    case = played(before="entrustment.screen")
    given = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}

    blind = call(cast, "judge", case, "screen", given)
    assert (blind.status_code, blind.json()["code"]) == (428, "SEEN_NEEDED")
    assert blind.json()["reasons"][0]["next_step"]
    for wrong in ("1", '"one"', "*", 'W/"1"', '"1", "2"'):
        assert call(cast, "judge", case, "screen", given, **{"If-Match": wrong}).status_code == 422
    assert call(cast, "judge", case, "screen", given, **{"If-Match": etag(cast, "judge", case)}).status_code == 201


@pytest.mark.django_db
def test_a_matter_that_moved_on_is_not_withdrawn_by_who_saw_it_before(played, cast) -> None:
    case = played(before="entrustment.transfer")
    before = etag(cast, "judge", case)
    case.next_step()

    late = call(cast, "judge", case, "withdraw", {"reason": "当事人和解。"}, **{"If-Match": before})
    now = call(cast, "judge", case, "withdraw", {"reason": "当事人和解。"}, **{"If-Match": etag(cast, "judge", case)})

    assert (late.status_code, late.json()["code"]) == (409, "STALE_PAGE")
    assert now.status_code == 201


@pytest.mark.django_db
def test_the_description_asks_for_it_on_every_act_that_cannot_be_undone(cast) -> None:
    described = Client().get("/api/v1/openapi.json").json()["paths"]

    for procedure in procedures.procedures():
        for act in procedure.acts:
            operation = described.get(f"/api/v1/{procedure.code}/{{matter_id}}/{act.code}", {}).get("post")
            if operation is None:
                continue
            asked = {one["name"]: one["required"] for one in operation["parameters"] if one["in"] == "header"}
            assert asked["If-Match"] == act.solemn, act.code

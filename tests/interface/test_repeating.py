"""The same request twice: done once, answered alike; the same key for something else is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from jianheng.services.documents.models import Document
from jianheng.services.procedures.models import ActRecord, Matter
from tests.interface.conftest import REQUEST, OrganisationClient


@pytest.mark.django_db
def test_the_same_request_again_has_the_same_answer_with_its_documents(judge) -> None:
    first = judge.post("/entrustment", REQUEST, key="case-77")
    again = judge.post("/entrustment", REQUEST, key="case-77")

    assert (first.status_code, again.status_code) == (201, 201)
    assert [paper["kind"] for paper in first.json()["documents"]] == ["appraisal_application"]
    assert again.json() == {**first.json(), "repeated": True}
    assert (Matter.objects.count(), ActRecord.objects.count(), Document.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_an_act_repeated_after_others_names_its_own_documents_only(judge) -> None:
    matter_id = judge.post("/entrustment", REQUEST).json()["matter_id"]
    given = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}
    first = judge.post(f"/entrustment/{matter_id}/screen", given, key="screen-77", seen=1)
    assert first.status_code == 201

    again = judge.post(f"/entrustment/{matter_id}/screen", given, key="screen-77", seen=1)

    assert again.json() == {**first.json(), "repeated": True}
    assert [paper["kind"] for paper in again.json()["documents"]] == ["screening_form"]


@pytest.mark.django_db
def test_the_same_key_with_another_content_is_refused(judge) -> None:
    first = judge.post("/entrustment", REQUEST, key="case-77").json()

    other = judge.post("/entrustment", {**REQUEST, "purpose": "护理依赖程度"}, key="case-77")
    elsewhere = judge.post(
        f"/entrustment/{first['matter_id']}/screen",
        {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"},
        key="case-77",
        seen=1,
    )

    assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "KEY_REUSED")
    assert ActRecord.objects.count() == 1


@pytest.mark.django_db
def test_a_key_belongs_to_the_person_behind_the_token(judge, client_of) -> None:
    judge.post("/entrustment", REQUEST, key="case-77")

    other = client_of("judge2").post(
        "/entrustment", {**REQUEST, "case_number": "（2026）吉0198民初77号"}, key="case-77"
    )

    assert (other.status_code, other.json()["repeated"]) == (201, False)
    assert Matter.objects.count() == 2


@pytest.mark.django_db
def test_a_request_that_was_refused_leaves_its_key_free(judge) -> None:
    refused = judge.post("/entrustment", {**REQUEST, "case_number": "（2026）吉0102民初77号"}, key="case-77")
    mended = judge.post("/entrustment", REQUEST, key="case-77")

    assert (refused.status_code, refused.json()["code"]) == (422, "CASE_OF_ANOTHER_COURT")
    assert (mended.status_code, mended.json()["repeated"]) == (201, False)


@pytest.mark.django_db(transaction=True)
def test_the_same_request_four_times_at_once_is_done_once(cast) -> None:
    def send(number: int) -> tuple[int, int, bool]:
        try:
            answer = OrganisationClient(cast["judge"]["token"]).post("/entrustment", REQUEST, key="case-77")
            return answer.status_code, answer.json()["matter_id"], answer.json()["repeated"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))

    assert {status for status, _, _ in answers} == {201}
    assert len({matter_id for _, matter_id, _ in answers}) == 1
    assert sorted(repeated for _, _, repeated in answers) == [False, True, True, True]
    assert (Matter.objects.count(), Document.objects.count()) == (1, 1)

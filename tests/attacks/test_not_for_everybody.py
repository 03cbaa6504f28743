"""What is not for everybody: the title of a secret in a paper, a case file before somebody owes anything in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from jianheng.services.documents.models import Document
from jianheng.services.files.models import CaseItem
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
SECRET = "示例甲公司客户名单与底价"


@pytest.fixture
def with_secret(played) -> Any:
    """A case with a material that no side may see, played to its end."""
    case = played(before="entrustment.transfer")
    case.driver.act(
        "judge",
        "entrustment",
        "add_material",
        case.root_id,
        {"title": SECRET, "kind": "书证", "source": "示例甲公司", "level": 2},
    )
    item = str(CaseItem.objects.get(title=SECRET).pk)
    given = {"item": item, "authenticity": "无异议", "legality": "无异议", "relevance": "无异议"}
    given |= {"finding": "CONFIRMED", "reason": "不公开质证。", "clerk": "示例书记员"}
    case.driver.act("judge", "entrustment", "examine_material", case.root_id, given)
    while case.left:
        case.next_step()
    return case


def test_the_title_of_a_secret_stands_in_no_paper_of_those_who_may_not_know_it(with_secret) -> None:
    sides = {"applicant", "respondent"}
    told = [
        paper.kind
        for paper in Document.objects.filter(root_id=with_secret.root_id)
        if SECRET in json.dumps(paper.data, ensure_ascii=False) and set(paper.audience) & sides
    ]

    assert told == []
    assert Document.objects.filter(root_id=with_secret.root_id, audience__overlap=list(sides)).count() > 5
    listed = Document.objects.filter(root_id=with_secret.root_id, kind="handover_list").first()
    assert SECRET in json.dumps(listed.data, ensure_ascii=False)


def test_an_archivist_sees_no_file_and_no_paper_before_the_archive_is_owed(played, cast, browser) -> None:
    case = played(before="appraisal.record")
    archivist = case.play.who("archivist@chosen")
    headers = {"Authorization": f"Bearer {cast[archivist]['token']}"}
    places = [
        f"/api/v1/matters/{matter}/{what}"
        for matter in (case.root_id, case.newest("appraisal"))
        for what in ("files", "documents")
    ]

    def shown() -> list[int]:
        return [len(Client().get(place, headers=headers).json()) for place in places]

    assert shown() == [0, 0, 0, 0]
    assert (
        len(
            Client()
            .get(places[0], headers={"Authorization": f"Bearer {cast[case.play.who('intake@chosen')]['token']}"})
            .json()
        )
        > 0
    )
    item = CaseItem.objects.filter(root_id=case.root_id).exclude(file=None).order_by("pk")[0].pk
    assert browser(archivist).get(f"/desk/matters/{case.root_id}/files/{item}/").status_code == 404

    case.until("appraisal.archive")
    assert all(shown()[2:])
    assert procedures.matter(case.newest("appraisal"), case.actor(archivist)).offered

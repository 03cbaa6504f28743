"""An opinion is read by whoever reviews, signs and issues it, before it is one."""

from __future__ import annotations

import subprocess

import pytest

from jianheng.services.documents import api as documents
from jianheng.services.people import api as people
from jianheng.services.people.models import AccessRecord, ClientToken
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
ANALYSIS = "经计算丧失功能达25%以上"


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_reviewer_reads_the_draft_from_the_form_of_the_review(played, browser) -> None:
    case = played(before="appraisal.review")
    address = f"/desk/matters/{case.newest('appraisal')}"
    reviewer = browser(case.play.who("reviewer@chosen"))
    assert f"{address}/draft.pdf" in reviewer.get(f"{address}/acts/review/").content.decode()

    answer = reviewer.get(f"{address}/draft.pdf")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = "".join(text_of(answer.content).split())
    assert "草稿" in text
    assert ANALYSIS in text


def test_nobody_outside_the_institution_reads_a_draft_nor_hears_of_it(played, browser) -> None:
    case = played(before="appraisal.review")
    address = f"/desk/matters/{case.newest('appraisal')}/"
    judge = browser("judge")

    assert "draft.pdf" not in judge.get(address).content.decode()
    assert judge.get(f"{address}draft.pdf").status_code == 404


def test_a_returned_draft_is_mended_and_not_typed_again(played, browser) -> None:
    case = played(before="appraisal.review")
    matter_id = case.newest("appraisal")
    login, agreed = case.given("appraisal.review")
    revise = {**agreed, "conclusion": "REVISE"}
    procedures.perform(matter_id, act="review", by=case.driver.actor(login), given=revise, now=case.now)

    form = browser(case.play.who("appraiser1@chosen")).get(f"/desk/matters/{matter_id}/acts/draft/")

    assert ANALYSIS in form.content.decode()
    assert "张某甲（示例）" in form.content.decode()
    told = browser(case.play.who("appraiser1@chosen")).get("/desk/inbox/").content.decode()
    assert "复核退回修改" in told
    assert agreed["on_opinion"] in told


def test_a_paper_taken_by_the_interface_is_noted_like_one_read_at_the_desk(played, cast, client) -> None:
    case = played(before="entrustment.screen")
    token = {"Authorization": f"Bearer {cast['judge']['token']}"}
    listed = f"/api/v1/matters/{case.root_id}/documents"
    paper = client.get(listed, headers=token).json()[0]["id"]
    documents.produce(paper)
    address = f"{listed}/{paper}"

    assert client.get(address, headers=token).status_code == 200

    assert AccessRecord.objects.filter(path=address, what="document", matter_id=case.root_id).exists()


def test_a_reset_password_ends_the_tokens_issued_with_the_old_one(cast) -> None:
    assert ClientToken.objects.filter(person__account__username="judge", revoked_at=None).exists()

    people.issue_password("judge")

    assert not ClientToken.objects.filter(person__account__username="judge", revoked_at=None).exists()

"""Whoever asks for recusal is told what became of it, each for their own request."""

from __future__ import annotations

import pytest

from jianheng.modules.casework.models import Appraisal
from jianheng.modules.entrustment.models import Entrustment
from jianheng.services.notices import api as notices

pytestmark = pytest.mark.django_db

APPLICANT, RESPONDENT = "13800000001", "13800000002"


def told(phone: str) -> list[str]:
    """The messages about recusal to a phone, the oldest first."""
    sent = [one["text"] for one in notices.messages() if one["to"] == phone and "回避" in one["text"]]
    return sent[::-1]


def test_every_request_is_answered_to_the_one_who_made_it(played) -> None:
    case = played(scenario="recusals_one_by_one")

    applicant, respondent = told(APPLICANT), told(RESPONDENT)

    assert ["决定回避" in text for text in applicant] == [True]
    assert [text.partition("一事，")[2][:9] for text in respondent] == [
        "鉴定机构决定不予回",
        "鉴定机构决定回避（",
        "鉴定机构已终止鉴定",
    ]
    court = notices.inbox(case.actor("judge").holders)
    assert any("决定不予回避" in line["text"] for line in court)


def test_nothing_waits_once_the_appraisal_is_over(played) -> None:
    case = played(scenario="recusals_one_by_one")

    row = Appraisal.objects.get(matter_id=case.newest("appraisal"))

    assert len(row.recusals) == 6
    assert [asked["ground"] for asked in row.recusals if asked["decided_on"] is None] == []
    assert Entrustment.objects.get(matter_id=case.root_id).waiting_recusals == []


def test_with_the_institution_every_open_request_is_decided(played) -> None:
    case = played(before="appraisal.recuse_institution", scenario="recusal_next_name")
    case.driver.act(
        "respondent", "entrustment", "request_recusal", case.root_id, {"whom": "全部鉴定人", "ground": "同上"}
    )
    matter_id = case.newest("appraisal")

    done = case.driver.act(
        case.play.who("head@chosen"), "appraisal", "recuse_institution", matter_id, {"reason": "有利害关系。"}
    )

    assert done.documents == ("recusal_decision", "recusal_decision")
    assert all(asked["decided_on"] for asked in Appraisal.objects.get(matter_id=matter_id).recusals)

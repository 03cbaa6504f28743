"""What is missing in a report is told in words that can be read in one way only."""

from __future__ import annotations

import pytest

from jianheng.config.rehearsal.script import Refused
from jianheng.modules.entrustment.models import Entrustment
from jianheng.services.notices import api as notices

pytestmark = pytest.mark.django_db

WHOLE = dict.fromkeys(
    (
        "court_name",
        "matter_and_request",
        "material",
        "principle_and_method",
        "process",
        "opinion",
        "promise",
        "signatures",
    ),
    True,
)


def test_an_incomplete_report_is_told_item_by_item(played) -> None:
    case = played(before="entrustment.check_report", scenario="report_returned")
    given = {**WHOLE, "promise": False, "signatures": False, "uncertain": True, "otherwise_flawed": True}

    with pytest.raises(Refused) as refused:
        case.driver.act("judge", "entrustment", "check_report", case.root_id, {**given, "conclusion": "ACCEPT"})

    assert refused.value.text == (
        "鉴定书不能认定为齐备：缺少承诺书；缺少：鉴定人签名、附资格证明，鉴定机构盖章；"
        "存在：同一认定意见使用不确定性表述；存在其他明显瑕疵。"
    )


def test_both_sides_are_told_who_prepays_the_attendance_how_much_by_when(played) -> None:
    case = played(before="entrustment.demand_attendance_cost", scenario="testimony")
    case.next_step()

    told = {one["to"]: one["text"] for one in notices.messages() if "出庭费用" in one["text"]}

    assert len(told) == 2
    assert all("元，逾期不预交的，视为放弃异议" in text and "日前" in text for text in told.values())


def test_a_report_sent_back_is_due_in_the_time_the_court_set(played) -> None:
    case = played(before="entrustment.check_report", scenario="report_returned")
    Entrustment.objects.filter(matter_id=case.root_id).update(term_working_days=5)
    case.driver.act(
        "judge",
        "entrustment",
        "check_report",
        case.root_id,
        {**WHOLE, "conclusion": "SUPPLEMENT", "note": "请补充。"},
    )

    from jianheng.services.procedures.models import Term

    term = Term.objects.get(matter_id=case.newest("appraisal"), clock="completion", stopped_at=None)
    assert (term.length, term.unit) == (5, "WD")


def test_who_drafted_an_opinion_does_not_review_it_after_being_replaced(played) -> None:
    """The drafter is replaced for a recusal, holds a reviewer's post too, and still may not review."""
    from jianheng.modules.casework.models import Appraisal
    from jianheng.services.people.models import Post

    case = played(before="appraisal.review", scenario="replaced_before_issue")
    row = Appraisal.objects.get(matter_id=case.newest("appraisal"))
    drafter = case.actor("appraiser1@chosen")
    assert row.drafter_id == drafter.person_id
    row.appraisers = [one for one in row.appraisers if one["person_id"] != drafter.person_id]
    row.save()
    post = Post.objects.get(person_id=drafter.person_id, role="appraiser")
    Post.objects.filter(pk=post.pk).update(role="reviewer")
    given = {"on_procedure": "符合规定。", "on_opinion": "明确。", "conclusion": "AGREE"}

    with pytest.raises(Refused) as refused:
        case.driver.act(case.play.who("appraiser1@chosen"), "appraisal", "review", row.matter_id, given)

    assert refused.value.code == "FOUR_EYES"

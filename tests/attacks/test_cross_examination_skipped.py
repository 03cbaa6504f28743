"""A court that would spare a material the parties' eyes: no tick does it, no other act, and never unseen."""

from __future__ import annotations

from typing import Any

import pytest

from jianheng.config.rehearsal.script import Refused
from jianheng.services.files import api as files
from jianheng.services.files.models import CaseItem
from jianheng.services.notices import api as notices
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
ITEM = {"title": "伤情照片", "kind": "影像", "source": "张某甲（示例）"}
EXEMPT = {"exempt": "X3", "exempt_reason": "2026年1月8日庭审时双方发表了质证意见，附笔录。"}


@pytest.fixture
def case(played) -> Any:
    """A case whose material is being examined."""
    return played(before="entrustment.transfer")


def refused(case: Any, who: str, code: str, **given: Any) -> str:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as caught:
        case.driver.act(who, "entrustment", code, case.root_id, given)
    return caught.value.code


def newest(case: Any) -> CaseItem:
    """The material entered last."""
    return CaseItem.objects.filter(root_id=case.root_id).order_by("-pk")[0]


def test_no_tick_exempts_a_material(case) -> None:
    assert refused(case, "judge", "add_material", **ITEM, needs_examination=False) == "INPUT"
    assert refused(case, "judge", "add_material", **ITEM, exempt="X3") == "EXEMPTION_GROUNDLESS"
    assert refused(case, "judge", "add_material", **ITEM, **EXEMPT | {"exempt": "方便"}) == "EXEMPTION_GROUNDLESS"
    assert refused(case, "judge", "add_material", **ITEM, **EXEMPT, level=2) == "EXEMPTION_GROUNDLESS"


def test_both_sides_are_told_the_ground_and_see_it_beside_the_material(case, browser) -> None:
    case.driver.act("judge", "entrustment", "add_material", case.root_id, {**ITEM, **EXEMPT})

    told = {
        one["to"] for one in notices.messages() if "伤情照片" in one["text"] and "2026年1月8日庭审" in one["text"]
    }
    assert told == {"13800000001", "13800000002"}
    for side in ("applicant", "respondent"):
        assert (
            "2026年1月8日庭审" in browser(side, case.root_id).get(f"/desk/matters/{case.root_id}/").content.decode()
        )
        offered = procedures.asking(case.root_id, "demand_examination", by=case.actor(side)).choices["item"]
        assert [label for _, label in offered if "2026年1月8日庭审" in label]


@pytest.mark.parametrize("side", ["applicant", "respondent"])
def test_what_a_side_wants_examined_goes_nowhere_before_it_was(side, case) -> None:
    case.driver.act("judge", "entrustment", "add_material", case.root_id, {**ITEM, **EXEMPT})
    item = str(newest(case).pk)
    case.driver.act(
        side, "entrustment", "demand_examination", case.root_id, {"item": item, "reason": "照片经过修改。"}
    )

    assert newest(case).examination == files.Examination.PENDING
    assert refused(case, "judge", "transfer", scope="全部") == "NOT_CROSS_EXAMINED"


def test_it_may_be_asked_until_the_material_is_handed_over(case) -> None:
    case.driver.act("judge", "entrustment", "add_material", case.root_id, {**ITEM, **EXEMPT})
    item = str(newest(case).pk)
    for step in case.left:
        step.pop("open", None)  # one node more is open than the scenario says
    case.until("entrustment.hand_over")
    case.driver.act(
        "applicant", "entrustment", "demand_examination", case.root_id, {"item": item, "reason": "有误。"}
    )

    assert refused(case, "tech", "hand_over", receiver="示例接收人") == "NOT_CROSS_EXAMINED"
    examined = {"item": item, "authenticity": "无异议", "legality": "无异议", "relevance": "无异议"}
    examined |= {"finding": "CONFIRMED", "reason": "核对无误。", "clerk": "示例书记员"}
    case.driver.act("judge", "entrustment", "examine_material", case.root_id, examined)
    case.driver.act("tech", "entrustment", "hand_over", case.root_id, {"receiver": "示例接收人"})

    assert newest(case).handed_over_at is not None


def test_nothing_else_enters_material_without_cross_examination(played) -> None:
    case = played()

    entered = CaseItem.objects.filter(root_id=case.root_id, volume="鉴定材料")
    assert {item.examination for item in entered} <= {files.Examination.AGREED, files.Examination.CONFIRMED}

"""An insider who would speak for a party needs its phone. Nobody moves a phone alone, and none before the party can say no.

The attack that worked: correct the contacts of both sides to invented phones, come in by them, and let "both sides" agree
on an institution.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jianheng.config.rehearsal.script import Refused
from jianheng.kernel.procedure import step
from jianheng.services.files.models import CaseItem
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.people.models import PartyPass
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
OLD, OTHER, NEW = "13800000001", "13800000002", "13800000009"
SIDES = {"applicant": OLD, "respondent": OTHER}


@pytest.fixture
def case(played) -> Any:
    """A case before its first screening."""
    return played(before="entrustment.screen")


def correct(case: Any, who: str, side: str, phone: str) -> None:
    """Propose another phone."""
    given = {"side": side, "phone": phone, "ground": "IN_PERSON", "reason": "核对了身份证件。"}
    evidence = case.driver.upload(who, "核对笔录.txt")
    case.driver.act(who, "entrustment", "correct_contact", case.root_id, {**given, "evidence": evidence})


def act(case: Any, who: str, code: str, **given: Any) -> None:
    """Do an act on the entrustment."""
    case.driver.act(who, "entrustment", code, case.root_id, given)


def refused(case: Any, who: str, code: str, **given: Any) -> str:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as caught:
        act(case, who, code, **given)
    return caught.value.code


def phones(case: Any) -> dict[str, str]:
    """The phones the sides come in by."""
    return {party["side"]: party["phone"] for party in people.parties_of(case.root_id)}


def opens(case: Any, phone: str) -> bool:
    """Whether a code would be sent to a phone."""
    return people.send_pass_code(root_id=case.root_id, phone=phone, now=case.now) is not None


def texts_to(phone: str) -> list[str]:
    """What a phone was told, the newest first, without codes."""
    return [one["text"] for one in notices.messages() if one["to"] == phone and "联系电话" in one["text"]]


@pytest.mark.parametrize("who", ["tech", "judge"])
def test_one_insider_with_invented_phones_for_both_sides_is_let_in_by_none(who, case) -> None:
    before = phones(case)

    correct(case, who, "applicant", NEW)
    with pytest.raises(Refused, match="CONTACT_PENDING"):
        correct(case, who, "respondent", "13800000008")
    assert refused(case, who, "confirm_contact", seen=True, note="已核实。") == "SAME_PERSON"
    assert refused(case, who, "accept_contact") == "NOT_YOURS"
    case.driver.now += timedelta(days=30)
    case.driver.lapse()

    assert phones(case) == before
    assert not opens(case, NEW)
    assert opens(case, OLD)


def test_while_it_waits_the_new_phone_does_nothing_and_the_old_one_everything(case, browser) -> None:
    inside = browser("applicant", case.root_id)
    correct(case, "tech", "applicant", NEW)
    act(case, "judge", "confirm_contact", seen=True, note="以原号码致电核实。")

    assert not opens(case, NEW)
    assert opens(case, OLD)
    assert "张某甲" in inside.get("/progress/").content.decode()
    assert refused(case, "judge", "carry_contact") in {"NOT_YOURS", "NOT_OPEN"}
    case.driver.lapse()
    assert phones(case) == SIDES


def test_both_phones_are_told_at_every_step_and_neither_learns_the_other(case) -> None:
    correct(case, "tech", "applicant", NEW)
    assert "尚未生效" in texts_to(OLD)[0]
    assert "生效前本号码不能" in texts_to(NEW)[0]

    act(case, "judge", "confirm_contact", seen=True, note="以原号码致电核实。")
    assert "2026年3月5日届满后生效" in texts_to(OLD)[0]
    assert "2026年3月5日届满后生效" in texts_to(NEW)[0]

    case.driver.now += timedelta(days=4)
    case.driver.lapse()
    assert "不再用于查询" in texts_to(OLD)[0]
    assert "已更正为本号码" in texts_to(NEW)[0]
    assert not [one for one in texts_to(OLD) if NEW in one] + [one for one in texts_to(NEW) if OLD in one]


def test_when_it_takes_effect_the_old_phone_is_out_and_its_code_dead(case, browser) -> None:
    inside = browser("applicant", case.root_id)
    code = people.send_pass_code(root_id=case.root_id, phone=OLD, now=case.now)
    correct(case, "judge", "applicant", NEW)
    act(case, "tech", "confirm_contact", seen=True, note="以原号码致电核实。")
    case.driver.now += timedelta(days=4)
    case.driver.lapse()

    assert phones(case) == {"applicant": NEW, "respondent": OTHER}
    assert "张某甲" not in inside.get("/progress/").content.decode()
    with pytest.raises(people.PassCodeError):
        people.check_pass_code(root_id=case.root_id, phone=OLD, code=code or "", now=case.now)
    fresh = people.send_pass_code(root_id=case.root_id, phone=NEW, now=case.now)
    assert people.check_pass_code(root_id=case.root_id, phone=NEW, code=fresh or "", now=case.now)


def test_the_party_confirms_at_once_by_the_phone_it_has_and_the_other_side_cannot(case) -> None:
    correct(case, "tech", "applicant", NEW)

    assert refused(case, "respondent", "accept_contact") == "NOT_YOURS"
    offered = procedures.matter(case.root_id, case.actor("respondent")).offered
    assert not [one for one in offered if "contact" in one.code]
    act(case, "applicant", "accept_contact")

    assert phones(case) == {"applicant": NEW, "respondent": OTHER}


def test_the_partys_objection_ends_it_even_in_the_last_hour(case) -> None:
    correct(case, "tech", "applicant", NEW)
    act(case, "judge", "confirm_contact", seen=True, note="已核实。")
    case.driver.now += timedelta(days=3)
    act(case, "applicant", "object_contact", reason="本人没有要求更换。")
    case.driver.now += timedelta(days=9)
    case.driver.lapse()

    assert phones(case) == SIDES
    judges = people.post_holder(case.actor("judge").organisation_ids[0], "judge")
    assert "提出异议" in notices.inbox([judges])[0]["text"]


def test_the_evidence_stays_in_the_case_file_for_the_court_and_the_side_concerned(case) -> None:
    correct(case, "tech", "applicant", NEW)

    item = CaseItem.objects.get(root_id=case.root_id, section="联系方式")
    assert set(item.audience) == {"court", "unit", "applicant"}
    with pytest.raises(Refused):
        act(case, "tech", "correct_contact", side="respondent", phone=NEW, ground="IN_PERSON", reason="没有附材料。")


def test_who_asked_for_the_appraisal_does_not_file_it_with_phones_nobody_else_has_called(played, cast) -> None:
    case = played(before="entrustment.file")
    judge = case.actor("judge")
    people.add_post(
        judge.person_id,
        organisation_id=judge.organisation_ids[0],
        role="tech",
        since=case.now.date().replace(month=1),
    )
    _, given = case.given("entrustment.file")

    assert refused(case, "judge", "file", **given) == "SAME_PERSON"
    assert refused(case, "tech", "file", **{**given, "contacts": given["contacts"][:1]}) == "CONTACTS_NOT_CHECKED"
    assert refused(case, "tech", "file", **{**given, "contacts": [*given["contacts"], NEW]}) == "NOT_OFFERED"


def test_no_other_way_sets_a_phone_than_the_request_and_its_confirmed_correction(played) -> None:
    case = played()

    assert {row.phone for row in PartyPass.objects.filter(root_id=case.root_id)} == set(SIDES.values())


def test_an_act_that_clears_the_course_leaves_a_waiting_correction() -> None:
    declared = procedures.procedure("entrustment")
    nodes = ["appraising", "contact_waiting_applicant"]

    moved = step(declared, open_nodes=nodes, running=["contact"], act="receive_report")
    ended = step(declared, open_nodes=nodes, running=["contact"], act="withdraw")

    assert (moved.closes, moved.stops) == (("appraising",), ())
    assert set(ended.closes) == set(nodes)

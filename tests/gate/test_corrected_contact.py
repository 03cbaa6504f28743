"""A party whose phone the court corrected comes in by the new one; the old one opens nothing any more."""

from __future__ import annotations

import pytest

from jianheng.services.notices import api as notices
from jianheng.services.people import api as people

pytestmark = pytest.mark.django_db

OLD, NEW = "13800000001", "13800000009"


def test_the_old_phone_is_out_its_code_dead_and_both_are_told(played, browser) -> None:
    case = played(before="entrustment.correct_contact", scenario="contact_corrected")
    inside = browser("applicant", case.root_id)
    assert "张某甲" in inside.get("/progress/").content.decode()
    code = people.send_pass_code(root_id=case.root_id, phone=OLD, now=case.now)
    assert code is not None

    case.next_step()

    assert "张某甲" not in inside.get("/progress/").content.decode()
    with pytest.raises(people.PassCodeError):
        people.check_pass_code(root_id=case.root_id, phone=OLD, code=code, now=case.now)
    assert people.send_pass_code(root_id=case.root_id, phone=OLD, now=case.now) is None
    assert [party["phone"] for party in people.parties_of(case.root_id)] == [NEW, "13800000002"]
    told = {one["to"]: one["text"] for one in notices.messages() if "已由法院更正" in one["text"]}
    assert set(told) == {OLD, NEW}
    assert NEW not in told[OLD]

    fresh = people.send_pass_code(root_id=case.root_id, phone=NEW, now=case.now)
    assert people.check_pass_code(root_id=case.root_id, phone=NEW, code=fresh or "", now=case.now)

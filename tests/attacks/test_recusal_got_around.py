"""Recusal of judicial technical staff, and how it is got around or used against who is not to recuse."""

from __future__ import annotations

from typing import Any

import pytest

from jianheng.config.rehearsal.script import SCENARIOS, Refused, read
from jianheng.modules.entrustment.models import Entrustment

pytestmark = pytest.mark.django_db


def asked_again(case: Any) -> None:
    """The judge alone withdraws and requests the same case again, up to its filing."""
    steps = read(SCENARIOS / "asked_again.yaml")["steps"]
    start = next(number for number, step in enumerate(steps) if "again" in step)
    number = Entrustment.objects.get(matter_id=case.root_id).case_number
    case.driver.act("judge", "entrustment", "withdraw", case.root_id, {"reason": "撤回。"})
    for step in steps[start:]:
        if step.get("does") == "entrustment.file":
            break
        given = step.get("given") or {}
        case.play.step({**step, "given": {**given, "case_number": number}} if "case_number" in given else step)


def test_attack_recused_technician_comes_back_with_a_request_in_the_same_case(played) -> None:
    case = played(scenario="staff_recused")
    asked_again(case)

    with pytest.raises(Refused) as refused:
        given = case.play.filled(
            {
                "lead": "@choice:示例技术员乙",
                "assistant": "@choice:示例技术员丙",
                "contacts": ["@choice:申请人", "@choice:对方当事人"],
            },
            "tech",
            "entrustment",
            "file",
            case.root_id,
        )
        case.driver.act("tech", "entrustment", "file", case.root_id, given)
    assert refused.value.code == "PERSON_RECUSED"


def upheld(played: Any) -> Any:
    case = played(before="entrustment.step_back", scenario="staff_recused")
    assert Entrustment.objects.get(matter_id=case.root_id).staff_recusal["state"] == "UPHELD"
    return case


def test_attack_side_suspends_a_technician_again_after_the_final_decision(played) -> None:
    """After 复议决定为终局 the same side challenges the same person on the same ground; he is out again, without end."""
    case = upheld(played)
    said = Entrustment.objects.get(matter_id=case.root_id).staff_recusal

    with pytest.raises(Refused):
        given = {"person": str(said["person"]), "ground": "P3", "facts": said["facts"]}
        case.driver.act("respondent", "entrustment", "challenge_staff", case.root_id, given)


def test_attack_other_side_takes_the_right_of_review_away(played) -> None:
    """What one side may ask to be looked at again is overwritten by whoever challenges next."""
    case = played(before="entrustment.ask_recusal_review", scenario="staff_recused")
    state = Entrustment.objects.get(matter_id=case.root_id).staff_recusal
    assert (state["state"], state["by"]) == ("REJECTED", "respondent")
    other = case.actor("tech2").person_id
    given = {"person": str(other), "ground": "P3", "facts": "校友。"}
    case.driver.act("applicant", "entrustment", "challenge_staff", case.root_id, given)
    case.driver.act("judge", "entrustment", "reject_staff_recusal", case.root_id, {"reason": "不成立。"})

    case.driver.act("respondent", "entrustment", "ask_recusal_review", case.root_id, {"reason": "附照片。"})


def test_attack_challenged_technician_named_to_follow_the_case(played) -> None:
    """Challenged before the filing, and undecided: another of the unit files the case with him as its supervisor."""
    case = played(before="entrustment.file", scenario="staff_recused")
    _, given = case.given("entrustment.file")
    challenge = {"person": given["lead"], "ground": "P3", "facts": "校友。"}
    case.driver.act("respondent", "entrustment", "challenge_staff", case.root_id, challenge)

    with pytest.raises(Refused):
        case.driver.act("tech2", "entrustment", "file", case.root_id, given)

"""Somebody of the unit who is challenged, or must step back, does nothing in the case: not in another matter of it either."""

from __future__ import annotations

from typing import Any

import pytest

from jianheng.config.rehearsal.script import Refused
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import Matter

pytestmark = pytest.mark.django_db


def offered(case: Any, who: str) -> set[str]:
    """Every act somebody is offered in the case."""
    matters = Matter.objects.filter(root_id=case.root_id).values_list("pk", flat=True)
    return {act.code for pk in matters for act in procedures.matter(pk, case.actor(who)).offered}


@pytest.mark.parametrize(
    ("before", "challenged_goes_on"),
    [
        ("entrustment.reject_staff_recusal", False),  # undecided
        ("entrustment.ask_recusal_review", True),  # rejected
    ],
)
def test_attack_challenged_technician_goes_on(played, before: str, challenged_goes_on: bool) -> None:
    case = played(before=before, scenario="staff_recused")

    assert bool(offered(case, "tech")) == challenged_goes_on
    assert offered(case, "tech2") >= {"go_to_draw", "invite_ranking", "designate"}


def test_attack_recused_technician_draws_up_the_list(played) -> None:
    case = played(scenario="staff_recused")
    selection = case.newest("selection")

    for act, matter_id, procedure in (
        ("correct_contact", case.root_id, "entrustment"),
        ("bring_pulse", selection, "selection"),
    ):
        given = {
            "correct_contact": {
                "side": "applicant",
                "phone": "13800000009",
                "ground": "WRITTEN",
                "evidence": case.driver.upload("tech", "申请.txt"),
                "reason": "来函。",
            },
            "bring_pulse": {"pulse": case.driver.pulse_line(selection)},
        }[act]
        with pytest.raises(Refused) as refused:
            case.driver.act("tech", procedure, act, matter_id, given)
        assert refused.value.code == "PERSON_RECUSED"

    assert offered(case, "tech") == set()
    assert procedures.matter(case.root_id, case.actor("tech")).procedure.code == "entrustment", (
        "what it may see stays"
    )


def test_attack_technician_recuses_a_rival(played) -> None:
    """Only the sides challenge, only the judge decides; nobody of the unit keeps another one out."""
    case = played(before="entrustment.challenge_staff", scenario="staff_recused")
    case.next_step()  # somebody who is not of the unit
    rival = case.actor("tech2").person_id

    for who in ("tech", "leader", "judge"):
        with pytest.raises(Refused) as refused:
            given = {"person": str(rival), "ground": "P2", "facts": "不和。"}
            case.driver.act(who, "entrustment", "challenge_staff", case.root_id, given)
        assert refused.value.code == "NOT_YOURS"
    case.next_step()
    for who in ("tech2", "leader", "respondent"):
        with pytest.raises(Refused) as refused:
            case.driver.act(who, "entrustment", "reject_staff_recusal", case.root_id, {"reason": "驳回。"})
        assert refused.value.code == "NOT_YOURS"

"""Where the law asks for two, one person is not two: not by two certificates, a second name, or a name nobody bears.

And a field with a list takes what is on the list, for every act: the core holds it to what was offered, so that a value
typed past the form is refused whatever the act's own verb looks at.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from jianheng.config.rehearsal.script import Refused
from jianheng.kernel.errors import Refusal
from jianheng.kernel.procedure import Act, check
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures import choosing, course
from jianheng.services.procedures.models import ActRecord

pytestmark = pytest.mark.django_db
NOT_THERE = "987654321"


def refused(case: Any, who: str, does: str, given: dict[str, Any]) -> str:
    """The code an act is refused with."""
    procedure, _, act = does.partition(".")
    with pytest.raises(Refused) as caught:
        case.driver.act(case.play.who(who), procedure, act, case.newest(procedure), given)
    return caught.value.code


def test_a_matter_is_not_filed_with_a_supervisor_nobody_is(played) -> None:
    case = played(before="entrustment.file")
    tech = case.actor("tech").person_id
    contacts = case.given("entrustment.file")[1]["contacts"]

    for invented in ("自编人员", NOT_THERE, str(case.actor("judge").person_id)):
        assert refused(
            case, "tech", "entrustment.file", {"lead": str(tech), "assistant": invented, "contacts": contacts}
        ) in {
            "INPUT",
            "NOT_OFFERED",
        }


def test_two_technicians_of_one_name_are_two_and_one_under_two_names_is_one(played, cast) -> None:
    case = played(before="entrustment.file")
    contacts = case.given("entrustment.file")[1]["contacts"]
    tech = case.actor("tech")
    twin = people.add_person(tech.name)
    people.add_post(
        twin, organisation_id=tech.organisation_ids[0], role="tech", since=case.now.date().replace(month=1)
    )

    assert (
        refused(
            case,
            "tech",
            "entrustment.file",
            {"lead": str(tech.person_id), "assistant": f"0{tech.person_id}", "contacts": contacts},
        )
        == "SAME_SUPERVISOR"
    )
    case.driver.act(
        "tech",
        "entrustment",
        "file",
        case.root_id,
        {"lead": str(tech.person_id), "assistant": str(twin), "contacts": contacts},
    )

    facts = dict(procedures.facts_of("entrustment", case.root_id, seats=("court",)))
    assert facts["督办人"] == f"{tech.name}、{tech.name}"


def test_one_appraiser_with_two_certificates_is_not_two_appraisers(played) -> None:
    case = played(before="appraisal.assign")
    head = case.play.who("head@chosen")
    listed = case.driver.options(head, "appraisal", "assign", case.newest("appraisal"))["lead"]
    first = int(listed[0][0])
    brief = entrustment.brief(case.root_id)
    one = next(
        one
        for one in institutions.appraisers_of(brief.institution_id, brief.category, on=case.now.date())
        if one.id == first
    )
    second = institutions.register_appraiser(
        institution_id=brief.institution_id,
        certificate_number="220199999001",
        name=one.name,
        categories=[brief.category],
        valid_from=case.now.date().replace(year=2024),
        valid_to=case.now.date().replace(year=2029),
        now=case.now,
        source="登记",
    )
    with pytest.raises(Refusal):
        institutions.link_person(second.id, person_id=one.person_id)


@pytest.mark.parametrize("scenario", ["traffic_disability", "agreement_deficiency"])
def test_what_no_list_offers_is_taken_by_no_act(scenario, played) -> None:
    case = played(before="entrustment.screen", scenario=scenario)
    tried: set[str] = set()
    while case.left:
        step = case.left[0]
        does = step.get("does", "")
        if not does or "refused" in step:
            case.next_step()
            continue
        procedure, _, act = does.partition(".")
        model = procedures.implementation(procedure, act).given
        places = [place for place in choosing.places(model) if "." not in place]
        if places and does not in tried:
            who, given = case.given(does)
            for place in places:
                spoilt = copy.deepcopy(given)
                spoilt[place] = [NOT_THERE] if isinstance(spoilt.get(place), list) else NOT_THERE
                before = ActRecord.objects.count()
                assert refused(case, who, does, spoilt)
                assert ActRecord.objects.count() == before
            tried.add(does)
        case.next_step()

    assert len(tried) > 2


def test_every_list_of_every_act_is_declared_so_that_the_core_can_hold_to_it() -> None:
    assert procedures.faults(parameters=set(), documents=set()) == []


def test_who_did_the_first_half_does_not_do_the_second_whatever_they_are_called(played) -> None:
    case = played(before="entrustment.file")
    judge, tech = case.actor("judge"), case.actor("tech")
    second = Act("second", "第二人确认", by=("court.judge",), design=True, apart_from=("request",))
    twice = people.Actor(name="另一个名字", person_id=judge.person_id, posts=judge.posts)
    other = people.Actor(name=judge.name, person_id=tech.person_id, posts=tech.posts)

    with pytest.raises(procedures.SamePersonError):
        course.must_be_another(second, matter_id=case.root_id, by=twice, holder="0:judge")
    course.must_be_another(second, matter_id=case.root_id, by=other, holder=tech.posts[0].holder)

    post = Act("third", "他岗确认", by=("court.judge",), design=True, apart_from=("request",), other_post=True)
    with pytest.raises(procedures.SamePersonError):
        course.must_be_another(post, matter_id=case.root_id, by=other, holder=judge.posts[0].holder)


def test_a_declaration_that_is_apart_from_nothing_does_not_start() -> None:
    declared = procedures.procedure("entrustment")
    lonely = replace(declared.act["file"], apart_from=("no_such_act",))
    alone = replace(declared.act["screen"], other_post=True)

    for act in (lonely, alone):
        acts = tuple(act if one.code == act.code else one for one in declared.acts)
        assert any("apart from" in wrong or "another post" in wrong for wrong in check(replace(declared, acts=acts)))

"""Numbers of other people's things put in place of one's own, in every address and every input; and what goes out.

Who may open which address of their own is walked in ``tests/gate``; here the address or the input is one's own and
something in it is not.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jianheng.kernel.errors import Refusal
from jianheng.modules.institutions.models import Institution
from jianheng.services.documents.models import Document
from jianheng.services.events import api as events
from jianheng.services.events import webhooks
from jianheng.services.events.models import Delivery, OutboxEvent, Webhook
from jianheng.services.files.models import CaseItem
from jianheng.services.notices.models import Message, Notice
from jianheng.services.people import api as people
from jianheng.services.people.models import Organisation, Person
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord, Matter
from tests.bad_input.test_characters import leaves, spoilt

pytestmark = pytest.mark.django_db
PHONES = ("13800000001", "13800000002")
SECRETS = ("张某甲", "李某乙", "胫腓骨", *PHONES)


def bearer(cast: dict[str, Any], login: str) -> dict[str, str]:
    """The header of somebody's client."""
    return {"Authorization": f"Bearer {cast[login]['token']}"}


def test_things_of_another_case_are_not_reached_through_ones_own(played, cast, browser) -> None:
    theirs, mine = played(before="entrustment.object"), played(before="entrustment.object")
    papers = Document.objects.filter(matter_id__in=Matter.objects.filter(root_id=theirs.root_id))
    item = CaseItem.objects.filter(root_id=theirs.root_id).exclude(file=None).first()
    reached = []

    for who in ("applicant", "judge", "leader", mine.play.who("intake@chosen")):
        looking = browser(who, mine.root_id)
        headers = bearer(cast, who) if who in cast else {}
        for matter in (mine.root_id, mine.newest("appraisal")):
            places = [f"/desk/matters/{matter}/files/{item.pk}/"]
            for paper in {paper.kind: paper for paper in papers}.values():
                places += [f"/desk/matters/{matter}/documents/{paper.pk}/"]
                places += [f"/api/v1/matters/{matter}/documents/{paper.pk}"] if headers else []
                places += [f"/api/v1/matters/{matter}/documents/{paper.pk}/receipt"] if headers else []
            for place in places:
                answer = looking.get(place, headers=headers if place.startswith("/api") else {})
                if answer.status_code != 404:
                    reached.append((who, place, answer.status_code))

    assert len({paper.kind for paper in papers}) > 20
    assert reached == []


def every_number() -> set[str]:
    """The number of everything anybody could name."""
    tables = (Person, Organisation, Institution, CaseItem, Document, Matter, ActRecord)
    return {str(pk) for table in tables for pk in table.objects.values_list("pk", flat=True)} | {"999999"}


def of_others(case: Any, step: dict[str, Any], foreign_file: str) -> Any:
    """(input, way to what is not theirs) for every choice and file of a step."""
    procedure, _, act = step["does"].partition(".")
    who, given = case.given(step["does"])
    matter_id = case.newest(procedure) if case.play.root_id else None
    choices = case.driver.options(who, procedure, act, matter_id)
    offered = {str(value) for options in choices.values() for value, _ in options}
    raw = dict(leaves(step.get("given") or {}))
    for place, usual in leaves(given):
        said = raw.get(place)
        if isinstance(said, str) and said.startswith("@file:"):
            yield who, matter_id, spoilt(given, place, foreign_file), place
        elif isinstance(said, str) and said.startswith("@choice:") and str(usual).isdigit():  # not a name suggested
            others = sorted(every_number() - offered)
            for number in others[:: len(others) // 5]:
                yield who, matter_id, spoilt(given, place, number), place


def test_no_act_takes_a_choice_it_did_not_offer_or_a_file_of_somebody_else(played, cast) -> None:
    played(before="entrustment.transfer")
    case = played(before="entrustment.request")
    foreign_file = case.driver.upload("judge2", "别人的文件.txt")
    taken, tried, seen = [], 0, set()

    while case.left:
        step = case.left[0]
        if "does" in step and "refused" not in step and step["does"] not in seen:
            seen.add(step["does"])
            for who, matter_id, given, place in of_others(case, step, foreign_file):
                tried += 1
                if done(case, who, step["does"], matter_id, given):
                    taken.append((step["does"], place, given))
        case.next_step()

    assert [f"{does} {place}" for does, place, _ in taken] == []
    assert tried > 20


def done(case: Any, who: str, does: str, matter_id: int | None, given: Any) -> bool:
    """Whether an act is carried out with an input; nothing stays of it."""
    procedure, _, act = does.partition(".")
    before = transaction.savepoint()
    try:
        if matter_id is None:
            procedures.begin(procedure, by=case.driver.actor(who), given=given, now=case.now)
        else:
            procedures.perform(matter_id, act=act, by=case.driver.actor(who), given=given, now=case.now)
    except Refusal:
        return False
    finally:
        transaction.savepoint_rollback(before)
    return True


def test_a_party_does_not_act_for_the_other_side_or_in_another_case(played) -> None:
    theirs, mine = played(before="selection.rank"), played(before="selection.rank")
    who, given = mine.given("selection.rank")
    me = people.Actor(name="申请人", sides=((mine.root_id, "applicant"),))

    assert who == "applicant"
    for selection in (theirs.newest("selection"), theirs.root_id):
        with pytest.raises(procedures.NoSuchMatterError):
            procedures.perform(selection, act="rank", by=me, given=given, now=mine.now)
    procedures.perform(mine.newest("selection"), act="rank", by=me, given=given, now=mine.now)
    with pytest.raises(Refusal):  # the node of the other side is still open
        procedures.perform(mine.newest("selection"), act="rank", by=me, given=given, now=mine.now)


def test_tokens_and_subscriptions_of_others_are_neither_seen_nor_ended_nor_made(cast, browser) -> None:
    mine = people.actor_of_login("tech", today=timezone.localdate())
    assert mine is not None
    token = people.tokens_of(mine.person_id)[0]
    hook = Webhook.objects.create(
        organisation_id=mine.posts[0].organisation_id,
        url="https://a.example/",
        secret="s",
        created_at=timezone.now(),
        person_id=mine.person_id,
    )

    browser("judge2").post("/desk/account/", {"revoke": str(token["id"])})
    asked = {"organisation": str(mine.posts[0].organisation_id), "password": cast["judge2"]["password"]}
    issued = browser("judge2").post("/desk/account/", asked)
    ended = Client().delete(f"/api/v1/webhooks/{hook.pk}", headers=bearer(cast, "head-a"))
    listed = Client().get("/api/v1/webhooks", headers=bearer(cast, "head-a"))

    assert [one["id"] for one in people.tokens_of(mine.person_id)] == [token["id"]]
    assert issued.context["fresh"] == ""
    assert ended.status_code == 404
    assert listed.json() == []
    assert events.webhooks_of(mine.posts[0].organisation_id) != []
    assert Client().get("/api/v1/webhooks", headers=bearer(cast, "tech")).json()[0]["secret"] == ""


def test_what_goes_out_goes_to_those_inside_and_names_nobody(cast, played) -> None:
    for body in Organisation.objects.filter(is_demo=True):
        person = people.add_person("示例接口管理员")
        people.add_post(person, organisation_id=body.pk, role="integrator", since=date(2020, 1, 1))
        Webhook.objects.create(
            organisation_id=body.pk,
            url=f"https://{body.pk}.example/",
            secret="s",
            person_id=person,
            created_at=timezone.now(),
        )
    case = played(before="entrustment.object")
    inside = {pk for viewers in Matter.objects.values_list("viewer_ids", flat=True) for pk in viewers}
    while events.relay(now=case.now):
        pass

    reached = set(Delivery.objects.values_list("webhook__organisation_id", flat=True))
    payloads = json.dumps([webhooks.cloud_event(event) for event in OutboxEvent.objects.all()], ensure_ascii=False)

    assert reached <= inside
    assert len(reached) > 1
    assert not [word for word in SECRETS if word in payloads]


def test_messages_go_to_the_partys_own_phone_and_notices_to_those_who_sit_in_the_matter(played) -> None:
    case = played(before="entrustment.object")
    seats = {row.pk: {str(one) for one in row.viewer_ids} for row in Matter.objects.filter(root_id=case.root_id)}

    assert set(Message.objects.values_list("to", flat=True)) <= set(PHONES)
    for notice in Notice.objects.exclude(matter_id=None):
        body = notice.holder.partition(":")[0]
        assert body in seats[notice.matter_id], notice.holder
    assert Notice.objects.count() > 2


def test_the_public_log_and_the_proofs_of_papers_name_nobody(played) -> None:
    case = played(before="entrustment.object")
    visitor = Client()
    code = Document.objects.filter(matter_id=case.root_id).exclude(code="").values_list("code", flat=True)[0]

    pages = [
        visitor.get(page) for page in ("/log/", "/log/checkpoint", f"/verify/{code}/", "/institutions/", "/rules/")
    ]
    told = "".join(page.content.decode() for page in pages)

    assert [page.status_code for page in pages] == [200] * 5
    assert not [word for word in SECRETS if word in told]

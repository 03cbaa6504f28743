"""What goes on without a person: webhooks that outlive their owner, secrets told twice, tokens that can do everything."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jianheng.services.events import api as events
from jianheng.services.events import webhooks
from jianheng.services.events.models import Delivery, OutboxEvent, Webhook
from jianheng.services.people import api as people
from jianheng.services.people.models import Post
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord
from tests.interface.conftest import REQUEST

pytestmark = pytest.mark.django_db
URL = "https://hooks.example/jianheng"


@pytest.fixture(autouse=True)
def outside(monkeypatch) -> None:
    """Every name leads to an address out in the world."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("198.51.100.7", 443))]
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *given, **named: found)
    monkeypatch.setattr(webhooks, "_is_public", lambda ip: True)


def call(cast: Any, login: str, method: str, path: str, given: Any = None, token: str = "") -> Any:
    """The interface's answer to somebody."""
    headers = {"Authorization": f"Bearer {token or cast[login]['token']}"}
    named = {"content_type": "application/json"} if given is not None else {}
    return getattr(Client(), method)(f"/api/v1{path}", given, headers=headers, **named)


def test_without_a_post_of_integration_nobody_subscribes_lists_or_ends(cast) -> None:
    made = call(cast, "tech", "post", "/webhooks", {"url": URL}).json()

    for login in ("judge", "tech2", "leader", "intake-a", "regulator"):
        answers = [
            call(cast, login, "post", "/webhooks", {"url": f"{URL}/{login}"}),
            call(cast, login, "get", "/webhooks"),
            call(cast, login, "delete", f"/webhooks/{made['id']}"),
        ]
        assert {(one.status_code, one.json()["code"]) for one in answers} == {(403, "INTEGRATION_POST")}
    assert Webhook.objects.filter(disabled_at=None).count() == 1


def test_a_secret_is_told_once_and_not_by_asking_for_the_same_address_again(cast) -> None:
    first = call(cast, "tech", "post", "/webhooks", {"url": URL}).json()
    again = call(cast, "tech", "post", "/webhooks", {"url": URL})

    assert first["secret"]
    assert (again.status_code, again.json()["code"]) == (409, "WEBHOOK_EXISTS")
    assert first["secret"] not in again.content.decode()
    assert first["secret"] not in call(cast, "tech", "get", "/webhooks").content.decode()

    call(cast, "tech", "delete", f"/webhooks/{first['id']}")
    assert call(cast, "tech", "post", "/webhooks", {"url": URL}).json()["secret"] != first["secret"]


@pytest.mark.parametrize("before_relay", [True, False])
def test_who_leaves_the_post_is_sent_nothing_more(before_relay, cast) -> None:
    made = call(cast, "tech", "post", "/webhooks", {"url": URL}).json()
    hook = Webhook.objects.get(pk=made["id"])
    OutboxEvent.objects.create(
        region="220199",
        type="entrustment.request",
        data={},
        organisation_ids=[hook.organisation_id],
        created_at=timezone.now(),
    )
    if not before_relay:
        events.relay(now=timezone.now())
        assert Delivery.objects.filter(webhook=hook).count() == 1
    Post.objects.filter(person_id=hook.person_id, role="integrator").update(
        valid_to=timezone.localdate() - timedelta(days=1)
    )

    sent: list[str] = []
    events.relay(now=timezone.now())
    events.deliver_due(now=timezone.now(), post=lambda url, **named: sent.append(url) or 204)

    assert sent == []
    hook.refresh_from_db()
    assert hook.disabled_at is not None


def limited(cast: Any, login: str, *acts: str) -> str:
    """A token of somebody for some acts only."""
    actor = people.actor_of_login(login, today=timezone.localdate())
    assert actor is not None and actor.person_id is not None
    return people.issue_token(
        organisation_id=actor.organisation_ids[0],
        person_id=actor.person_id,
        label="限定",
        now=timezone.now(),
        acts=acts,
    )


def test_a_token_for_some_acts_does_no_other_and_no_webhooks(cast) -> None:
    narrow = limited(cast, "judge", "entrustment.request")
    case = call(cast, "judge", "post", "/entrustment", REQUEST, token=narrow).json()["matter_id"]
    given = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}
    headers = {"Authorization": f"Bearer {narrow}", "If-Match": '"1"'}
    screened = Client().post(
        f"/api/v1/entrustment/{case}/screen", given, content_type="application/json", headers=headers
    )

    assert (screened.status_code, screened.json()["code"]) == (403, "TOKEN_LIMIT")
    assert ActRecord.objects.filter(matter_id=case).count() == 1
    assert (
        call(cast, "tech", "post", "/webhooks", {"url": URL}, limited(cast, "tech", "entrustment")).status_code == 403
    )
    other = call(cast, "judge", "post", "/entrustment", REQUEST, token=limited(cast, "judge", "appraisal"))
    assert (other.status_code, other.json()["code"]) == (403, "TOKEN_LIMIT")
    wide = limited(cast, "judge", "entrustment")
    assert call(cast, "judge", "post", "/entrustment", {**REQUEST, "case_number": "（2026）吉0199民初78号"}, wide)


def test_the_account_page_limits_a_token_to_the_kinds_ticked(cast, browser) -> None:
    me = people.actor_of_login("judge", today=timezone.localdate())
    assert me is not None
    asked = {"organisation": str(me.organisation_ids[0]), "password": cast["judge"]["password"], "label": "限定"}

    shown = browser("judge").post("/desk/account/", {**asked, "kinds": ["selection", "nonsense"]})

    token = shown.context["fresh"]
    assert call(cast, "judge", "post", "/entrustment", REQUEST, token=token).json()["code"] == "TOKEN_LIMIT"
    assert [one["acts"] for one in people.tokens_of(me.person_id) if one["label"] == "限定"] == [["selection"]]
    assert {one.code for one in procedures.procedures()} >= {"selection"}

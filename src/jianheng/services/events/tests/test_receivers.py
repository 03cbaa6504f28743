"""Organisations that asked to be told: one whose server is away is told later, and holds up nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jianheng.services.events import api as events
from jianheng.services.events import tasks, webhooks
from jianheng.services.events.models import Delivery, OutboxEvent, Webhook
from jianheng.services.people import api as people
from jianheng.services.people.models import Organisation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def receiver(name: str, organisation_id: int) -> Webhook:
    """A webhook of somebody who holds the post of integration."""
    people.add_organisation(f"单位{organisation_id}", kind="COURT", region="220100")
    person = people.add_person("示例")
    Organisation.objects.filter(name=f"单位{organisation_id}").exclude(pk=organisation_id).update(id=organisation_id)
    people.add_post(person, organisation_id=organisation_id, role="integrator", since=NOW.date())
    return Webhook.objects.create(
        organisation_id=organisation_id, url=f"https://{name}.example/", secret="s", person_id=person, created_at=NOW
    )


def event(*organisation_ids: int, relayed: bool = False) -> OutboxEvent:
    return OutboxEvent.objects.create(
        region="220100",
        matter_id=1,
        type="entrustment.request",
        data={},
        organisation_ids=list(organisation_ids),
        created_at=NOW,
        relayed_at=NOW if relayed else None,
    )


def due_to(webhook: Webhook) -> Delivery:
    told = event(webhook.organisation_id, relayed=True)
    return Delivery.objects.create(event=told, webhook=webhook, next_try_at=NOW)


class Line:
    """What is called, in order; whoever is said to be away does not answer."""

    def __init__(self, *away: str) -> None:
        self.away, self.called = away, []  # type: ignore[var-annotated]

    def __call__(self, url: str, **sent: Any) -> int:
        self.called.append(url)
        if any(name in url for name in self.away):
            raise TimeoutError("timed out")
        return 204


def test_a_receiver_that_does_not_answer_is_tried_once_in_a_run_and_the_others_are_told() -> None:
    away, there = receiver("away", 1), receiver("there", 2)
    waiting = [due_to(away) for _ in range(3)]
    due_to(there)
    line = Line("away")

    assert events.deliver_due(now=NOW, post=line) == 1

    assert line.called == [away.url, there.url]
    tried = list(Delivery.objects.filter(pk__in=[one.pk for one in waiting]).order_by("pk"))
    assert [one.attempts for one in tried] == [1, 0, 0], "an event that was not tried did not fail"
    assert all(one.next_try_at >= NOW + timedelta(minutes=1) for one in tried)


def test_a_receiver_that_is_there_again_gets_everything_in_order() -> None:
    back = receiver("back", 1)
    for _ in range(3):
        due_to(back)
    events.deliver_due(now=NOW, post=Line("back"))

    assert events.deliver_due(now=NOW + timedelta(minutes=2), post=Line()) == 3

    assert not Delivery.objects.filter(delivered_at=None).exists()


def test_a_run_ends_in_time_and_what_it_leaves_is_tried_by_the_next(monkeypatch) -> None:
    slow = receiver("slow", 1)
    due_to(slow)
    monkeypatch.setattr(webhooks, "RUN_SECONDS", 0.0)
    assert events.deliver_due(now=NOW, post=Line()) == 0

    monkeypatch.undo()

    assert events.deliver_due(now=NOW, post=Line()) == 1


def test_a_delivery_that_another_run_put_off_is_not_tried_by_this_one() -> None:
    first, second = receiver("first", 1), receiver("second", 2)
    due_to(first)
    later = due_to(second)

    def post(url: str, **sent: Any) -> int:
        Delivery.objects.filter(pk=later.pk).update(next_try_at=NOW + timedelta(hours=1))
        return 204

    assert events.deliver_due(now=NOW, post=post) == 1

    later.refresh_from_db()
    assert (later.attempts, later.delivered_at) == (0, None)


def test_everything_that_happened_is_relayed_in_one_run_however_much_it_was(monkeypatch) -> None:
    monkeypatch.setattr(webhooks, "BATCH", 2)
    receiver("there", 1)
    for _ in range(5):
        event(1)

    tasks.relay(timestamp=0)

    assert Delivery.objects.count() == 5
    assert not OutboxEvent.objects.filter(relayed_at=None).exists()


def test_failing_deliveries_of_a_subscription_that_was_ended_alarm_nobody() -> None:
    ended = receiver("ended", 1)
    due_to(ended)
    Delivery.objects.update(attempts=5)
    assert events.figures(NOW)["deliveries_failing"] == 1

    events.remove_webhook(ended.pk, organisation_id=1, now=NOW)

    assert (events.figures(NOW)["deliveries_failing"], events.figures(NOW)["deliveries_waiting"]) == (0, 0)

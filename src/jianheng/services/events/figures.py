"""How the outbox and its deliveries stand."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q

from jianheng.services.events.models import Delivery, OutboxEvent

FAILING_ATTEMPTS = 3


def figures(now: datetime) -> dict[str, float]:
    """Events not yet handed to deliveries, how long the oldest has waited; deliveries open and failing."""
    outbox = OutboxEvent.objects.filter(relayed_at=None).aggregate(waiting=Count("pk"), since=Min("created_at"))
    sent = Delivery.objects.filter(delivered_at=None, webhook__disabled_at=None).aggregate(
        waiting=Count("pk"), failing=Count("pk", filter=Q(attempts__gte=FAILING_ATTEMPTS))
    )
    since = outbox["since"]
    return {
        "events_waiting": outbox["waiting"],
        "events_oldest_waiting_seconds": max((now - since).total_seconds(), 0.0) if since else 0.0,
        "deliveries_waiting": sent["waiting"],
        "deliveries_failing": sent["failing"],
    }

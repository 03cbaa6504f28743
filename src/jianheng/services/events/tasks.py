"""Background work of events: the outbox is relayed and deliveries are tried every few seconds."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.events import api


@app.periodic(cron="* * * * * */5")
@app.task(name="events.relay", queueing_lock="events.relay")
def relay(timestamp: int) -> None:
    """Move what happened towards the organisations that asked to be told."""
    now = timezone.now()
    api.relay(now=now)
    api.deliver_due(now=now)

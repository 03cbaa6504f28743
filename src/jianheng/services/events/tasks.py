"""Background work of events: the outbox is relayed and deliveries are tried every few seconds."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.events import api, webhooks


@app.periodic(cron="* * * * * */5")
@app.task(name="events.relay", queueing_lock="events.relay")
def relay(timestamp: int) -> None:
    """Move what happened towards the organisations that asked to be told."""
    while api.relay(now=timezone.now()) == webhooks.BATCH:
        pass


@app.periodic(cron="* * * * * */5")
@app.task(name="events.deliver", lock="events.deliver", queueing_lock="events.deliver")
def deliver(timestamp: int) -> None:
    """Call the receivers, one run at a time: those that do not answer never take the worker from everything else."""
    api.deliver_due(now=timezone.now())

"""Background work of beacons: fetch what is waited for, and let what waited go on."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.beacon import api


@app.periodic(cron="* * * * * */3")
@app.task(name="beacon.fetch", queueing_lock="beacon.fetch")
def fetch(timestamp: int) -> None:
    """Ask for every round that has fallen."""
    api.fetch_due(now=timezone.now())

"""Background work of statistics."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.statistics import counting


@app.periodic(cron="*/15 * * * *")
@app.task(name="statistics.take", queueing_lock="statistics.take")
def take(timestamp: int) -> None:
    """Count everything anew."""
    counting.take(timezone.now())

"""Background work of notices."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jianheng.services.notices import api


@app.task(name="notices.send", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def send(message_id: int) -> None:
    """Hand a message to its channel; tried again until it is taken."""
    api.send_now(message_id, now=timezone.now())

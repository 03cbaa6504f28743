"""Background work of notices."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.jobs.api import UntilItSucceeds
from jianheng.services.notices import api


@app.task(name="notices.send", retry=UntilItSucceeds())
def send(message_id: int) -> None:
    """Hand a message to its channel; tried again until it is taken."""
    api.send_now(message_id, now=timezone.now())

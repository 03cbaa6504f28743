"""Background work of the log: fold waiting entries into the tree and sign a checkpoint."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.ledger import sequencer


@app.periodic(cron="* * * * * */2")
@app.task(name="ledger.sequence", queueing_lock="ledger.sequence")
def sequence(timestamp: int) -> None:
    """Give every waiting entry its place."""
    sequencer.run_once(now=timezone.now())

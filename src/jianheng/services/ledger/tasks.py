"""Background work of the log: fold waiting entries into the tree, sign a checkpoint, have it cosigned."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.ledger import cosigning, sequencer

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */2")
@app.task(name="ledger.sequence", queueing_lock="ledger.sequence")
def sequence(timestamp: int) -> None:
    """Give every waiting entry its place; sign nothing while this machine's clock is ahead of the database's."""
    if (ahead := timezone.now() - sequencer.database_clock()) > sequencer.SKEW:
        log.error("the clock is %.0f seconds ahead of the database's: nothing is signed", ahead.total_seconds())
        return
    sequencer.run_once(now=timezone.now())


if settings.JIANHENG_WITNESS_POLICY:

    @app.periodic(cron="* * * * * */2")
    @app.task(name="ledger.cosign", queueing_lock="ledger.cosign", lock="ledger.cosign")
    def cosign(timestamp: int) -> None:
        """Bring the newest checkpoint to the witnesses."""
        cosigning.run_once(now=timezone.now())

"""Background work of procedures: what a clock that ran out brings about."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.services.procedures import acting, recounting


@app.periodic(cron="*/5 * * * *")
@app.task(name="procedures.lapse_due", queueing_lock="procedures.lapse_due")
def lapse_due(timestamp: int) -> None:
    """Do what is due; at night as well as by day, and again after a crash.

    Terms that had no due day are counted first: the operator may have put a calendar year in place.
    """
    recounting.recount_terms(undated=True)
    acting.lapse_due(now=timezone.now())

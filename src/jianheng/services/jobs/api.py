"""The door of jobs: background work that commits with the act that asked for it.

A job is deferred in the caller's transaction, so it exists exactly if the act does. Every job body may be run
twice: a worker that dies is noticed and its job is given to another.
"""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from jianheng.services.jobs.figures import figures
from jianheng.services.jobs.retrying import UntilItSucceeds

__all__ = ["UntilItSucceeds", "defer", "figures", "queue"]


def defer(task: str, *, lock: str | None = None, once: str | None = None, **arguments: object) -> None:
    """Ask for a task by name; ``lock`` runs one at a time, ``once`` drops it while an equal one still waits."""
    deferrer = queue.configure_task(task, lock=lock, queueing_lock=once)
    if once is None:
        deferrer.defer(**arguments)
        return
    try:
        with transaction.atomic():  # the lock's unique index must not spoil the caller's transaction
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return

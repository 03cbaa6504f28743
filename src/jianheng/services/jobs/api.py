"""The door of jobs: background work that commits with the act that asked for it.

A job is deferred in the caller's transaction, so it exists exactly if the act does. Every job body may be run
twice: a worker that dies is noticed and its job is given to another.
"""

from __future__ import annotations

from contextlib import nullcontext

from django.db import OperationalError, transaction
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from jianheng.services.jobs.figures import figures
from jianheng.services.jobs.retrying import UntilItSucceeds

__all__ = ["UntilItSucceeds", "defer", "figures", "queue"]


def defer(task: str, *, lock: str | None = None, once: str | None = None, **arguments: object) -> None:
    """Ask for a task by name; ``lock`` runs one at a time, ``once`` drops it while an equal one still waits."""
    deferrer = queue.configure_task(task, lock=lock, queueing_lock=once)
    try:
        with transaction.atomic() if once else nullcontext():  # the lock's unique index must not spoil the caller's
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        if once is None:
            raise
    except ConnectorException as error:  # the database's own fault, as any other statement of the act would raise it
        raise OperationalError(*error.args) from error.__cause__

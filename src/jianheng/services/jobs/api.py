"""The door of jobs: background work that commits with the act that asked for it.

A job is deferred in the caller's transaction, so it exists exactly if the act does. Every job body may be run
twice: a worker that dies is noticed and its job is given to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.types import JSONValue

from jianheng.services.jobs.figures import figures
from jianheng.services.jobs.retrying import UntilItSucceeds

__all__ = ["UntilItSucceeds", "defer", "figures", "queue", "together"]

_gathered: ContextVar[list[Job] | None] = ContextVar("jobs asked for, not yet written", default=None)


def defer(task: str, *, lock: str | None = None, **arguments: JSONValue) -> None:
    """Ask for a task by name; ``lock`` runs one at a time. Written at once, or at the end of :func:`together`."""
    job = queue.configure_task(task, lock=lock).make_new_job(**arguments)
    gathered = _gathered.get()
    if gathered is None:
        _write([job])
    else:
        gathered.append(job)


@contextmanager
def together() -> Iterator[None]:
    """Write what is asked for inside in one statement at the end, in the order it was asked for.

    Opened inside a transaction, by whoever opened that. A block inside another hands its jobs to the outer one when
    it ends well; one that is left by an exception leaves no job behind.
    """
    outer, own = _gathered.get(), list[Job]()
    token = _gathered.set(own)
    try:
        yield
    finally:
        _gathered.reset(token)
    if outer is not None:
        outer.extend(own)
    elif own:
        _write(own)


def _write(asked_for: list[Job]) -> None:
    try:
        queue.job_manager.batch_defer_jobs(asked_for)
    except ConnectorException as error:  # the database's own fault, as any other statement of the act would raise it
        raise OperationalError(*error.args) from error.__cause__

"""What a worker watches in itself; it ends where it finds itself amiss, and is started again whole.

Two things it could not recover from by itself: a job whose end could not be written (its worker being alive, nobody
would take it up again), and a clock that jumped (the regular jobs are counted from the last one: after an hour ahead
there would be none for an hour).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from procrastinate import JobContext
from procrastinate.worker import Worker

JUMP_SECONDS = 10.0
LOOKING_EVERY_SECONDS = 0.5
log = logging.getLogger(__name__)
_watchers: WeakKeyDictionary[Worker, asyncio.Task[None]] = WeakKeyDictionary()


async def watched(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """Around every job: let the worker end when the end of this one could not be written."""
    if worker not in _watchers:
        _watchers[worker] = asyncio.create_task(clock_goes_evenly(worker))
    this = asyncio.current_task()
    assert this is not None
    this.add_done_callback(lambda task: _written(task, worker))
    return await call_next()


def _written(task: asyncio.Task[Any], worker: Worker) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error(
            "how %s ended could not be written; the worker ends, so that others take up its jobs: %r", task, error
        )
        worker.stop()


async def clock_goes_evenly(worker: Worker) -> None:
    """Return once the clock has jumped and the worker was told to end."""
    before = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(LOOKING_EVERY_SECONDS)
        now = time.time() - time.monotonic()
        if abs(now - before) > JUMP_SECONDS:
            log.error("the clock jumped by %.0f seconds; the worker begins anew", now - before)
            worker.stop()
            return
        before = now

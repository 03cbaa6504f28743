"""Jobs after a fault of the worker, the database or the clock: each is named after what once went wrong."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from jianheng.services.jobs import api as jobs
from jianheng.services.jobs import watching
from jianheng.services.jobs.retrying import LONGEST_WAIT_SECONDS, UntilItSucceeds
from jianheng.services.notices import api as notices

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 20.0


@pytest.fixture(autouse=True)
def no_jobs_but_these(transactional_db) -> None:
    """The queue's tables are not Django's to empty."""
    rows("delete from procrastinate_jobs")


def rows(sql: str, *given: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall() if cursor.description else []


def a_job(task: str, *, status: str = "todo", queueing_lock: str | None = None, **arguments: object) -> int:
    """A job as its worker left it: ``doing`` without a worker is a job whose worker was killed."""
    made = rows(
        """insert into procrastinate_jobs (queue_name, task_name, args, status, queueing_lock)
           values ('default', %s, %s::jsonb, %s, %s) returning id""",
        task,
        json.dumps(arguments),
        status,
        queueing_lock,
    )
    return int(made[0][0])


def state_of(job_id: int) -> str:
    return "".join(status for (status,) in rows("select status from procrastinate_jobs where id = %s", job_id))


def rescue() -> None:
    """What the platform does every ten seconds."""
    task = jobs.queue.tasks["jobs.rescue_stalled"]

    async def once() -> None:
        app = jobs.queue.with_connector(jobs.queue.connector.get_worker_connector())
        async with app.open_async():
            await task.func(SimpleNamespace(app=app), timestamp=0)

    asyncio.run(once())


def test_a_killed_workers_paper_is_made_though_a_regular_job_of_its_waits_again() -> None:
    before = a_job("ledger.sequence", status="doing", queueing_lock="ledger.sequence", timestamp=1)
    paper = a_job("documents.produce", status="doing", document_id=1)
    next_one = a_job("ledger.sequence", queueing_lock="ledger.sequence", timestamp=2)

    rescue()

    assert (state_of(before), state_of(paper), state_of(next_one)) == ("", "todo", "todo")


def test_a_job_put_off_while_the_clock_was_ahead_does_not_wait_for_that_day() -> None:
    far, soon = a_job("documents.produce", document_id=1), a_job("documents.produce", document_id=2)
    put_off = "update procrastinate_jobs set scheduled_at = now() + %s where id = %s"
    rows(put_off, timedelta(hours=25), far)
    rows(put_off, timedelta(seconds=LONGEST_WAIT_SECONDS - 10), soon)

    rescue()

    due = dict(rows("select id, scheduled_at <= now() from procrastinate_jobs"))
    assert due == {far: True, soon: False}


def test_a_regular_job_that_failed_in_an_outage_is_not_held_against_the_platform_for_ever() -> None:
    regular = a_job("ledger.sequence", status="failed", queueing_lock="ledger.sequence", timestamp=1)
    asked_for = a_job("documents.produce", status="failed", document_id=1)

    rescue()

    assert (state_of(regular), state_of(asked_for)) == ("", "failed")
    assert jobs.figures(timezone.now())["jobs_failed"] == 1


def test_a_message_whose_job_could_not_be_asked_for_is_not_left_behind_unsent(monkeypatch) -> None:
    def lost(*_: Any, **__: Any) -> None:
        raise OperationalError("terminating connection due to administrator command")

    kept = len(notices.messages())
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "defer", lost)
        with pytest.raises(OperationalError):
            notices.send("SMS", [("13900000001", "验证码 000000")], now=timezone.now())

    assert len(notices.messages()) == kept
    notices.send("SMS", [("13900000001", "验证码 000000")], now=timezone.now())
    assert len(notices.messages()) == kept + 1
    assert rows("select count(*) from procrastinate_jobs where task_name = 'notices.send'") == [(1,)]


@pytest.mark.parametrize("task", ["documents.produce", "notices.send"])
@pytest.mark.parametrize("attempts", [0, 9, 10, 20, 5_000])
def test_a_paper_or_message_is_owed_however_long_the_service_was_away(task, attempts) -> None:
    strategy = jobs.queue.tasks[task].retry_strategy
    assert isinstance(strategy, UntilItSucceeds)

    failed = Job(id=1, queue="default", lock=None, queueing_lock=None, task_name=task, attempts=attempts)
    decision = strategy.get_retry_decision(exception=OSError(), job=failed)

    wait = (decision.retry_at - timezone.now()).total_seconds()
    assert 0 < wait <= LONGEST_WAIT_SECONDS


class Ending:
    """A worker that can be told to end."""

    ended = False

    def stop(self) -> None:
        self.ended = True


def ends(doing: Callable[[Any], Any]) -> bool:
    """Whether a worker ends while it does something."""

    async def run() -> bool:
        worker = Ending()
        await asyncio.wait([asyncio.create_task(doing(worker))], timeout=PATIENCE_SECONDS)
        return worker.ended

    return asyncio.run(run())


async def end_cannot_be_written(worker: Any) -> None:
    async def job() -> str:
        return "made"

    await watching.watched(job, SimpleNamespace(), worker)
    raise OSError("the disk was full when the job's end was to be written")


async def going_well(worker: Any) -> None:
    async def job() -> str:
        return "made"

    assert await watching.watched(job, SimpleNamespace(), worker) == "made"


def test_a_worker_that_could_not_write_how_a_job_ended_ends_so_that_the_job_is_taken_up_again() -> None:
    assert ends(end_cannot_be_written)
    assert not ends(going_well)


@pytest.mark.parametrize("seconds", [3_600, -3_600])
def test_a_worker_whose_clock_jumped_begins_anew_and_goes_on_with_its_regular_jobs(monkeypatch, seconds) -> None:
    usual, since = time.time, time.monotonic()
    monkeypatch.setattr(
        watching.time, "time", lambda: usual() + (seconds if time.monotonic() - since > 1 else 0), raising=True
    )

    assert ends(watching.clock_goes_evenly)


def test_the_worker_is_watched(settings) -> None:
    assert settings.PROCRASTINATE_WORKER_DEFAULTS["worker_middleware"] == [watching.watched]
    worker = Worker(jobs.queue, **jobs.queue.worker_defaults)
    assert watching.watched in worker.worker_middleware

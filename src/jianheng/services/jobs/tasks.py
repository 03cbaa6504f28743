"""The platform's own upkeep: give stalled jobs to another worker, and let none wait for a clock that was wrong."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from jianheng.services.jobs.retrying import LONGEST_WAIT_SECONDS

STALLED_AFTER_SECONDS = 30  # a worker gives a sign of life every ten

# The time of the next try is the worker's, whose clock may have been ahead.
HASTEN = """
update procrastinate_jobs set scheduled_at = now()
where status = 'todo' and scheduled_at > now() + make_interval(secs => %(longest)s)"""
# A regular job that failed is made up for by the next one of its kind.
FORGET = "delete from procrastinate_jobs where status = 'failed' and queueing_lock is not null"


@app.periodic(cron="* * * * * */10")  # the last field is seconds
@app.task(name="jobs.rescue_stalled", queueing_lock="jobs.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Put jobs whose worker no longer gives a sign of life back into the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # an equal one waits already
            await manager.finish_job(job, status=Status.ABORTED, delete_job=True)
    await manager.connector.execute_query_async(HASTEN, longest=LONGEST_WAIT_SECONDS)
    await manager.connector.execute_query_async(FORGET)

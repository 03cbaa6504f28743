"""When a job that failed is tried again: soon at first, then every few minutes, for as long as it takes."""

from __future__ import annotations

from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

LONGEST_WAIT_SECONDS = 300


class UntilItSucceeds(BaseRetryStrategy):
    """What an act has asked for is owed however long a service is away: after 2, 4, 8 … seconds, then every five minutes.

    Nothing is given up, so that no paper whose number is known stays unmade; what fails for long is named by the doctor.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """The next try."""
        return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts + 1, 16), LONGEST_WAIT_SECONDS)})

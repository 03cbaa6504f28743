"""Background work of files."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jianheng.services.files import api


@app.periodic(cron="*/10 * * * *")
@app.task(name="files.forget", queueing_lock="files.forget")
def forget(timestamp: int) -> None:
    """Take erased contents out of the storage."""
    api.forget()

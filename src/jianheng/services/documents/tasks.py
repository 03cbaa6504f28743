"""Background work of documents: make the paper whose number is already decided."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jianheng.services.documents import api
from jianheng.services.jobs.api import UntilItSucceeds


@app.task(name="documents.produce", retry=UntilItSucceeds())
def produce(document_id: int) -> None:
    """Typeset, sign, store and log one document; running it twice changes nothing."""
    api.produce(document_id)

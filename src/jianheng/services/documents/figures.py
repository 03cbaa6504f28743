"""How the making of papers stands."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q

from jianheng.services.documents.models import Document
from jianheng.services.documents.terms import Status


def figures(now: datetime) -> dict[str, float]:
    """Papers asked for and not made, how long the oldest has waited, and how many failed at least once."""
    told = Document.objects.filter(status=Status.REQUESTED).aggregate(
        waiting=Count("pk"), since=Min("requested_at"), failing=Count("pk", filter=Q(attempts__gt=0))
    )
    since = told["since"]
    return {
        "papers_waiting": told["waiting"],
        "papers_oldest_waiting_seconds": max((now - since).total_seconds(), 0.0) if since else 0.0,
        "papers_failing": told["failing"],
    }

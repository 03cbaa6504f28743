"""The platform's figures by name, from every service that has some; none of a person or a case."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from jianheng.services.documents import api as documents
from jianheng.services.events import api as events
from jianheng.services.hosts import api as hosts
from jianheng.services.jobs import api as jobs
from jianheng.services.ledger import api as ledger
from jianheng.services.procedures import api as procedures

SERVICES = (jobs, hosts, ledger, documents, events, procedures)


def figures(now: datetime) -> dict[str, float]:
    """Every figure."""
    return {name: value for service in SERVICES for name, value in service.figures(now).items()}


def exposition(now: datetime) -> bytes:
    """The figures in Prometheus's text format, version 0.0.4, each called ``jianheng_…``."""
    registry = CollectorRegistry()
    for name, value in figures(now).items():
        Gauge(f"jianheng_{name}", name.replace("_", " "), registry=registry).set(value)
    return generate_latest(registry)

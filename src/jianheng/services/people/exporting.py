"""Organisations for the exports of everything and of single matters."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from jianheng.services.people.models import Organisation


def organisations(directory: Path, matters: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    """Every organisation, by number: acts and seats name them by it."""
    for one in Organisation.objects.order_by("pk").iterator():
        yield {
            "id": one.pk,
            "region": one.region,
            "kind": one.kind,
            "name": one.name,
            "level": one.level,
            "code": one.code,
            "parent": one.parent_id,
        }

"""Django's cache in the database without pickles: what may write to its table must not run programs as the platform."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from django.core.cache.backends import db


def _loaded(kept: bytes) -> Any:
    try:
        return json.loads(kept)
    except ValueError:  # of before, or put there: as if nothing were known
        return []


# The backend names its module's ``pickle`` and offers no other way to say how values are kept.
db.pickle = SimpleNamespace(  # type: ignore[attr-defined]
    HIGHEST_PROTOCOL=0, dumps=lambda value, _protocol: json.dumps(value).encode(), loads=_loaded
)


class PlainCache(db.DatabaseCache):
    """Values are JSON."""

"""How much slower the same becomes as matters grow.

The smallest database is kept beside the growing one, and both are asked in turns: minutes pass between two sizes, in
which a machine may become half as fast, and what was measured in different minutes does not compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from jianheng.config.bench import acts, measure, reading

KEPT = "jianheng_fewest"
FLAT = ("work list", "search by case number", "search by a rare name", "search by a name", "search by a common word")
TIMES = 200


def keep() -> BaseDatabaseWrapper:
    """A copy of the database as it is now; the connection to it."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("create database {} template {}").format(sql.Identifier(KEPT), sql.Identifier(name)))
    kept: BaseDatabaseWrapper = connection.copy()
    kept.settings_dict["NAME"] = KEPT
    return kept


def beside(kept: BaseDatabaseWrapper, matter_id: int) -> dict[str, Any]:
    """By question: milliseconds here, in the kept database, and how many times as long it takes here."""
    judge, questions = acts.clerk(), reading.questions(matter_id)
    calls: dict[str, Callable[[], Any]] = {
        "act": lambda: acts.act(matter_id, judge),
        **{name: questions[name].ours for name in FLAT},
    }
    here = connections[DEFAULT_DB_ALIAS]
    try:
        return {
            name: _times(*measure.medians_ms(_at(here, ask), _at(kept, ask), TIMES)) for name, ask in calls.items()
        }
    finally:
        kept.close()


def _at(database: BaseDatabaseWrapper, ask: Callable[[], Any]) -> Callable[[], None]:
    def there() -> None:
        usual = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = database
        try:
            ask()
        finally:
            connections[DEFAULT_DB_ALIAS] = usual

    return there


def _times(ours: float, fewest: float) -> Mapping[str, float]:
    return {"ours": ours, "fewest": fewest, "ratio": round(ours / fewest, 2)}

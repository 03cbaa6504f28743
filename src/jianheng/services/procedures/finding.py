"""Matters by words: rare ones by the index of words, common ones by walking back from the newest.

Which way is shorter depends on the words asked for, so they stand in the statement itself, quoted by the driver: a plan
prepared for any words at all (PostgreSQL manual, PREPARE, "generic plan") costs a hundred times as much. Who may see
a matter is one of its words ("@12"), so that the index gives only what the viewer sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from django.db import connection
from psycopg.sql import SQL, Composable

from jianheng.services.people import api as people
from jianheng.services.procedures import registry
from jianheng.services.procedures.words import asked as words_asked

PAGE = 30
LONGEST = 100  # characters looked for; a word of more than two thousand bytes is none the index could hold
STATES: dict[str, LiteralString] = {"open": "m.closed_at is null", "closed": "m.closed_at is not null"}
FIND = """
select m.id, coalesce(m.root_id, m.id), m.reference, m.title, m.procedure, m.version, m.opened_at, m.closed_at, m."end"
from procedures_matter m where {} order by m.id desc limit {}
"""


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One line of a list of matters."""

    id: int
    root_id: int
    reference: str
    title: str
    procedure: str
    opened_at: datetime
    closed_at: datetime | None
    end: str


def find(
    actor: people.Actor,
    *,
    text: str = "",
    procedure: str = "",
    state: str = "",
    after: int | None = None,
    size: int = PAGE,
) -> tuple[MatterRow, ...]:
    """Matters the actor may see, newest first: by words or case number, by procedure, by open/closed."""
    lexemes = " & ".join(_lexeme(word) for word in words_asked(text[:LONGEST]))
    conditions = [_seen(actor, lexemes)]
    if procedure:
        conditions.append(SQL("m.procedure = {}").format(procedure))
    if state in STATES:
        conditions.append(SQL(STATES[state]))
    if after:
        conditions.append(SQL("m.id < {}").format(after))
    sql = SQL(FIND).format(SQL(" and ").join(conditions), size)
    with connection.cursor() as cursor:
        cursor.execute(sql.as_string(cursor.connection))
        return tuple(_row(*found) for found in cursor.fetchall())


def _seen(actor: people.Actor, lexemes: str) -> Composable:
    """The gate of :func:`queries.may_see` and the words, asked of the index of words together."""
    mine = " | ".join(f"'@{one}'" for one in (*actor.organisation_ids, *actor.organisations_below))
    words = SQL("m.words @@ {}::tsquery").format(lexemes) if lexemes else SQL("true")
    if actor.system:
        return words
    ways = [SQL("m.root_id = {} and m.seats->>{} = 'side' and {}").format(*one, words) for one in actor.sides]
    if mine:
        asked = f"({mine}) & {lexemes}" if lexemes else mine
        ways.append(SQL("m.words @@ {}::tsquery").format(asked))
    return SQL("(({}))").format(SQL(") or (").join(ways)) if ways else SQL("false")


def _lexeme(word: str) -> str:
    """A word as a lexeme of a tsquery (PostgreSQL manual, tsquery: quotes and backslashes are doubled)."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _row(
    pk: int,
    root_id: int,
    reference: str,
    title: str,
    code: str,
    version: int,
    opened_at: datetime,
    closed_at: datetime | None,
    end: str,
) -> MatterRow:
    declared = registry.procedure(code, version)
    return MatterRow(
        id=pk,
        root_id=root_id,
        reference=reference,
        title=title,
        procedure=declared.title,
        opened_at=opened_at,
        closed_at=closed_at,
        end=declared.end[end].title if end else "",
    )

"""Matters by somebody's whole name, else by words: rare ones by their index, common ones by walking back from the newest.

Whoever types a party's whole name wants that party's matters, not those of a 王某丙 against a 李某甲乙; they stand in an index
of their own in the order of matters, so that the newest thirty are found as fast among ten million as among ten
thousand. Only where nobody bears the name, or on demand, words are looked for. Which way to them is shorter depends on
the words, so they stand in the statement itself, quoted by the driver: a plan
prepared for any words at all (PostgreSQL manual, PREPARE, "generic plan") costs a hundred times as much. Who may see
a matter is one of its words ("@12"), so that the index gives only what the viewer sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import LiteralString

from django.db import connection
from django.utils import timezone
from psycopg.sql import SQL, Composable

from jianheng.services.people import api as people
from jianheng.services.procedures import registry
from jianheng.services.procedures.words import LONGEST, name_key, whole_name
from jianheng.services.procedures.words import asked as words_asked

PAGE = 30
STATES: dict[str, LiteralString] = {"open": "m.closed_at is null", "closed": "m.closed_at is not null"}
FIND = """
select m.id, coalesce(m.root_id, m.id), m.reference, m.title, m.procedure, m.version, m.opened_at, m.closed_at, m."end"
from {} where {} order by {} desc limit {}
"""
# Where to look, and the number that orders it: the matters; one organisation's lines of a name. "offset 0" keeps the
# planner from going by the index of words after all, for which it would have to see every matter of the name.
MATTERS = SQL("procedures_matter m"), SQL("m.id")
LINES = (
    SQL("""procedures_wholename n
    cross join lateral (select * from procedures_matter where id = n.matter_id offset 0) m"""),
    SQL("n.matter_id"),
)


ADMITTED = SQL(
    "(m.restricted_to is null or {} and procedures_admits(m.restricted_to, m.root_id, {}::text[], {}::date))"
)


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
    by_name: bool = False  # a party bears exactly the name that was looked for


def find(
    actor: people.Actor,
    *,
    text: str = "",
    procedure: str = "",
    state: str = "",
    after: int | None = None,
    size: int = PAGE,
    wide: bool = False,
) -> tuple[MatterRow, ...]:
    """Matters the actor may see, newest first: by a party's name, by words or case number; by procedure, by open/closed.

    Where parties bear exactly the name typed, only their matters are told, marked ``by_name``; ``wide`` asks for
    all that hold the words.
    """
    filters: list[Composable] = []
    if procedure:
        filters.append(SQL("m.procedure = {}").format(procedure))
    if state in STATES:
        filters.append(SQL(STATES[state]))
    name = "" if wide else whole_name(text)
    if name:
        found = _bearing(actor, name, filters, after, size)
        if found or (after and _bearing(actor, name, filters, None, 1)):
            return _noted(actor, (replace(row, by_name=True) for row in found))
    lexemes = " & ".join(_lexeme(word) for word in words_asked(text[:LONGEST]))
    return _noted(actor, _rows(MATTERS, [_seen(actor, lexemes), *filters], after, size))


def _noted(actor: people.Actor, rows: Iterable[MatterRow]) -> tuple[MatterRow, ...]:
    """Rows as they are told, noted as told."""
    told = tuple(rows)
    people.shown(actor, [row.id for row in told], what=people.LISTED)
    return told


def _bearing(
    actor: people.Actor, name: str, filters: list[Composable], after: int | None, size: int
) -> tuple[MatterRow, ...]:
    """A page of the matters whose party bears exactly a name; to one organisation in the order of its lines."""
    conditions = [_seen(actor, _lexeme(name)), *filters]
    match _viewers(actor):
        case (viewer,) if not (actor.sides or actor.system):
            line = SQL("n.key = {}").format(name_key(viewer, name))
            return _rows(LINES, [line, *conditions], after, size)
    return _rows(MATTERS, conditions, after, size)


def _rows(
    place: tuple[SQL, SQL], conditions: list[Composable], after: int | None, size: int
) -> tuple[MatterRow, ...]:
    source, number = place
    if after:
        conditions = [*conditions, SQL("{} < {}").format(number, after)]
    sql = SQL(FIND).format(source, SQL(" and ").join(conditions), number, size)
    with connection.cursor() as cursor:
        cursor.execute(sql.as_string(cursor.connection))
        return tuple(_row(*found) for found in cursor.fetchall())


def _viewers(actor: people.Actor) -> tuple[int, ...]:
    """The organisations whose matters the actor sees."""
    return (*actor.organisation_ids, *actor.organisations_below)


def _admitted(actor: people.Actor, *, taking_part: Composable) -> Composable:
    """Of a sealed case, that the actor takes part in it and is admitted: a key outlives the post it was named for."""
    return ADMITTED.format(taking_part, sorted(actor.keys), timezone.localdate())


def _seen(actor: people.Actor, lexemes: str) -> Composable:
    """The gate of :func:`queries.may_see` and the words, asked of the index of words together."""
    mine = " | ".join(f"'@{one}'" for one in _viewers(actor))
    words = SQL("m.words @@ {}::tsquery").format(lexemes) if lexemes else SQL("true")
    if actor.system:
        return words
    beside = _admitted(actor, taking_part=SQL("true"))
    ways = [
        SQL("m.root_id = {} and m.seats->>{} = 'side' and {} and {}").format(*one, words, beside)
        for one in actor.sides
    ]
    if mine:
        mine += "".join(f" | {_lexeme(f'@{key}')}" for key in sorted(actor.keys))
        asked = f"({mine}) & {lexemes}" if lexemes else mine
        inside = _admitted(actor, taking_part=SQL("m.viewer_ids && {}::bigint[]").format(list(_viewers(actor))))
        ways.append(SQL("m.words @@ {}::tsquery and {}").format(asked, inside))
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

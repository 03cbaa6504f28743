"""State bound to acts: which tables the log answers for, column by column, and who may change them.

A covered table has a trigger. Whoever changes a row, by whatever way, leaves in the same transaction a *change*
(``ledger_change``): table, key, and a salted hash of the row as it is now. When the transaction commits, all its
changes become a *batch* with one log entry of kind "state", which names the entries the same transaction appended: the
act, the import, the recount that explains it. So the newest hash of every row can be folded out of the log without
knowing what any row means, and compared with the row that is there (:mod:`jianheng.verifier`, ``check_state``).

Invariants:

* a row that was changed while its trigger was off does not fit its newest hash;
* a change made by SQL alone is there, and nothing explains it: no entry, one of a kind the table does not allow, or one
  of another family of matters;
* what a *shape* covers is itself an entry of the log (kind "shape"): columns with their types, key, matter column, the
  kinds of entries that may explain a change. A new column makes a new shape; rows keep the hash of theirs until they
  change. Where a column went or changed its type, and where a table comes under cover with rows in it, the shape's
  own entry explains one new hash for each of its rows: what they said before is then not proved, and the verifier says so.

What is left outside is declared with its reason, table by table and column by column; a test asks every model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from jianheng.kernel.errors import Fault
from jianheng.services.ledger import rights

NATION = "000000"


@dataclass(frozen=True, slots=True)
class Cover:
    """How one table is covered. ``left`` names columns outside, each with the reason; ``matter`` the column with the
    number of the matter a row belongs to, "" where it belongs to none; ``by`` the kinds of entries that explain;
    ``personal`` the columns that lawful erasing empties, ``once`` those among them that must differ from row to row."""

    table: str
    key: str
    matter: str
    by: tuple[str, ...]
    left: Mapping[str, str]
    personal: tuple[str, ...]
    once: tuple[str, ...]


_covers: dict[str, Cover] = {}
_outside: dict[str, str] = {}


def cover(
    table: str,
    *,
    key: str = "id",
    matter: str = "",
    by: tuple[str, ...] = ("act",),
    left: Mapping[str, str] | None = None,
    changing: tuple[str, ...] = (),
    personal: tuple[str, ...] = (),
    once: tuple[str, ...] = (),
) -> None:
    """Put a table under cover; a module says so for its own when it is loaded.

    ``changing`` names the columns that are rewritten by design; the database lets the application write no others.
    """
    rights.let(table, changing=changing)
    if personal and not matter:
        raise Fault(f"{table}: what belongs to no case is erased with none")
    declared = Cover(table, key, matter, by, dict(left or {}), personal, once)
    if _covers.setdefault(table, declared) != declared:
        raise Fault(f"{table} is covered twice, differently")


def leave_outside(table: str, reason: str, *, changing: tuple[str, ...] = (), forgotten: bool = False) -> None:
    """Say why the log does not answer for a table, which columns change, and whether rows go once they have served."""
    rights.let(table, changing=changing, forgotten=forgotten)
    if _outside.setdefault(table, reason) != reason:
        raise Fault(f"{table} is left outside twice, for different reasons")


def covers() -> dict[str, Cover]:
    """The covered tables by name."""
    return dict(sorted(_covers.items()))


def outside() -> dict[str, str]:
    """The tables left outside, with the reason."""
    return dict(sorted(_outside.items()))


_COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod)
from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_NEWEST = "select number, terms from ledger_shape where source = %s order by number desc limit 1"
_AGAIN = """
do $$
declare one jsonb;
begin
  perform set_config('timezone', 'UTC', true);
  for one in select to_jsonb(t) - {left}::text[] from {table} t {only} order by {key} loop
    perform ledger_commit({name}, one ->> {key_name}, nullif(one ->> {matter_name}, '')::bigint, {shape}, one);
  end loop;
end
$$
"""
_TRIGGER = "create or replace trigger ledger_note after insert or update or delete on {table} for each row execute function ledger_note({arguments})"


def newest_change() -> int:
    """The number of the newest change: what comes later was changed later."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from ledger_change")
        return int(cursor.fetchone()[0])


def upgrading(begins: bool) -> None:
    """From now on, or no longer, what this session changes is explained by the upgrade: its entries are of kind "upgrade".

    Only the owner of the tables can have such entries written.
    """
    with connection.cursor() as cursor:
        cursor.execute("select set_config('jianheng.upgrade', %s, false)", ["on" if begins else ""])


def apply(*, now: datetime, since: int) -> list[str]:
    """Bring the triggers to what is declared and to the columns there are; the tables whose shape changed.

    Belongs after every migration; does nothing where nothing changed. ``since`` is :func:`newest_change` before the
    migration: rows changed by it were hashed with columns their shape did not have yet.
    """
    with transaction.atomic():
        return [one.table for one in covers().values() if _bring_up(one, now=now, since=since)]


def _bring_up(one: Cover, *, now: datetime, since: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [one.table])
        columns = {name: kind for name, kind in cursor.fetchall() if name not in one.left}
        if "bytea" in columns.values():
            raise Fault(f"{one.table}: how bytes are written depends on who asks; leave them out")
        terms = {"key": one.key, "matter": one.matter, "by": list(one.by), "columns": columns}
        cursor.execute(_NEWEST, [one.table])
        number, before = cursor.fetchone() or (0, None)
        before = json.loads(before) if isinstance(before, str) else before
        if before != terms:
            number += 1
            _declare(cursor, one.table, number, terms, now=now)
        arguments = [one.table, one.key, one.matter, str(number), "{" + ",".join(sorted(one.left)) + "}"]
        cursor.execute(_TRIGGER.format(table=_name(one.table), arguments=", ".join(map(_text, arguments))))
        if before == terms:
            return False
        kept = before is not None and all(columns.get(name) == kind for name, kind in before["columns"].items())
        changed = f"select key from ledger_change where source = {_text(one.table)} and id > {since:d}"  # noqa: S608
        _commit_again(cursor, one, number, only=f"where t.{_name(one.key)}::text in ({changed})" if kept else "")
        return True


def _declare(cursor: Any, table: str, number: int, terms: Mapping[str, Any], *, now: datetime) -> None:
    from jianheng.services.ledger import api  # the door opens on this module

    entry = api.entry(
        "shape", region=NATION, matter_id=None, data={"table": table, "shape": number, **terms}, now=now
    )
    api.append(entry)
    cursor.execute(
        "insert into ledger_shape (source, number, terms, entry_id) values (%s, %s, %s, %s)",
        [table, number, json.dumps(terms), entry.id],
    )


def adopt(tables: Iterable[str], *, now: datetime) -> None:
    """Give rows that came in without triggers, by COPY, their first hash, under a new shape that says the same.

    As at the first covering, nothing is proved of before, and the verifier says for how many rows.
    """
    for one in (covers()[table] for table in tables if table in covers()):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NEWEST, [one.table])
            number, terms = cursor.fetchone()
            terms = json.loads(terms) if isinstance(terms, str) else terms
            _declare(cursor, one.table, number + 1, terms, now=now)
            known = f"select from ledger_change where source = {_text(one.table)} and key = t.{_name(one.key)}::text"
            _commit_again(cursor, one, number + 1, only=f"where not exists ({known})")


def _commit_again(cursor: Any, one: Cover, number: int, *, only: str) -> None:
    """A new hash for every row, or those that are to be found by ``only``."""
    cursor.execute(
        _AGAIN.format(
            table=_name(one.table),
            name=_text(one.table),
            key=_name(one.key),
            key_name=_text(one.key),
            matter_name=_text(one.matter),
            shape=number,
            left=_text("{" + ",".join(sorted(one.left)) + "}"),
            only=only,
        )
    )


def _name(name: str) -> str:
    return connection.ops.quote_name(name)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def rows(one: Cover) -> Iterator[tuple[str, str]]:
    """Every row of a covered table: its key, and the text its hash is of. Belongs inside a transaction."""
    query = (
        f"select {_name(one.key)}::text, (to_jsonb(t) - %s::text[])::text"  # noqa: S608 - declared names
        f" from {_name(one.table)} t order by {_name(one.key)}"
    )
    with connection.cursor() as cursor:
        cursor.execute("select set_config('timezone', 'UTC', true)")
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, [sorted(one.left)])
        while found := cursor.fetchmany(2000):
            yield from found


_inside: ContextVar[bool] = ContextVar("inside an operation", default=False)


@contextmanager
def operation(name: str, *, now: datetime | None = None, region: str = NATION) -> Iterator[None]:
    """What the platform or its operator does outside any matter, as one transaction that the log can explain.

    ``name`` says what it is ("people.enrol", "terms.recount"). An entry of kind "operation" is written when covered
    rows changed; an operation inside another one is part of it.
    """
    with transaction.atomic():
        if _inside.get():
            yield
            return
        mark = _inside.set(True)
        try:
            yield
        finally:
            _inside.reset(mark)
        with connection.cursor() as cursor:
            cursor.execute("select coalesce(current_setting('jianheng.batch', true), '') <> ''")
            if cursor.fetchone()[0]:
                from jianheng.services.ledger import api  # the door opens on this module

                api.append(
                    api.entry(
                        "operation",
                        region=region,
                        matter_id=None,
                        data={"operation": name},
                        now=now or timezone.now(),
                    )
                )


def close_batch() -> None:
    """Close the open batch of this transaction now instead of when it commits."""
    with connection.cursor() as cursor:
        cursor.execute("select ledger_close_batch()")

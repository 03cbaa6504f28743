"""Lawful erasing: personal columns are emptied, the salts of what they said are destroyed, and an entry says so.

The hashes stay, and every chain and proof with them; without its salt a hash can no longer be tested by guessing. What
was erased without an entry of kind "erasure", and an entry that two persons' acts do not stand behind, is named by the
verifier.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from jianheng.services.ledger import covering

# How a column is emptied, by the type it has: what must not be null becomes nothing of its kind.
EMPTY = {
    "text": "''",
    "character varying": "''",
    "jsonb": "case jsonb_typeof({column}) when 'array' then '[]'::jsonb else '{{}}'::jsonb end",
    "ARRAY": "'{{}}'",
}
TYPES = """
select column_name, data_type, is_nullable = 'YES' from information_schema.columns
where table_schema = 'public' and table_name = %s
"""
# Of every row the newest hash keeps its salt: it is of what is left.
FORGET = """
update ledger_change c set salt = null
where c.source = %s and c.key = any(%s) and c.id <= %s and c.salt is not null
  and exists (select from ledger_change l where l.source = c.source and l.key = c.key and l.id > c.id)
"""


def erase(matter_ids: Collection[int]) -> int:
    """Empty the personal columns of some matters in every covered table, and destroy the salts of what stood there.

    Returns the number of the newest change destroyed; belongs inside the transaction of the act that says so.
    """
    for one in covering.covers().values():
        if one.personal:
            _empty(one, matter_ids)
    return covering.newest_change()


def _empty(one: covering.Cover, matter_ids: Collection[int]) -> None:
    before = covering.newest_change()
    with connection.cursor() as cursor:
        cursor.execute(TYPES, [one.table])
        types = {name: (kind, nullable) for name, kind, nullable in cursor.fetchall()}
        quote = connection.ops.quote_name
        settings = ", ".join(
            f"{quote(name)} = {said or _emptied(quote(name), *types[name])}" for name, said in one.personal.items()
        )
        cursor.execute(
            f"update {quote(one.table)} set {settings} where {quote(one.matter)} = any(%s) "  # noqa: S608 - declared names
            f"returning {quote(one.key)}::text",
            [list(matter_ids)],
        )
        cursor.execute(FORGET, [one.table, [key for (key,) in cursor.fetchall()], before])


def _emptied(column: str, kind: str, nullable: bool) -> str:
    return "null" if nullable and kind != "jsonb" else EMPTY[kind].format(column=column)

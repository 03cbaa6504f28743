"""Lawful erasing: personal columns are emptied, the salts of what they said are destroyed, and an entry says so.

Which columns those are is declared beside the table (:func:`~jianheng.services.ledger.covering.cover`). For each table the
owner has a function that empties them and nothing else; the application's role may call it and may not write the
columns. The hashes stay, and every chain and proof with them; without its salt a hash can no longer be tested by guessing.
What was erased without an entry of kind "erasure", and an entry that two persons' acts do not stand behind, is named by the
verifier.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection

from jianheng.services.ledger import covering

# How a column is emptied, by the type it has: what must not be null becomes nothing of its kind.
EMPTY = {
    "text": "''",
    "character varying": "''",
    "jsonb": "case jsonb_typeof({column}) when 'array' then '[]'::jsonb else '{{}}'::jsonb end",
}
TYPES = """
select column_name, data_type, is_nullable = 'YES' from information_schema.columns
where table_schema = 'public' and table_name = %s
"""
# Of every row the newest hash keeps its salt: it is of what is left.
FUNCTION = """
create or replace function {name}(p_matters bigint[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_before bigint := (select coalesce(max(id), 0) from ledger_change);
  v_keys text[];
begin
  with emptied as (update {table} set {settings} where {matter} = any(p_matters) returning {key}::text as key)
  select coalesce(array_agg(key), '{{}}') into v_keys from emptied;
  update ledger_change c set salt = null
  where c.source = {source} and c.key = any(v_keys) and c.id <= v_before and c.salt is not null
    and exists (select from ledger_change l where l.source = c.source and l.key = c.key and l.id > c.id);
end
$$
"""


def install() -> None:
    """Make the functions that empty, after every migration; the connection is the owner's."""
    with connection.cursor() as cursor:
        for cover in covering.covers().values():
            if cover.personal:
                cursor.execute(TYPES, [cover.table])
                types = {name: (kind, nullable) for name, kind, nullable in cursor.fetchall()}
                cursor.execute(_function(cover, types))


def _function(cover: covering.Cover, types: Mapping[str, tuple[str, bool]]) -> str:
    quote = connection.ops.quote_name
    own = f"'销毁' || {quote(cover.key)}"
    said = {name: own if name in cover.once else _emptied(quote(name), *types[name]) for name in cover.personal}
    return FUNCTION.format(
        name=quote(f"ledger_erase_{cover.table}"),
        table=quote(cover.table),
        source=f"'{cover.table}'",
        settings=", ".join(f"{quote(name)} = {value}" for name, value in said.items()),
        matter=quote(cover.matter),
        key=quote(cover.key),
    )


def _emptied(column: str, kind: str, nullable: bool) -> str:
    return "null" if nullable and kind != "jsonb" else EMPTY[kind].format(column=column)


def erase(matter_ids: Collection[int]) -> int:
    """Empty what is personal of some matters in every covered table, and destroy the salts of what stood there.

    Returns the number of the newest change; belongs inside the transaction of the act that says so.
    """
    with connection.cursor() as cursor:
        for table in sorted(cover.table for cover in covering.covers().values() if cover.personal):
            function = connection.ops.quote_name(f"ledger_erase_{table}")
            cursor.execute(f"select {function}(%s)", [list(matter_ids)])
    return covering.newest_change()

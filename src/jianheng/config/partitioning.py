"""The path from one table to one for each province: every matter-bearing table, partitioned by its region.

What stands in the catalogue is read and written anew, as a list of statements for one transaction: columns, checks,
indexes, triggers, rights and sequences stay as they are, the application sees the same tables. What changes:

- The key of a row becomes (id, region). ``id`` comes first, because it is what is asked for; the sequence is one for
  all provinces, so ids stay unique.
- A foreign key between two such tables takes the region along: a row and its matter lie in the same province.
- A unique constraint that follows from the matter takes the region along and says the same as before. One that holds
  over all provinces (a document's code, an idempotency key) cannot stand on a partitioned table (PostgreSQL manual,
  section 5.12.2.3); a table of its own keeps it, filled by a trigger, under the constraint's old name.

Partitions are ranges, "22" up to "23": a list would have to name every division, and a list of prefixes, an
expression, allows no primary key. What belongs to no listed province lies in a partition of its own. Features up to
PostgreSQL 15.
"""

# ruff: noqa: S608 - every name comes from the catalogue of the database itself

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from jianheng.config.roles import KEPT
from jianheng.kernel.errors import Refusal

STAY = {
    "ledger_entry": "the log is one tree over all provinces, in the order of time",
    "events_outboxevent": "a queue: deliveries hang on it, and it is read by what waits, not by region",
}

_TABLES = """
with recursive bearing as (
  select c.oid from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'region' and a.attnotnull)
    and not c.relname = any(%s)
    and (c.relname = 'procedures_matter' or exists (select from pg_attribute a where a.attrelid = c.oid
         and a.attname in ('matter_id', 'root_id') and not a.attisdropped))
  union
  select f.conrelid from pg_constraint f join bearing b on f.confrelid = b.oid
  where f.contype = 'f' and exists (select from pg_attribute a where a.attrelid = f.conrelid and a.attname = 'region')
)
select c.oid, c.relname, c.relkind = 'p', coalesce(array_to_string(c.reloptions, ', '), '')
from bearing join pg_class c using (oid) where not c.relispartition order by c.oid
"""
_KEY = """
select a.attname, a.attidentity <> '', pg_get_serial_sequence(quote_ident(c.relname), a.attname), k.conname
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
where k.conrelid = %s and k.contype = 'p' and cardinality(k.conkey) = 1
"""
_FOREIGN = """
select k.conname, k.conrelid, k.confrelid, a.attname, b.attname, pg_get_constraintdef(k.oid)
from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
where k.contype = 'f' and (k.conrelid = any(%s) or k.confrelid = any(%s)) order by k.conname
"""
_INDEXES = """
select i.relname, x.indisunique, coalesce(pg_get_expr(x.indpred, x.indrelid), ''), pg_get_indexdef(i.oid),
       array(select a.attname from unnest(x.indkey::int2[]) with ordinality n(number, place)
             join pg_attribute a on a.attrelid = x.indrelid and a.attnum = n.number order by n.place),
       exists (select from pg_constraint k where k.conindid = i.oid and k.contype = 'u')
from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = %s and not x.indisprimary order by i.relname
"""
_TRIGGERS = """
select tgname, pg_get_triggerdef(oid), tgtype & 32 > 0 from pg_trigger
where tgrelid = %s and not tgisinternal order by tgname
"""
_RIGHTS = """
select quote_ident(pg_get_userbyid(r.grantee)), string_agg(r.privilege_type, ', ' order by r.privilege_type)
from pg_class c cross join lateral aclexplode(c.relacl) r
where c.oid = %s and r.grantee <> c.relowner and r.grantee <> 0 group by 1 order by 1
"""
_RIGHTS_ON_COLUMNS = """
select quote_ident(pg_get_userbyid(r.grantee)), r.privilege_type || ' (' || string_agg(quote_ident(a.attname), ', ') || ')'
from pg_attribute a cross join lateral aclexplode(a.attacl) r
where a.attrelid = %s and a.attnum > 0 and not a.attisdropped group by r.grantee, r.privilege_type order by 1
"""
_PARTITIONS = "select right(relname, 2) from pg_class join pg_inherits on inhrelid = oid where inhparent = %s"


class PartitionError(Refusal):
    """数据库不能按地区分区。"""

    code = "PARTITION"
    status = 409
    next_step = "请按提示更正后重试；数据库没有任何变化。"


@dataclass(frozen=True)
class Table:
    """A matter-bearing table: its name, the column of its key, its sequence ("" for none)."""

    oid: int
    name: str
    partitioned: bool
    options: str
    key: str
    key_name: str
    sequence: str

    @property
    def before(self) -> str:
        """What it is called while its rows are moved."""
        return f"{self.name}_before"


@dataclass(frozen=True)
class Index:
    """One of its indexes; ``predicate`` "" covers every row."""

    name: str
    unique: bool
    predicate: str
    definition: str
    columns: tuple[str, ...]
    constraint: bool


def tables(cursor: CursorWrapper) -> list[Table]:
    """Every matter-bearing table, in the order they were made."""
    cursor.execute(_TABLES, [list(STAY)])
    found = cursor.fetchall()
    made = []
    for oid, name, partitioned, options in found:
        cursor.execute(_KEY, [oid])
        key = cursor.fetchone() or ("id", False, None, "")
        made.append(Table(oid, name, partitioned, options, key[0], key[3], (key[1] and key[2]) or ""))
    return made


def provinces(cursor: CursorWrapper) -> list[str]:
    """The provinces (two digits) of the bodies known here."""
    cursor.execute("select distinct left(region, 2) from people_organisation where region ~ '^[1-8]' order by 1")
    return [found[0] for found in cursor.fetchall()]


def statements(cursor: CursorWrapper, wanted: Sequence[str]) -> Iterator[str]:
    """The statements, for one transaction on a database at rest; raises :class:`PartitionError` where one cannot be.

    On a database that is partitioned already: those that add the provinces still missing.
    """
    known = tables(cursor)
    if all(table.partitioned for table in known):
        yield from _further(cursor, known, wanted)
        return
    if any(table.partitioned for table in known):
        raise PartitionError("只有一部分表已经分区，请先恢复备份。")
    oids = [table.oid for table in known]
    cursor.execute(_FOREIGN, [oids, oids])
    foreign = cursor.fetchall()
    names = {table.oid: table for table in known}
    if strange := [name for name, source, *_ in foreign if source not in names]:
        raise PartitionError(f"有外键从不分区的表指向分区的表：{'、'.join(strange)}。")
    _must_lie_together(cursor, foreign, names)
    yield "set constraints all immediate"
    yield f"lock table {', '.join(table.name for table in known)} in access exclusive mode"
    for name, source, *_ in foreign:
        yield f"alter table {names[source].name} drop constraint {name}"
    for table in known:
        inside = {row[3] for row in foreign if row[1] == table.oid and row[2] in names}
        yield from _moved(cursor, table, wanted, inside)
    for name, source, target, column, key, definition in foreign:
        if target in names:
            parts = (
                f"({column}, region) references {names[target].name} ({key}, region) deferrable initially deferred"
            )
            yield f"alter table {names[source].name} add constraint {name} foreign key {parts}"
        else:
            yield f"alter table {names[source].name} add constraint {name} {definition}"
    yield from (f"analyze {table.name}" for table in known)


def apply(wanted: Sequence[str], executing: Callable[[list[str]], Iterable[str]] = iter) -> int:
    """Carry the statements out, all or none; how many there were. ``executing`` may show how far it is."""
    with transaction.atomic(), connection.cursor() as cursor:
        listed = list(statements(cursor, wanted))
        for statement in executing(listed):
            cursor.execute(statement)
    return len(listed)


def _must_lie_together(cursor: CursorWrapper, foreign: Sequence[Any], names: dict[int, Table]) -> None:
    for name, source, target, column, key, _ in foreign:
        if target not in names:
            continue
        cursor.execute(
            f"select count(*) from {names[source].name} a join {names[target].name} b on a.{column} = b.{key}"
            " where a.region <> b.region"
        )
        if apart := cursor.fetchone()[0]:
            raise PartitionError(f"{names[source].name} 有 {apart} 行与其事项不在同一地区（{name}）。")


def _moved(cursor: CursorWrapper, table: Table, wanted: Sequence[str], inside: set[str]) -> Iterator[str]:
    """One table made anew with its rows; the columns ``inside`` point to rows of the same region."""
    cursor.execute(_INDEXES, [table.oid])
    indexes = [Index(*(*row[:4], tuple(row[4]), row[5])) for row in cursor.fetchall()]
    cursor.execute(_TRIGGERS, [table.oid])
    triggers = cursor.fetchall()
    cursor.execute(_RIGHTS, [table.oid])
    rights = cursor.fetchall()
    cursor.execute(_RIGHTS_ON_COLUMNS, [table.oid])
    on_columns = cursor.fetchall()
    yield f"alter table {table.name} rename to {table.before}"
    like = "including defaults including constraints including comments including storage including compression"
    yield f"create table {table.name} (like {table.before} {like}) partition by range (region)"
    yield from (_partition(table.name, province, table.options) for province in wanted)
    yield _rest(table.name, table.options)
    yield f"insert into {table.name} select * from {table.before}"
    yield from _sequence(table, rights)
    yield f"drop table {table.before}"
    yield f"alter table {table.name} add constraint {table.key_name} primary key ({table.key}, region)"
    for index in indexes:
        yield from _index(
            table.name, index, rights, follows=bool({"matter_id", table.key, *inside} & {*index.columns})
        )
    for _, definition, truncates in triggers:
        yield definition
        if truncates:  # a statement's trigger is not handed on to partitions
            for part in (*wanted, "00"):
                yield definition.replace(f"ON public.{table.name} ", f"ON public.{table.name}_p{part} ")
    yield from (f"grant {given} on {table.name} to {grantee}" for grantee, given in (*rights, *on_columns))


def _partition(table: str, province: str, options: str) -> str:
    stored = f" with ({options})" if options else ""
    after = f"{int(province) + 1:02d}"
    return (
        f"create table {table}_p{province} partition of {table} for values from ('{province}') to ('{after}'){stored}"
    )


def _rest(table: str, options: str) -> str:
    stored = f" with ({options})" if options else ""
    return f"create table {table}_p00 partition of {table} default{stored}"


def _sequence(table: Table, rights: Sequence[Any]) -> Iterator[str]:
    """The sequence goes on where it was; identity columns of partitioned tables came with PostgreSQL 17 only."""
    if not table.sequence:
        return
    name = table.sequence.removeprefix("public.")
    yield f"create sequence {name}_anew"
    yield f"select setval('{name}_anew', last_value, is_called) from {name}"
    yield f"alter table {table.before} alter column {table.key} drop identity"
    yield f"alter sequence {name}_anew rename to {name}"
    yield f"alter sequence {name} owned by {table.name}.{table.key}"
    yield f"alter table {table.name} alter column {table.key} set default nextval('{name}')"
    yield from (f"grant usage on sequence {name} to {grantee}" for grantee, _ in rights)


def _index(table: str, index: Index, rights: Sequence[Any], *, follows: bool) -> Iterator[str]:
    where = f" where {index.predicate}" if index.predicate else ""
    columns = ", ".join(index.columns)
    if not index.unique:
        yield index.definition
    elif follows or "region" in index.columns:
        whole = columns if "region" in index.columns else f"{columns}, region"
        if index.constraint:
            yield f"alter table {table} add constraint {index.name} unique ({whole})"
        else:
            yield f"create unique index {index.name} on {table} ({whole}){where}"
    else:
        yield f"create index {index.name}_by on {table} ({columns}){where}"
        yield from _kept(table, index, rights)


def _kept(table: str, index: Index, rights: Sequence[Any]) -> Iterator[str]:
    """A table that keeps what is unique over all provinces; nothing but its trigger writes it."""
    kept, columns = f"{index.name}{KEPT}", ", ".join(index.columns)
    filled = " and ".join(
        [*(f"{one} is not null" for one in index.columns), *([index.predicate] * bool(index.predicate))]
    )
    changed = " or ".join(f"old.{one} is distinct from new.{one}" for one in index.columns)
    yield f"create table {kept} as select {columns} from {table} where {filled}"
    yield f"alter table {kept} add constraint {index.name} primary key ({columns})"
    yield f"""create function {kept}() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from {kept} where ({columns}) = ({", ".join(f"old.{one}" for one in index.columns)});
  end if;
  if tg_op <> 'DELETE' then
    insert into {kept} ({columns}) select {columns} from (select new.*) one where {filled};
  end if;
  return null;
end
$$"""
    yield f"create trigger {kept} after insert or delete on {table} for each row execute function {kept}()"
    yield f"create trigger {kept}_changed after update on {table} for each row when ({changed}) execute function {kept}()"
    yield from (f"grant select, insert on {kept} to {grantee}" for grantee, given in rights if "INSERT" in given)


def _further(cursor: CursorWrapper, known: Sequence[Table], wanted: Sequence[str]) -> Iterator[str]:
    """Provinces that came later; refused by the server while the partition of the rest holds rows of them."""
    for table in known:
        cursor.execute(_PARTITIONS, [table.oid])
        there = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "select coalesce(array_to_string(reloptions, ', '), '') from pg_class where relname = %s",
            [f"{table.name}_p00"],
        )
        options = cursor.fetchone()[0]
        cursor.execute(_TRIGGERS, [table.oid])
        whole = [definition for _, definition, truncates in cursor.fetchall() if truncates]
        for province in sorted({*wanted} - there):
            yield _partition(table.name, province, options)
            for definition in whole:
                yield definition.replace(f"ON public.{table.name} ", f"ON public.{table.name}_p{province} ")

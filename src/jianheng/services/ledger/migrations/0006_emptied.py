"""What may no longer be kept is emptied by a function of the owner's: the application's role may rewrite none of it.

It makes nothing but empty values, in covered tables alone, whose every change is noted and has to be explained; and of each
row's hashes but the newest another takes the salts.
Features up to PostgreSQL 15.
"""

from django.db import migrations

EMPTIED = """
create function ledger_empty(p_table text, p_key text, p_matter text, p_columns text[], p_once text[], p_matters bigint[])
returns setof text language plpgsql security definer set search_path = public, pg_temp as $$
declare v_set text;
begin
  if not exists (select from ledger_shape where source = p_table) then
    raise exception '% is no table under cover', p_table using errcode = 'insufficient_privilege';
  end if;
  select string_agg(format('%I = %s', column_name, case
      when column_name = any(p_once) then format('%L || %I', '销毁', p_key)
      when is_nullable = 'YES' and data_type <> 'jsonb' then 'null'
      when data_type in ('text', 'character varying') then quote_literal('')
      when data_type = 'jsonb' then format('case jsonb_typeof(%I) when %L then %L::jsonb else %L::jsonb end',
        column_name, 'array', '[]', '{}')
      when data_type = 'ARRAY' then quote_literal('{}')
    end), ', ') into v_set
  from information_schema.columns
  where table_schema = 'public' and table_name = p_table and column_name = any(p_columns);
  return query execute format('update %I set %s where %I = any($1) returning %I::text', p_table, v_set, p_matter, p_key)
    using p_matters;
end
$$
"""
FORGOTTEN = """
create function ledger_forget(p_table text, p_keys text[], p_until bigint) returns void
language sql security definer set search_path = public, pg_temp as $$
  update ledger_change c set salt = null
  where c.source = p_table and c.key = any(p_keys) and c.id <= p_until and c.salt is not null
    and exists (select from ledger_change l where l.source = c.source and l.key = c.key and l.id > c.id)
$$
"""


class Migration(migrations.Migration):
    """Two functions."""

    dependencies = (("ledger", "0005_clock_ahead"),)

    operations = (
        migrations.RunSQL(EMPTIED, "drop function ledger_empty(text, text, text, text[], text[], bigint[])"),
        migrations.RunSQL(FORGOTTEN, "drop function ledger_forget(text, text[], bigint)"),
    )

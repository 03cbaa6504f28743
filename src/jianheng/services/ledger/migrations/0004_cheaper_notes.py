"""What the log costs an act: one statement for a noted row instead of three functions, and no lock on one's own entry.

Hashes, chains and entries are the same as before, byte by byte. What goes:

* the call of ``ledger_commit`` from the trigger, with its settings taken apart and put together twice, and the SET
  clause, which PostgreSQL enters and leaves for every row: a session that is not at UTC is brought there and back;
* the foreign key of the waiting list: it locked the entry just written, at every commit. An entry is never deleted,
  the sequencer joins it, and the verifier names a place in the list without one (``PENDING_INVALID``).
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

before = import_module("jianheng.services.ledger.migrations.0003_state")

# Arguments of the trigger: table, key column, matter column or "", shape, columns left out.
NOTE = """
create or replace function ledger_note() returns trigger language plpgsql as $$
declare
  zone constant text := current_setting('TimeZone');
  told text;
begin
  if zone <> 'UTC' then  -- in which moments are written
    perform set_config('TimeZone', 'UTC', true);
  end if;
  insert into ledger_change (id, batch, place, source, key, matter_id, shape, salt, hash)
  select nextval('ledger_change_id_seq'), coalesce(opened[1]::uuid, gen_random_uuid()), coalesce(opened[2]::integer, 0) + 1,
    tg_argv[0], one ->> tg_argv[1], (one ->> tg_argv[2])::bigint, tg_argv[3]::integer, salt,
    sha256(salt || convert_to(one::text, 'UTF8'))
  from (
    select string_to_array(nullif(current_setting('jianheng.batch', true), ''), ' ') as opened,
      to_jsonb(coalesce(new, old)) - tg_argv[4]::text[] as one,
      case when tg_op <> 'DELETE' then uuid_send(gen_random_uuid()) end as salt
    offset 0  -- each of them once
  ) written
  where tg_op <> 'UPDATE'
    or new *<> old and (tg_argv[4] = '{}' or one <> to_jsonb(old) - tg_argv[4]::text[])
  returning set_config('jianheng.batch', concat_ws(' ', batch, place, encode(sha256(
    coalesce(decode(split_part(current_setting('jianheng.batch', true), ' ', 3), 'hex'), '')
    || convert_to(concat_ws(E'\\n', batch, place, id, source, key, coalesce(matter_id::text, ''), shape,
                            coalesce(encode(hash, 'hex'), '')), 'UTF8')), 'hex')), true) into told;
  if zone <> 'UTC' then
    perform set_config('TimeZone', zone, true);
  end if;
  return null;
end
$$
"""


class Migration(migrations.Migration):
    """Another function of the same name; a constraint fewer."""

    dependencies = (("ledger", "0003_state"),)

    operations = (
        migrations.RunSQL(NOTE, before.NOTE.replace("create function", "create or replace function")),
        migrations.AlterField(
            model_name="pending",
            name="entry",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="pending",
                serialize=False,
                to="ledger.entry",
            ),
        ),
    )

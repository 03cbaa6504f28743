"""State bound to acts: every row a case turns on leaves a salted hash in the log whenever it changes.

``ledger_commit`` notes one change under the batch of its transaction; a deferred trigger closes the batch with an entry of
kind "state" when the transaction commits. What a batch is explained by are the entries the same transaction
appended. How it fits together: the module :mod:`jianheng.services.ledger.covering`.
"""

from django.db import migrations, models

# Settings of one transaction; rolled back to a savepoint they are as they were at it, like the rows.
#   jianheng.batch  "id count chain": the batch of changes now open, "" before the first
#   jianheng.by     ids of the entries appended, with commas
#   jianheng.place  "region|matter|instant" of the last of them
# One of the owner's session, while it migrates:
#   jianheng.upgrade  "on": what changes rows now is the upgrade
#
# An act's or operation's own entry closes the batch: it gets a member "state" (the last name of its data in the order
# of RFC 8785), and its leaf is hashed here. What is changed after the last of them is closed by the commit.
APPEND = """
create or replace function ledger_append(
  p_id uuid, p_region text, p_kind text, p_matter bigint, p_body bytea, p_leaf bytea, p_digest text, p_at timestamptz
) returns void language plpgsql as $$
declare
  opened text[] := string_to_array(nullif(current_setting('jianheng.batch', true), ''), ' ');
  closes boolean := opened is not null and p_kind in ('act', 'operation') and p_digest = 'sha256';
begin
  if closes then
    p_body := convert_to(replace(convert_from(p_body, 'UTF8'), '},"id":"' || p_id,
      ',"state":{"batch":"' || opened[1] || '","chain":"' || opened[3] || '","changes":' || opened[2]
      || '}},"id":"' || p_id), 'UTF8');
    p_leaf := sha256('\\x00'::bytea || p_body);
  end if;
  insert into ledger_entry (id, region, kind, matter_id, body, leaf_hash, digest, created_at)
  values (p_id, p_region, p_kind, p_matter, p_body, p_leaf, p_digest, p_at);
  insert into ledger_pending (entry_id) values (p_id);
  perform set_config('jianheng.by', concat_ws(',', nullif(current_setting('jianheng.by', true), ''), p_id), true),
    set_config('jianheng.place', concat_ws('|', p_region, coalesce(p_matter::text, ''), p_at), true),
    case when closes then set_config('jianheng.batch', '', true) end;
end
$$
"""

APPEND_BEFORE = """
create or replace function ledger_append(
  p_id uuid, p_region text, p_kind text, p_matter bigint, p_body bytea, p_leaf bytea, p_digest text, p_at timestamptz
) returns void language plpgsql as $$
begin
  insert into ledger_entry (id, region, kind, matter_id, body, leaf_hash, digest, created_at)
  values (p_id, p_region, p_kind, p_matter, p_body, p_leaf, p_digest, p_at);
  insert into ledger_pending (entry_id) values (p_id);
end
$$
"""

COMMIT = """
create function ledger_commit(p_source text, p_key text, p_matter bigint, p_shape integer, p_row jsonb)
returns void language plpgsql as $$
declare
  opened text[] := coalesce(
    string_to_array(nullif(current_setting('jianheng.batch', true), ''), ' '), array[gen_random_uuid()::text, '0', '']);
  v_id bigint := nextval('ledger_change_id_seq');
  v_place integer := opened[2]::integer + 1;
  v_salt bytea := case when p_row is not null then uuid_send(gen_random_uuid()) end;
  v_hash bytea := sha256(v_salt || convert_to(p_row::text, 'UTF8'));
begin
  insert into ledger_change (id, batch, place, source, key, matter_id, shape, salt, hash)
  values (v_id, opened[1]::uuid, v_place, p_source, p_key, p_matter, p_shape, v_salt, v_hash);
  perform set_config('jianheng.batch', concat_ws(' ', opened[1], v_place, encode(sha256(decode(opened[3], 'hex')
    || convert_to(concat_ws(E'\\n', opened[1], v_place, v_id, p_source, p_key, coalesce(p_matter::text, ''), p_shape,
                            coalesce(encode(v_hash, 'hex'), '')), 'UTF8')), 'hex')), true);
end
$$
"""

# Arguments of the trigger: table, key column, matter column or "", shape, columns left out.
NOTE = """
create function ledger_note() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
  one jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end - tg_argv[4]::text[];
begin
  if tg_op = 'UPDATE' and one = to_jsonb(old) - tg_argv[4]::text[] then
    return null;
  end if;
  perform ledger_commit(tg_argv[0], one ->> tg_argv[1], (one ->> tg_argv[2])::bigint, tg_argv[3]::integer,
                        case tg_op when 'DELETE' then null else one end);
  return null;
end
$$
"""

CLOSE = """
create function ledger_close_batch() returns void language plpgsql as $$
declare
  opened text[] := string_to_array(nullif(current_setting('jianheng.batch', true), ''), ' ');
  by_now text := coalesce(current_setting('jianheng.by', true), '');
  place text[] := string_to_array(coalesce(current_setting('jianheng.place', true), ''), '|');
  v_at timestamptz := case when by_now = '' then clock_timestamp() else place[3]::timestamptz end;
  v_region text := case when by_now = '' then '000000' else place[1] end;
  v_matter bigint := case when by_now <> '' then nullif(place[2], '')::bigint end;
  v_kind text := case when by_now = '' and current_setting('jianheng.upgrade', true) = 'on' then 'upgrade'
                 else 'state' end;
  v_random text := replace(gen_random_uuid()::text, '-', '');
  -- RFC 9562 section 5.7: milliseconds since 1970, then chance
  v_id uuid := (lpad(to_hex((extract(epoch from v_at) * 1000)::bigint), 12, '0') || '7' || substr(v_random, 14, 3)
                || substr(v_random, 17))::uuid;
  v_body bytea;
begin
  perform set_config('jianheng.batch', '', true), set_config('jianheng.by', '', true);
  if opened is null then
    return;
  end if;
  v_body := convert_to(
    '{"at":"' || to_char(v_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","data":{"by":[' || case by_now when '' then '' else '"' || replace(by_now, ',', '","') || '"' end
    || '],"state":{"batch":"' || opened[1] || '","chain":"' || opened[3] || '","changes":' || opened[2]
    || '}},"id":"' || v_id || '","kind":"' || v_kind || '","matter":' || coalesce(v_matter::text, 'null')
    || ',"region":"' || v_region || '","v":1}', 'UTF8');
  insert into ledger_entry (id, region, kind, matter_id, body, leaf_hash, digest, created_at)
  values (v_id, v_region, v_kind, v_matter, v_body, sha256('\\x00'::bytea || v_body), 'sha256', v_at);
  insert into ledger_pending (entry_id) values (v_id);
end
$$
"""

CLOSES = """
create function ledger_closes() returns trigger language plpgsql as $$
begin
  if current_setting('jianheng.batch', true) <> '' then
    perform ledger_close_batch();
  end if;
  return null;
end
$$;
create constraint trigger ledger_change_closed after insert on ledger_change
deferrable initially deferred for each row when (new.place = 1) execute function ledger_closes()
"""

# What is covered, and what an upgrade changed, is the owner's to say: the application cannot explain its rows by it.
OWNERS = """
create function ledger_owner_only() returns trigger language plpgsql as $$
begin
  if not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage') then
    raise exception '只有数据库所有者可以写入这一种类的账本记录（%）。', new.kind using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger ledger_owner_only before insert on ledger_entry for each row
when (new.kind in ('shape', 'upgrade')) execute function ledger_owner_only()
"""

# Only the salt may go, when what it hides is lawfully erased.
STAYS = """
create function ledger_change_stays() returns trigger language plpgsql as $$
begin
  if new.salt is null and to_jsonb(new) - 'salt' = to_jsonb(old) - 'salt' then
    return new;
  end if;
  raise exception '账本只能追加，不得修改、删除或者清空（%）。', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger ledger_stays before delete or truncate on ledger_change
for each statement execute function ledger_refuse();
create trigger ledger_salt_only before update on ledger_change for each row execute function ledger_change_stays();
create trigger ledger_stays before update or delete or truncate on ledger_shape
for each statement execute function ledger_refuse()
"""


class Migration(migrations.Migration):
    """Two tables and the functions that fill them; no trigger is on any table of a service yet."""

    dependencies = (("ledger", "0002_witnesses"),)

    operations = (
        migrations.CreateModel(
            name="Shape",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "source", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=63, verbose_name="表")),
                ("number", models.IntegerField(verbose_name="版次")),
                ("terms", models.JSONField(verbose_name="约定")),
                ("entry_id", models.UUIDField(verbose_name="日志记录")),
            ],
            options={"verbose_name": "承诺的列", "verbose_name_plural": "承诺的列", "db_table": "ledger_shape"},
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("batch", models.UUIDField(verbose_name="批")),
                ("place", models.IntegerField(verbose_name="批内序号")),
                ("source", models.CharField(max_length=63, verbose_name="表")),
                ("key", models.CharField(max_length=100, verbose_name="行")),
                ("matter_id", models.BigIntegerField(null=True, verbose_name="事项")),
                ("shape", models.IntegerField(verbose_name="版次")),
                ("salt", models.BinaryField(null=True, verbose_name="盐")),
                ("hash", models.BinaryField(null=True, verbose_name="承诺值")),
            ],
            options={"verbose_name": "变动", "verbose_name_plural": "变动", "db_table": "ledger_change"},
        ),
        migrations.AddIndex(
            model_name="change", index=models.Index(fields=["source", "key"], name="ledger_change_of_row")
        ),
        migrations.RunSQL(COMMIT, "drop function ledger_commit(text, text, bigint, integer, jsonb)"),
        migrations.RunSQL(CLOSE, "drop function ledger_close_batch()"),
        migrations.RunSQL(APPEND, APPEND_BEFORE),
        migrations.RunSQL(NOTE, "drop function ledger_note()"),
        migrations.RunSQL(
            CLOSES, "drop trigger ledger_change_closed on ledger_change; drop function ledger_closes()"
        ),
        migrations.RunSQL(
            OWNERS, "drop trigger ledger_owner_only on ledger_entry; drop function ledger_owner_only()"
        ),
        migrations.RunSQL(
            STAYS,
            "drop trigger ledger_stays on ledger_change; drop trigger ledger_salt_only on ledger_change;"
            "drop trigger ledger_stays on ledger_shape; drop function ledger_change_stays()",
        ),
    )

"""Of an act nothing may change but what lawful erasing takes: what was said in it, by what name, and the salt of both.

The application's role may still change no act: a function of the owner's does this one thing for it.
"""

from django.db import migrations, models

FORGETS = """
create or replace function procedures_acts_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - '{given,name,salt}'::text[] = to_jsonb(old) - '{given,name,salt}'::text[]
     and new.salt is null and new.given = '{}' and new.name = '' then
    return new;
  end if;
  raise exception '办理行为只能追加，不得修改、删除 (acts are append-only)' using errcode = 'restrict_violation';
end
$$
"""
FORGET = """
create function procedures_forget_acts(p_matters bigint[], p_kept text[]) returns uuid[]
language sql security definer set search_path = public, pg_temp as $$
  with gone as (
    update procedures_actrecord set given = '{}', name = '', salt = null
    where matter_id = any(p_matters) and salt is not null and code <> all(p_kept)
    returning matter_id, seq, entry)
  select coalesce(array_agg(entry order by matter_id, seq), '{}') from gone
$$
"""
STAYS = """
create or replace function procedures_acts_stay() returns trigger language plpgsql as $$
begin
  raise exception '办理行为只能追加，不得修改、删除 (acts are append-only)' using errcode = 'restrict_violation';
end
$$
"""


class Migration(migrations.Migration):
    """A salt may be gone; the trigger lets it."""

    dependencies = (("procedures", "0013_restricted"),)
    operations = (
        migrations.AlterField("actrecord", "salt", models.BinaryField(null=True)),
        migrations.RunSQL(FORGETS, STAYS),
        migrations.RunSQL(FORGET, "drop function procedures_forget_acts(bigint[], text[])"),
    )

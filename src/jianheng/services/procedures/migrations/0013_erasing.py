"""Of an act nothing may change but what lawful erasing takes: what was said in it, by what name, and the salt of both."""

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
STAYS = """
create or replace function procedures_acts_stay() returns trigger language plpgsql as $$
begin
  raise exception '办理行为只能追加，不得修改、删除 (acts are append-only)' using errcode = 'restrict_violation';
end
$$
"""


class Migration(migrations.Migration):
    """A salt may be gone; the trigger lets it."""

    dependencies = (("procedures", "0012_restricted"),)
    operations = (
        migrations.AlterField("actrecord", "salt", models.BinaryField(null=True)),
        migrations.RunSQL(FORGETS, STAYS),
    )

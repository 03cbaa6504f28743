"""Who read what stays as it was written; lawful erasing takes the name of a party, who is no official, and nothing else.

The application's role may still change no reading: a function of the owner's does this one thing for it.
"""

from django.db import migrations

STAYS = """
create function people_readings_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.person_id is null and new.who = '' and to_jsonb(new) - 'who' = to_jsonb(old) - 'who' then
    return new;
  end if;
  raise exception '访问记录只能追加，不得修改、删除。' using errcode = 'restrict_violation';
end
$$;
create trigger readings_stay before update on people_accessrecord
  for each row execute function people_readings_stay();
create function people_forget_readers(p_matters bigint[]) returns void
language sql security definer set search_path = public, pg_temp as $$
  update people_accessrecord set who = '' where matter_id = any(p_matters) and person_id is null and who <> ''
$$;
"""


class Migration(migrations.Migration):
    """A trigger."""

    dependencies = (("people", "0007_codes_sent"),)
    operations = (
        migrations.RunSQL(
            STAYS,
            "drop function people_forget_readers(bigint[]); "
            "drop trigger readings_stay on people_accessrecord; drop function people_readings_stay()",
        ),
    )

"""Of a paper nothing may change but what lawful erasing takes: what is in it, its file, and the salt."""

from importlib import import_module

from django.db import migrations, models

life = import_module("jianheng.services.documents.migrations.0002_life")
KEEPS = life.KEEP.partition("create trigger")[0].replace("create function", "create or replace function")
BEGINS = "  if (old.id, old.region"
ERASED = """  if new.salt is null and new.data = '{}' and new.file_key = ''
     and (new.status = old.status or old.status = 'requested' and new.status = 'void')
     and to_jsonb(new) - '{data,salt,file_key,status_note,status}'::text[]
         = to_jsonb(old) - '{data,salt,file_key,status_note,status}'::text[] then
    return new;
  end if;
"""
FORGETS = KEEPS.replace(BEGINS, ERASED + BEGINS, 1)
assert ERASED in FORGETS


class Migration(migrations.Migration):
    """A salt may be gone; the trigger lets it."""

    dependencies = (("documents", "0004_restricted"),)
    operations = (
        migrations.AlterField("document", "salt", models.BinaryField("盐", null=True)),
        migrations.RunSQL(FORGETS, KEEPS),
    )

"""An item opened while a clock was ahead is closed no earlier than it says it was opened."""

from importlib import import_module

from django.db import migrations

before = import_module("jianheng.services.procedures.migrations.0006_columns_not_documents")
MOVE = before.MOVE.replace("create function", "create or replace function")
CLOSES = "set closed_at = p_at, closed_seq"
assert CLOSES in MOVE


class Migration(migrations.Migration):
    """Another function of the same name."""

    dependencies = (("procedures", "0011_counted_with"),)
    operations = (
        migrations.RunSQL(MOVE.replace(CLOSES, "set closed_at = greatest(p_at, opened_at), closed_seq"), MOVE),
    )

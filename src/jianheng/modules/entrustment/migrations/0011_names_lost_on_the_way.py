"""Courts' names that 0003, as it first was, left empty: it looked for a kind of body nobody is of."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_courts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the name each court has now."""
    nameless = apps.get_model("entrustment", "Entrustment").objects.filter(court_name="")
    names = dict(apps.get_model("people", "Organisation").objects.filter(kind="COURT").values_list("pk", "name"))
    for court_id in nameless.order_by().values_list("court_id", flat=True).distinct():
        nameless.filter(court_id=court_id).update(court_name=names.get(court_id, ""))


class Migration(migrations.Migration):
    dependencies = (("entrustment", "0010_pending_contact"), ("people", "0001_initial"))

    operations = (migrations.RunPython(name_courts, migrations.RunPython.noop, elidable=True),)

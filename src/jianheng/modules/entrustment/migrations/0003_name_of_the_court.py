"""The court's name stands in the entrustment, as it was when the appraisal was asked for."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_courts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the name each court has now; the earlier rows did not keep their own."""
    entrustments = apps.get_model("entrustment", "Entrustment").objects
    names = dict(apps.get_model("people", "Organisation").objects.filter(kind="COURT").values_list("pk", "name"))
    for court_id in entrustments.order_by().values_list("court_id", flat=True).distinct():
        entrustments.filter(court_id=court_id).update(court_name=names.get(court_id, ""))


class Migration(migrations.Migration):
    dependencies = [
        ("entrustment", "0002_answers_of_institutions"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "entrustment",
            "court_name",
            models.CharField("审理法院名称", default="", max_length=120, help_text="提出鉴定时的名称"),
            preserve_default=False,
        ),
        migrations.RunPython(name_courts, migrations.RunPython.noop, elidable=True),
    ]

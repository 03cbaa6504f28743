"""Requests for recusal are kept one by one, decided or not, instead of the last one only."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_the_pending_one(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A request that waits goes on waiting; who asked was kept by name only."""
    appraisals = apps.get_model("casework", "Appraisal").objects.exclude(recusal={})
    for row in appraisals:
        row.recusals = [{**row.recusal, "id": 0, "side": "", "decided_on": None}]
        row.save(update_fields=["recusals"])


class Migration(migrations.Migration):
    dependencies = (("casework", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="appraisal",
            name="recusals",
            field=models.JSONField(
                default=list, help_text="按提出的先后；决定日期为空的待决定", verbose_name="回避申请"
            ),
        ),
        migrations.RunPython(keep_the_pending_one, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="appraisal", name="recusal"),
    )

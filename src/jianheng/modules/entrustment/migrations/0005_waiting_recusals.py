"""Requests for recusal made before the material is handed over wait for the institution's matter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("entrustment", "0004_indexes_nobody_asks"),)

    operations = (
        migrations.AddField(
            model_name="entrustment",
            name="waiting_recusals",
            field=models.JSONField(
                default=list, help_text="委托书出具以后、移交材料以前提出的", verbose_name="待转交的回避申请"
            ),
        ),
    )

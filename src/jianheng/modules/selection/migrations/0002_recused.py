"""Institutions that must recuse are remembered for every later list of the same entrustment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("selection", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="selection",
            name="recused",
            field=models.JSONField(
                default=dict, help_text="机构编号 → 理由；以后的名单也不列入", verbose_name="应当回避的机构"
            ),
        ),
    )

"""What the court is told of an institution: the day it accepted; that its appraiser would not appear."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("entrustment", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="entrustment",
            name="accepted_on",
            field=models.DateField(null=True, verbose_name="机构受理日期"),
        ),
        migrations.AddField(
            model_name="entrustment",
            name="unusable",
            field=models.BooleanField(
                default=False, help_text="鉴定人拒不出庭（证据规定 第八十一条）", verbose_name="不得采信"
            ),
        ),
    )

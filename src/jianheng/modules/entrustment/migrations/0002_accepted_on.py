"""The day the institution accepted, as the court was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("entrustment", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="entrustment",
            name="accepted_on",
            field=models.DateField(null=True, verbose_name="机构受理日期"),
        ),
    )

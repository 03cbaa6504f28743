"""Licence numbers as published rosters have them: seven or nine digits, or the credit code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("institutions", "0003_registeract"),)

    operations = (
        migrations.AlterField(
            "licence", "number", models.CharField(blank=True, default="", max_length=18, verbose_name="许可证号")
        ),
    )

"""How often a report was sent back: what is still not completed after that is to be paid back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("entrustment", "0006_predecessors"),)

    operations = (
        migrations.AddField(
            model_name="entrustment",
            name="returns",
            field=models.PositiveSmallIntegerField(default=0, help_text="含补充鉴定", verbose_name="退回补充次数"),
        ),
    )

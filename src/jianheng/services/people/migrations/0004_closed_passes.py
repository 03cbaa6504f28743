"""A party's old phone opens nothing once the court has corrected it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("people", "0003_first_password"),)

    operations = (
        migrations.AddField(
            model_name="partypass",
            name="closed_at",
            field=models.DateTimeField(
                help_text="更正联系方式以后，原号码不再能查询", null=True, verbose_name="停用时间"
            ),
        ),
    )

"""Recusal of the unit's own staff (民事诉讼法 第四十七条)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = (("entrustment", "0012_rejection"),)

    operations = (
        migrations.AddField(
            model_name="entrustment",
            name="staff_recusal",
            field=models.JSONField(
                default=dict, help_text="被申请的人、提出的一方、事由、事实、状态", verbose_name="司法技术人员的回避"
            ),
        ),
    )

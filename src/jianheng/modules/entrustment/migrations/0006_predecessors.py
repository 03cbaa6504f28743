"""Institutions that were entrusted and left, with what was paid to them: a successor begins with nothing paid."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("entrustment", "0005_waiting_recusals"),)

    operations = (
        migrations.CreateModel(
            name="Predecessor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=6)),
                ("institution_id", models.BigIntegerField(verbose_name="名册机构")),
                ("organisation_id", models.BigIntegerField(verbose_name="机构")),
                ("name", models.CharField(max_length=120, verbose_name="鉴定机构")),
                ("entrusted_on", models.DateField(verbose_name="委托日期")),
                ("left_on", models.DateField(verbose_name="退出日期")),
                ("fee_fen", models.BigIntegerField(null=True, verbose_name="鉴定费")),
                ("account", models.JSONField(default=dict, verbose_name="收款账户")),
                ("paid_fen", models.BigIntegerField(default=0, verbose_name="已交")),
                ("paid_on", models.DateField(null=True, verbose_name="交费日期")),
                (
                    "report_number",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="鉴定书编号"),
                ),
                ("overdue", models.BooleanField(default=False, verbose_name="超期")),
                ("refund_due", models.BooleanField(default=False, verbose_name="应退还鉴定费")),
                (
                    "entrustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="entrustment.entrustment",
                    ),
                ),
            ],
            options={"verbose_name": "前任鉴定机构"},
        ),
    )

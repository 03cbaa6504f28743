"""Witnesses: what they said of checkpoints, since when the quorum had, how each stands; entries held back."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("ledger_witnessed", "ledger_held")
REFUSE = "".join(
    f"create trigger ledger_stays before update or delete or truncate on {table} "
    "for each statement execute function ledger_refuse();"
    for table in KEPT
)
NO_LONGER_REFUSE = "".join(f"drop trigger ledger_stays on {table};" for table in KEPT)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "size", "witness", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("size", models.BigIntegerField(verbose_name="叶数")),
                ("witness", models.CharField(max_length=200, verbose_name="见证人")),
                ("first_line", models.TextField(verbose_name="首次签名")),
                ("first_at", models.DateTimeField(verbose_name="首次签名时间")),
                ("newest_line", models.TextField(verbose_name="最近签名")),
                ("newest_at", models.DateTimeField(verbose_name="最近签名时间")),
            ],
            options={
                "verbose_name": "见证签名",
                "verbose_name_plural": "见证签名",
                "db_table": "ledger_cosignature",
            },
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="held",
                        serialize=False,
                        to="ledger.entry",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="发现时间")),
            ],
            options={
                "verbose_name": "扣下的记录",
                "verbose_name_plural": "扣下的记录",
                "db_table": "ledger_held",
            },
        ),
        migrations.CreateModel(
            name="Witnessed",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="叶数")),
                ("at", models.DateTimeField(verbose_name="达到见证数的时间")),
            ],
            options={
                "verbose_name": "已见证检查点",
                "verbose_name_plural": "已见证检查点",
                "db_table": "ledger_witnessed",
            },
        ),
        migrations.CreateModel(
            name="WitnessState",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name="见证人")),
                ("size", models.BigIntegerField(default=0, verbose_name="见证人所持叶数")),
                ("asked_at", models.DateTimeField(verbose_name="询问时间")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="签名时间")),
                ("trouble", models.CharField(blank=True, default="", max_length=300, verbose_name="问题")),
            ],
            options={
                "verbose_name": "见证人状态",
                "verbose_name_plural": "见证人状态",
                "db_table": "ledger_witness",
            },
        ),
        migrations.RunSQL(REFUSE, NO_LONGER_REFUSE),
    ]

"""Pulses that are here, and rounds that are waited for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=64, verbose_name="信标")),
                ("round", models.BigIntegerField(verbose_name="轮次")),
                ("signature", models.CharField(max_length=96, verbose_name="签名")),
                ("came_by", models.CharField(max_length=60, verbose_name="来路")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
            ],
            options={
                "verbose_name": "信标脉冲",
                "verbose_name_plural": "信标脉冲",
                "constraints": [models.UniqueConstraint(fields=("chain", "round"), name="one_pulse_a_round")],
            },
        ),
        migrations.CreateModel(
            name="Wanted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=64, verbose_name="信标")),
                ("round", models.BigIntegerField(verbose_name="轮次")),
                ("falls_at", models.DateTimeField(verbose_name="应发布时间")),
            ],
            options={
                "verbose_name": "等待的轮次",
                "verbose_name_plural": "等待的轮次",
                "constraints": [models.UniqueConstraint(fields=("chain", "round"), name="one_wish_a_round")],
            },
        ),
    ]

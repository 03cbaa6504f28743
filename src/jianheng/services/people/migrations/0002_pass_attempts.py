"""What is tried at parties' doors is counted by door, no longer at the pass."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="partypass", name="failures"),
        migrations.CreateModel(
            name="PassAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("door", models.CharField(max_length=64, verbose_name="查询编号和手机号码的摘要")),
                (
                    "kind",
                    models.CharField(
                        choices=[("ASKED", "获取验证码"), ("FAILED", "验证码不正确")],
                        max_length=6,
                        verbose_name="类别",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "验证码记录",
                "indexes": [
                    models.Index(fields=["door", "kind", "at"], name="attempt_at_door"),
                    models.Index(fields=["at"], name="attempt_by_time"),
                ],
            },
        ),
    ]

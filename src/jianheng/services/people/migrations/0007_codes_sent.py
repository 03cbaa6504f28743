from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_limited_tokens")]

    operations = [
        migrations.AlterField(
            "passattempt",
            "kind",
            models.CharField(
                "类别",
                max_length=6,
                choices=[("ASKED", "获取验证码"), ("FAILED", "验证码不正确"), ("SENT", "已发送验证码")],
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_pass_attempts")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="password_issued",
            field=models.BooleanField(
                default=False, help_text="由管理员发放，登录后须先更换", verbose_name="首次口令"
            ),
        ),
    ]

"""What must not lie in the database, such as a code, is put into a message when it is sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""

    dependencies = (("notices", "0001_initial"),)

    operations = (
        migrations.AddField(
            "message",
            "secret",
            models.JSONField("发送时填入的内容", null=True, help_text="种类和参数；内容本身不保存"),
        ),
        migrations.AlterField(
            "message", "text", models.CharField("内容", max_length=1000, help_text="{secret} 处在发送时填入")
        ),
    )

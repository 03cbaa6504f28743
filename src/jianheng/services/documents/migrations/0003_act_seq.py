"""A paper knows the act that asked for it by its number in the matter: the act has no other before it is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_life")]

    operations = [
        migrations.RemoveField("document", "act_id"),
        migrations.AddField("document", "act_seq", models.PositiveIntegerField("办理行为序号", null=True)),
    ]

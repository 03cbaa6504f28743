"""A webhook belongs to a person in a post of integration: those nobody is known for end, and are subscribed anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0003_publish_prepared")]

    operations = [
        migrations.AddField(
            "webhook",
            "person_id",
            models.BigIntegerField("订阅人", null=True, help_text="在该单位任接口管理岗位的人；离岗即停止"),
        ),
        migrations.RunSQL(
            "update events_webhook set disabled_at = now() where disabled_at is null",
            migrations.RunSQL.noop,
            elidable=True,
        ),
        migrations.RemoveConstraint("webhook", "webhook_once"),
        migrations.AddConstraint(
            "webhook",
            models.UniqueConstraint(
                fields=["organisation_id", "url"], name="webhook_once", condition=models.Q(disabled_at=None)
            ),
        ),
    ]

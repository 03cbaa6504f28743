"""Webhooks' secrets are encrypted; whoever read them before may have kept them."""

from typing import Any

from django.conf import settings
from django.db import migrations, models


def seal(apps: Any, schema: Any) -> None:
    """Encrypt what is not."""
    from jianheng.kernel import sealed
    from jianheng.services.events.webhooks import PURPOSE

    for row in apps.get_model("events", "Webhook").objects.order_by("pk"):
        if not sealed.is_sealed(row.secret):
            row.secret = sealed.seal(row.secret, secret=settings.SECRET_KEY, purpose=PURPOSE)
            row.save(update_fields=["secret"])


class Migration(migrations.Migration):
    """A longer column, and what is in it."""

    dependencies = (("events", "0004_webhooks_of_persons"),)

    operations = (
        migrations.AlterField("webhook", "secret", models.CharField(max_length=200, help_text="加密保存")),
        migrations.RunPython(seal, migrations.RunPython.noop),
    )

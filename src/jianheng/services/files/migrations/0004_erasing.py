"""A content that was lawfully erased is known by its hash alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """When it was erased."""

    dependencies = (("files", "0003_restricted"),)
    operations = (
        migrations.AddField("storedfile", "erased_at", models.DateTimeField("销毁时间", null=True)),
        migrations.AddIndex(
            "storedfile",
            models.Index(fields=["erased_at"], name="file_erased", condition=models.Q(erased_at__isnull=False)),
        ),
    )

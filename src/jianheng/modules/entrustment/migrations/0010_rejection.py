"""What was proposed against a chosen institution waits for a second person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entrustment", "0009_supervisors_by_id")]

    operations = [
        migrations.AddField("entrustment", "rejection", models.JSONField("待复核的资格审查", default=dict)),
    ]

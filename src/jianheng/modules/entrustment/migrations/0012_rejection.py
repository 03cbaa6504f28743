"""What was proposed against a chosen institution waits for a second person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entrustment", "0011_names_lost_on_the_way")]

    operations = [
        migrations.AddField("entrustment", "rejection", models.JSONField("待复核的资格审查", default=dict)),
    ]

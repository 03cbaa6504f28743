from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entrustment", "0009_supervisors_by_id")]

    operations = [
        migrations.AddField("entrustment", "pending_contact", models.JSONField("待生效的联系方式更正", default=dict)),
    ]

"""Who drafted an opinion is kept by number too: whoever drafted does not review, also when replaced since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("casework", "0002_recusals_one_by_one"),)

    operations = (
        migrations.AddField(
            model_name="appraisal",
            name="drafter_id",
            field=models.BigIntegerField(null=True, verbose_name="起草人"),
        ),
    )

"""Terms whose due day cannot be computed yet are found quickly."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("procedures", "0002_functions"),)
    operations = (
        migrations.AddIndex(
            model_name="term",
            index=models.Index(
                condition=models.Q(("due_on", None), ("stopped_at", None)), fields=["id"], name="term_without_day"
            ),
        ),
    )

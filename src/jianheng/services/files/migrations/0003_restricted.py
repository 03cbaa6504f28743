"""Single papers may be sealed: who is shown one is named by keys, as for a whole case."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column."""

    dependencies = (("files", "0002_exempt_in_words"),)
    operations = (
        migrations.AddField(
            "caseitem",
            "restricted_to",
            django.contrib.postgres.fields.ArrayField(models.TextField(), verbose_name="封存后的知悉范围", null=True),
        ),
    )

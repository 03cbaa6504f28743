"""Case numbers are searched among the words of matters; no statement asks this index."""

from django.db import migrations


class Migration(migrations.Migration):
    """One index less."""

    dependencies = (("entrustment", "0002_answers_of_institutions"),)
    operations = (migrations.RemoveIndex("entrustment", "entrustment_by_case"),)

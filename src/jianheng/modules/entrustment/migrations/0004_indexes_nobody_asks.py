"""Case numbers are searched among the words of matters; no statement asks this index."""

from django.db import migrations


class Migration(migrations.Migration):
    """One index less."""

    dependencies = (("entrustment", "0003_name_of_the_court"),)
    operations = (migrations.RemoveIndex("entrustment", "entrustment_by_case"),)

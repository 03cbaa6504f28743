"""A work item is owed by a post and done by whoever holds it: there is nobody who claims one beforehand."""

from django.db import migrations


class Migration(migrations.Migration):
    """One column less."""

    dependencies = (("procedures", "0009_whole_names"),)
    operations = (migrations.RemoveField("workitem", "claimed_by"),)

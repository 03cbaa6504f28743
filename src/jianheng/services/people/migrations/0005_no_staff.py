"""Nobody is staff of a site that has none: what an account may do are the posts of its person."""

from django.db import migrations


class Migration(migrations.Migration):
    """One column less."""

    dependencies = (("people", "0004_closed_passes"),)
    operations = (migrations.RemoveField("account", "is_staff"),)

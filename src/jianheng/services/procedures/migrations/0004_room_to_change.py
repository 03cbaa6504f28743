"""Matters and items change in place with every act: leave room on their pages, and keep word indexes in order.

With room, PostgreSQL changes a row without touching its indexes (heap-only tuples). Without ``fastupdate`` a search
never has to read a list of entries that still wait to be sorted in.
"""

from django.db import migrations

ROOM = """
alter table procedures_matter set (fillfactor = 85);
alter table procedures_workitem set (fillfactor = 85);
alter index matter_words set (fastupdate = off);
alter index matter_viewers set (fastupdate = off);
"""
BACK = """
alter table procedures_matter reset (fillfactor);
alter table procedures_workitem reset (fillfactor);
alter index matter_words reset (fastupdate);
alter index matter_viewers reset (fastupdate);
"""


class Migration(migrations.Migration):
    """Storage parameters."""

    dependencies = (("procedures", "0003_term_without_day"),)
    operations = (migrations.RunSQL(ROOM, BACK),)

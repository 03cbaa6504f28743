"""``events_publish``: the one way a row enters the outbox, callable from other services' SQL."""

from django.db import migrations

PUBLISH = """
create function events_publish(
  p_region text, p_matter bigint, p_type text, p_data jsonb, p_organisations jsonb, p_at timestamptz
) returns void language sql as $$
  insert into events_outboxevent (region, matter_id, type, data, organisation_ids, created_at)
  values (p_region, p_matter, p_type, p_data, p_organisations, p_at)
$$
"""


class Migration(migrations.Migration):
    """Add the function."""

    dependencies = (("events", "0001_initial"),)
    operations = (
        migrations.RunSQL(PUBLISH, "drop function events_publish(text, bigint, text, jsonb, jsonb, timestamptz)"),
    )

"""``events_publish`` keeps its plan: a function in SQL is planned anew with every call, up to PostgreSQL 17."""

from django.db import migrations

PUBLISH = """
create or replace function events_publish(
  p_region text, p_matter bigint, p_type text, p_data jsonb, p_organisations jsonb, p_at timestamptz
) returns void language plpgsql as $$
begin
  insert into events_outboxevent (region, matter_id, type, data, organisation_ids, created_at)
  values (p_region, p_matter, p_type, p_data, p_organisations, p_at);
end
$$
"""


class Migration(migrations.Migration):
    """The same function in another language."""

    dependencies = (("events", "0002_publish_function"),)
    operations = (migrations.RunSQL(PUBLISH, migrations.RunSQL.noop),)

"""A sealed case is shown to those named and to whoever owes something in it; one function decides, for every way to it.

``restricted_to`` names them by keys: a post ("45:archivist"), a side ("side:55:applicant"), a person ("person:17"), the
regulators ("regulator"); none is no restriction. Whoever holds a post that owes something is among them only while
nobody named holds that post: a colleague of the named judge owes nothing that the named one does not.

A restricted matter is found by its keys, no longer by its organisations, and tells no organisation outside what happens.
Features up to PostgreSQL 15.
"""

from importlib import import_module

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

columns = import_module("jianheng.services.procedures.migrations.0006_columns_not_documents")
names = import_module("jianheng.services.procedures.migrations.0009_whole_names")

ADMITS = """
create function procedures_admits(p_restricted text[], p_root bigint, p_keys text[], p_today date) returns boolean
language sql stable as $$
  select p_restricted is null or p_restricted && p_keys or exists (
    select from procedures_matter m join procedures_workitem i on i.matter_id = m.id and i.region = m.region
    where m.root_id = p_root and i.closed_at is null and i.holder = any(p_keys)
      and not exists (
        select from people_post h
        where h.person_id in (select substr(k, 8)::bigint from unnest(p_restricted) k where k like 'person:%')
          and h.organisation_id || ':' || h.role = i.holder
          and h.valid_from <= p_today and (h.valid_to is null or h.valid_to >= p_today)))
$$
"""
# The open items of an actor's posts in cases closed to the actor; none for nearly everybody.
WITHHELD = """
create function procedures_withheld(p_organisations bigint[], p_keys text[], p_today date) returns bigint[]
language sql stable as $$
  select array(
    select i.id from procedures_matter m join procedures_workitem i on i.matter_id = m.id and i.region = m.region
    where m.restricted_to is not null and m.viewer_ids && p_organisations and i.closed_at is null
      and i.holder = any(p_keys) and not procedures_admits(m.restricted_to, m.root_id, p_keys, p_today))
$$
"""
OPEN = """
create function procedures_open(p_matter bigint) returns table (
  id bigint, root_id bigint, region text, procedure text, version smallint, reference text, title text, seats jsonb,
  viewer_ids bigint[], opened_at timestamptz, last_act_at timestamptz, closed_at timestamptz, "end" text, acts integer,
  restricted_to text[], nodes text[], terms json
) rows 1 language plpgsql as $$
#variable_conflict use_column
begin
  perform from procedures_matter m where m.id = p_matter for update;
  -- only now, with the matter locked: what another act just changed is seen
  return query
  select m.id, m.root_id, m.region::text, m.procedure::text, m.version, m.reference::text, m.title::text, m.seats,
    m.viewer_ids, m.opened_at, m.last_act_at, m.closed_at, m."end"::text, m.acts, m.restricted_to,
    array(select i.node::text from procedures_workitem i
          where i.matter_id = p_matter and i.region = m.region and i.closed_at is null order by i.id),
    (select json_agg(t order by t.id) from procedures_term t
     where t.matter_id = p_matter and t.region = m.region and t.stopped_at is null)
  from procedures_matter m where m.id = p_matter;
end
$$
"""
DROP_OPEN = "drop function procedures_open(bigint)"
TELLS = "to_jsonb(p_viewer_ids), p_at)\n  from jsonb_array_elements(p_events) event;"
TELLS_NOBODY = """(
    select case when m.restricted_to is null then to_jsonb(p_viewer_ids) else '[]' end
    from procedures_matter m where m.id = p_matter and m.region = p_region), p_at)
  from jsonb_array_elements(p_events) event;"""
WRITE = columns.WRITE.replace(TELLS, TELLS_NOBODY).replace("create function", "create or replace function")
assert TELLS_NOBODY in WRITE

BY_ORGANISATION = "array_to_tsvector(array(select '@' || viewer from unnest(new.viewer_ids) viewer))"
BY_KEY = """array_to_tsvector(array(
      select '@' || viewer from unnest(new.viewer_ids) viewer where new.restricted_to is null
      union all select '@' || key from unnest(new.restricted_to) key))"""
KEEP = names.KEEP.replace(BY_ORGANISATION, BY_KEY)
assert BY_KEY in KEEP
KEPT = """
create or replace trigger matter_words_kept before update on procedures_matter
  for each row when (old.viewer_ids is distinct from new.viewer_ids or old.words is distinct from new.words{more})
  execute function procedures_matter_words()
"""


class Migration(migrations.Migration):
    """A column, the function that decides, and three functions that know of it."""

    dependencies = (
        ("procedures", "0012_closed_when_opened_later"),
        ("people", "__first__"),
    )
    operations = (
        migrations.AddField(
            "matter",
            "restricted_to",
            django.contrib.postgres.fields.ArrayField(models.TextField(), verbose_name="封存后的知悉范围", null=True),
        ),
        migrations.AddIndex(
            "matter",
            django.contrib.postgres.indexes.GinIndex(
                fields=["viewer_ids"], name="matter_restricted", condition=models.Q(restricted_to__isnull=False)
            ),
        ),
        migrations.RunSQL(
            [ADMITS, WITHHELD],
            "drop function procedures_withheld(bigint[], text[], date); "
            "drop function procedures_admits(text[], bigint, text[], date)",
        ),
        migrations.RunSQL([DROP_OPEN, OPEN], [DROP_OPEN, columns.OPEN]),
        migrations.RunSQL(WRITE, columns.WRITE.replace("create function", "create or replace function")),
        migrations.RunSQL(
            [KEEP, KEPT.format(more=" or old.restricted_to is distinct from new.restricted_to")],
            [names.KEEP, KEPT.format(more="")],
        ),
    )

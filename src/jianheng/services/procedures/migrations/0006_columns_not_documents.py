"""The two functions of the core take and give columns, where they took and gave one JSON document each.

Most of what an act cost in the server was taking a document apart, member by member. Only what most acts do not have,
nodes and terms that move, still comes as JSON, and is not looked at when there is none. Both ask within the matter's
region, so that one partition answers where tables are partitioned. Features up to PostgreSQL 15.
"""

from importlib import import_module

from django.db import migrations

before = import_module("jianheng.services.procedures.migrations.0002_functions")

OPEN = """
create function procedures_open(p_matter bigint) returns table (
  id bigint, root_id bigint, region text, procedure text, version smallint, reference text, title text, seats jsonb,
  viewer_ids bigint[], opened_at timestamptz, last_act_at timestamptz, closed_at timestamptz, acts integer,
  nodes text[], terms json
) rows 1 language plpgsql as $$
#variable_conflict use_column
begin
  perform from procedures_matter m where m.id = p_matter for update;
  -- only now, with the matter locked: what another act just changed is seen
  return query
  select m.id, m.root_id, m.region::text, m.procedure::text, m.version, m.reference::text, m.title::text, m.seats,
    m.viewer_ids, m.opened_at, m.last_act_at, m.closed_at, m.acts,
    array(select i.node::text from procedures_workitem i
          where i.matter_id = p_matter and i.region = m.region and i.closed_at is null order by i.id),
    (select json_agg(t order by t.id) from procedures_term t
     where t.matter_id = p_matter and t.region = m.region and t.stopped_at is null)
  from procedures_matter m where m.id = p_matter;
end
$$
"""

WRITE = """
create function procedures_write(
  p_matter bigint, p_region text, p_seq integer, p_at timestamptz,
  p_seats jsonb, p_viewer_ids bigint[], p_reference text, p_title text, p_end text, p_closed_at timestamptz,
  p_words text[], p_moves jsonb,
  p_code text, p_outcome text, p_holder text, p_person bigint, p_organisation bigint, p_name text,
  p_given jsonb, p_key_scope text, p_key text, p_salt bytea, p_commitment text,
  p_entry uuid, p_kind text, p_body bytea, p_leaf bytea, p_digest text, p_events jsonb
) returns void language plpgsql as $$
begin
  update procedures_matter set
    acts = p_seq, last_act_at = p_at, seats = p_seats, viewer_ids = p_viewer_ids, reference = p_reference,
    title = p_title, "end" = p_end, closed_at = p_closed_at,
    words = case when p_words is null then words else array_to_tsvector(p_words) end
  where id = p_matter and region = p_region;

  if p_moves is not null then
    perform procedures_move(p_matter, p_region, p_seq, p_at, p_moves);
  end if;

  insert into procedures_actrecord
    (region, matter_id, seq, code, outcome, holder, person_id, organisation_id, name, at, given, key_scope, key,
     entry, salt, commitment)
  values
    (p_region, p_matter, p_seq, p_code, p_outcome, p_holder, p_person, p_organisation, p_name, p_at, p_given,
     p_key_scope, p_key, p_entry, p_salt, p_commitment);

  perform ledger_append(p_entry, p_region, p_kind, p_matter, p_body, p_leaf, p_digest, p_at);
  perform events_publish(p_region, p_matter, event->>'type', event->'data', to_jsonb(p_viewer_ids), p_at)
  from jsonb_array_elements(p_events) event;
end
$$
"""

MOVE = """
create function procedures_move(p_matter bigint, p_region text, p_seq integer, p_at timestamptz, p_moves jsonb)
returns void language plpgsql as $$
begin
  update procedures_workitem set closed_at = p_at, closed_seq = p_seq
  where matter_id = p_matter and region = p_region and closed_at is null
    and node in (select jsonb_array_elements_text(p_moves->'closes'));

  insert into procedures_workitem
    (region, matter_id, node, holder, opened_at, opened_seq, clock, due_on, sort_on)
  select p_region, p_matter, o->>'node', o->>'holder', p_at, p_seq, o->>'clock',
         (o->>'due_on')::date, (o->>'sort_on')::date
  from jsonb_array_elements(p_moves->'opens') o;

  update procedures_term t set
    pauses = u->'pauses', extensions = u->'extensions',
    due_on = (u->>'due_on')::date, sort_on = (u->>'sort_on')::date,
    stopped_at = (u->>'stopped_at')::timestamptz
  from jsonb_array_elements(p_moves->'terms_changed') u
  where t.id = (u->>'id')::bigint and t.region = p_region;

  insert into procedures_term
    (region, matter_id, clock, start_on, length, unit, basis, verified, pauses, extensions,
     due_on, sort_on, lapse, started_seq)
  select p_region, p_matter, n->>'clock', (n->>'start_on')::date, (n->>'length')::integer, n->>'unit',
         n->>'basis', (n->>'verified')::boolean, n->'pauses', n->'extensions',
         (n->>'due_on')::date, (n->>'sort_on')::date, n->>'lapse', p_seq
  from jsonb_array_elements(p_moves->'terms_started') n;

  if jsonb_array_length(p_moves->'terms_changed') > 0 then
    update procedures_workitem i set due_on = t.due_on, sort_on = t.sort_on
    from procedures_term t
    where i.matter_id = p_matter and i.region = p_region and i.closed_at is null and i.clock = t.clock
      and t.matter_id = p_matter and t.region = p_region and t.stopped_at is null
      and i.due_on is distinct from t.due_on;
  end if;
end
$$
"""

NO_LONGER = """
drop function procedures_move(bigint, text, integer, timestamptz, jsonb);
drop function procedures_write(
  bigint, text, integer, timestamptz, jsonb, bigint[], text, text, text, timestamptz, text[], jsonb, text, text, text,
  bigint, bigint, text, jsonb, text, text, bytea, text, uuid, text, bytea, bytea, text, jsonb)
"""


class Migration(migrations.Migration):
    """Other functions of the same names."""

    dependencies = (
        ("procedures", "0005_viewers_among_words"),
        ("events", "0003_publish_prepared"),
    )
    operations = (
        migrations.RunSQL("drop function procedures_open(bigint)", before.OPEN),
        migrations.RunSQL(OPEN, "drop function procedures_open(bigint)"),
        migrations.RunSQL("drop function procedures_write(jsonb)", before.WRITE),
        migrations.RunSQL([WRITE, MOVE], NO_LONGER),
    )

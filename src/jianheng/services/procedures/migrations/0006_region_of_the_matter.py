"""The two functions ask within the matter's region, so that one partition answers where tables are partitioned.

Otherwise they are as in ``0002``.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("jianheng.services.procedures.migrations.0002_functions")
OPEN = """
create or replace function procedures_open(p_matter bigint) returns jsonb language plpgsql as $$
declare
  found jsonb;
begin
  select to_jsonb(m) - 'words' into found from procedures_matter m where m.id = p_matter for update;
  if found is null then
    return null;
  end if;
  return found || jsonb_build_object(
    'items', (select coalesce(jsonb_agg(to_jsonb(i) order by i.id), '[]')
              from procedures_workitem i where i.matter_id = p_matter and i.region = found->>'region' and i.closed_at is null),
    'terms', (select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]')
              from procedures_term t where t.matter_id = p_matter and t.region = found->>'region' and t.stopped_at is null));
end
$$
"""

WRITE = """
create or replace function procedures_write(p jsonb) returns void language plpgsql as $$
declare
  v_matter bigint := (p->>'matter')::bigint;
  v_region text := p->>'region';
  v_at timestamptz := (p->>'at')::timestamptz;
  v_seq integer := (p->>'seq')::integer;
  v_set jsonb := p->'set';
  v_act jsonb := p->'act';
  v_entry jsonb := p->'entry';
  v_event jsonb;
begin
  update procedures_matter set
    acts = v_seq,
    last_act_at = v_at,
    seats = v_set->'seats',
    viewer_ids = array(select jsonb_array_elements_text(v_set->'viewer_ids')::bigint),
    reference = v_set->>'reference',
    title = v_set->>'title',
    "end" = v_set->>'end',
    closed_at = (v_set->>'closed_at')::timestamptz,
    words = case when v_set->>'words' is null then words else array_to_tsvector(
      array(select distinct w from jsonb_array_elements_text(v_set->'words') w where w <> '')) end
  where id = v_matter and region = v_region;

  update procedures_workitem set closed_at = v_at, closed_seq = v_seq
  where matter_id = v_matter and region = v_region and closed_at is null
    and node in (select jsonb_array_elements_text(p->'closes'));

  insert into procedures_workitem
    (region, matter_id, node, holder, opened_at, opened_seq, clock, due_on, sort_on)
  select v_region, v_matter, o->>'node', o->>'holder', v_at, v_seq, o->>'clock',
         (o->>'due_on')::date, (o->>'sort_on')::date
  from jsonb_array_elements(p->'opens') o;

  update procedures_term t set
    pauses = u->'pauses', extensions = u->'extensions',
    due_on = (u->>'due_on')::date, sort_on = (u->>'sort_on')::date,
    stopped_at = (u->>'stopped_at')::timestamptz
  from jsonb_array_elements(p->'terms_changed') u
  where t.id = (u->>'id')::bigint and t.region = v_region;

  insert into procedures_term
    (region, matter_id, clock, start_on, length, unit, basis, verified, pauses, extensions,
     due_on, sort_on, lapse, started_seq)
  select v_region, v_matter, n->>'clock', (n->>'start_on')::date, (n->>'length')::integer, n->>'unit',
         n->>'basis', (n->>'verified')::boolean, n->'pauses', n->'extensions',
         (n->>'due_on')::date, (n->>'sort_on')::date, n->>'lapse', v_seq
  from jsonb_array_elements(p->'terms_started') n;

  if jsonb_array_length(p->'terms_changed') > 0 then
    update procedures_workitem i set due_on = t.due_on, sort_on = t.sort_on
    from procedures_term t
    where i.matter_id = v_matter and i.region = v_region and i.closed_at is null and i.clock = t.clock
      and t.matter_id = v_matter and t.region = v_region and t.stopped_at is null
      and i.due_on is distinct from t.due_on;
  end if;

  insert into procedures_actrecord
    (region, matter_id, seq, code, outcome, holder, person_id, organisation_id, name, at, given,
     key_scope, key, entry, salt, commitment)
  values
    (v_region, v_matter, v_seq, v_act->>'code', v_act->>'outcome', v_act->>'holder',
     (v_act->>'person_id')::bigint, (v_act->>'organisation_id')::bigint, v_act->>'name', v_at, v_act->'given',
     v_act->>'key_scope', v_act->>'key', (v_entry->>'id')::uuid, decode(v_act->>'salt', 'hex'),
     v_act->>'commitment');

  perform ledger_append(
    (v_entry->>'id')::uuid, v_region, v_entry->>'kind', v_matter, decode(v_entry->>'body', 'hex'),
    decode(v_entry->>'leaf', 'hex'), v_entry->>'digest', v_at);

  for v_event in select * from jsonb_array_elements(p->'events') loop
    perform events_publish(v_region, v_matter, v_event->>'type', v_event->'data', v_set->'viewer_ids', v_at);
  end loop;
end
$$
"""


def replacing(function: str) -> str:
    """A function's first text, put in place of what is there."""
    return function.replace("create function", "create or replace function")


class Migration(migrations.Migration):
    """Replace both functions."""

    dependencies = (("procedures", "0005_viewers_among_words"),)
    operations = (
        migrations.RunSQL(OPEN, replacing(BEFORE.OPEN)),
        migrations.RunSQL(WRITE, replacing(BEFORE.WRITE)),
    )

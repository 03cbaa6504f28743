"""The two functions the core is written with, and the triggers that keep acts as they were.

``procedures_open`` locks a matter and tells its open items and live terms. ``procedures_write`` writes all an
act does in one round trip: the matter's new state, items closed and opened, terms, the act, its log entry and
its events. Features up to PostgreSQL 15 only.
"""

from django.db import migrations

OPEN = """
create function procedures_open(p_matter bigint) returns jsonb language plpgsql as $$
declare
  found jsonb;
begin
  select to_jsonb(m) - 'words' into found from procedures_matter m where m.id = p_matter for update;
  if found is null then
    return null;
  end if;
  return found || jsonb_build_object(
    'items', (select coalesce(jsonb_agg(to_jsonb(i) order by i.id), '[]')
              from procedures_workitem i where i.matter_id = p_matter and i.closed_at is null),
    'terms', (select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]')
              from procedures_term t where t.matter_id = p_matter and t.stopped_at is null));
end
$$
"""

WRITE = """
create function procedures_write(p jsonb) returns void language plpgsql as $$
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
  where id = v_matter;

  update procedures_workitem set closed_at = v_at, closed_seq = v_seq
  where matter_id = v_matter and closed_at is null
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
  where t.id = (u->>'id')::bigint;

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
    where i.matter_id = v_matter and i.closed_at is null and i.clock = t.clock
      and t.matter_id = v_matter and t.stopped_at is null
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

PROTECT = """
create function procedures_acts_stay() returns trigger language plpgsql as $$
begin
  raise exception '办理行为只能追加，不得修改、删除 (acts are append-only)' using errcode = 'restrict_violation';
end
$$;
create trigger acts_stay before update or delete on procedures_actrecord
  for each row execute function procedures_acts_stay();
create trigger acts_stay_whole before truncate on procedures_actrecord
  for each statement execute function procedures_acts_stay();
"""


class Migration(migrations.Migration):
    """Add functions and triggers."""

    dependencies = (
        ("procedures", "0001_initial"),
        ("events", "0002_publish_function"),
        ("ledger", "0001_initial"),
    )
    operations = (
        migrations.RunSQL(OPEN, "drop function procedures_open(bigint)"),
        migrations.RunSQL(WRITE, "drop function procedures_write(jsonb)"),
        migrations.RunSQL(
            PROTECT,
            "drop trigger acts_stay on procedures_actrecord; drop trigger acts_stay_whole on procedures_actrecord;"
            "drop function procedures_acts_stay()",
        ),
    )

"""Whoever looks for somebody by the whole name finds the newest of their matters, however many there are.

A name is two or three words of the index, each borne by very many. So a whole name is a word of its own, "=张某甲", and for
each organisation that may see the matter one line of a table read in the order of matters. The trigger that keeps viewers
among the words keeps these lines as well; nothing else writes them. A key is the first eight bytes of SHA-256 of
"12=张某甲", as :func:`jianheng.services.procedures.words.name_key` computes it.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("jianheng.services.procedures.migrations.0005_viewers_among_words")

KEYS = """
create function procedures_name_keys(viewers bigint[], words tsvector) returns bigint[] language sql immutable as $$
  select array(
    select ('x' || left(encode(sha256(convert_to(viewer || lexeme, 'UTF8')), 'hex'), 16))::bit(64)::bigint
    from unnest(viewers) viewer, unnest(tsvector_to_array(words)) lexeme where lexeme like '=%')
$$
"""
KEEP = """
create or replace function procedures_matter_words() returns trigger language plpgsql as $$
declare
  wanted bigint[];
begin
  new.words := ts_delete(
      coalesce(new.words, ''),
      array(select lexeme from unnest(tsvector_to_array(coalesce(new.words, ''))) lexeme where lexeme like '@%'))
    || array_to_tsvector(array(select '@' || viewer from unnest(new.viewer_ids) viewer));
  wanted := procedures_name_keys(new.viewer_ids, new.words);
  if tg_op = 'UPDATE' then
    delete from procedures_wholename n
    where n.matter_id = new.id and n.key = any(procedures_name_keys(old.viewer_ids, old.words)) and n.key <> all(wanted);
  end if;
  insert into procedures_wholename (key, matter_id) select key, new.id from unnest(wanted) key on conflict do nothing;
  return new;
end
$$
"""
NO_LONGER = before.KEEP.partition("create trigger")[0].replace("create function", "create or replace function")


class Migration(migrations.Migration):
    """A table in the order of matters; the trigger fills it."""

    dependencies = (("procedures", "0008_counted_by_index"),)
    operations = (
        migrations.CreateModel(
            "WholeName",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "matter_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BigIntegerField()),
                ("matter_id", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(KEYS, "drop function procedures_name_keys(bigint[], tsvector)"),
        migrations.RunSQL(KEEP, NO_LONGER),
    )

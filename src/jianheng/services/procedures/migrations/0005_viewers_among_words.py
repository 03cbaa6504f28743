"""Who may see a matter is one more word it is found by: "@12" for organisation 12.

A search then asks one index for the words and the viewer together, and reads no more of it than the rarest of them
needs, however much the viewer sees. A trigger keeps the words in step with ``viewer_ids``; nothing else writes them.
"""

from django.db import migrations

KEEP = """
create function procedures_matter_words() returns trigger language plpgsql as $$
begin
  new.words := ts_delete(
      coalesce(new.words, ''),
      array(select lexeme from unnest(tsvector_to_array(coalesce(new.words, ''))) lexeme where lexeme like '@%'))
    || array_to_tsvector(array(select '@' || viewer from unnest(new.viewer_ids) viewer));
  return new;
end
$$;
create trigger matter_words_new before insert on procedures_matter
  for each row execute function procedures_matter_words();
create trigger matter_words_kept before update on procedures_matter
  for each row when (old.viewer_ids is distinct from new.viewer_ids or old.words is distinct from new.words)
  execute function procedures_matter_words();
-- what was there before: the trigger sees words that differ
update procedures_matter set words = coalesce(words, '') || '@'::tsvector;
"""
BACK = """
drop trigger matter_words_new on procedures_matter;
drop trigger matter_words_kept on procedures_matter;
drop function procedures_matter_words();
"""


class Migration(migrations.Migration):
    """A trigger instead of an index."""

    dependencies = (("procedures", "0004_room_to_change"),)
    operations = (
        migrations.RunSQL(KEEP, BACK),
        migrations.RemoveIndex("matter", "matter_viewers"),
    )

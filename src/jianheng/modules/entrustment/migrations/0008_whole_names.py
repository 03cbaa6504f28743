"""The whole names of the parties, among the words of the matters begun before they were looked for."""

from django.db import migrations

NAMES = """
with bearer as (
  select matter_id root_id, '=' || left(regexp_replace(normalize(lower(name), NFKC), '\\s', '', 'g'), 100) token
  from entrustment_entrustment, unnest(array[applicant, respondent]) name where name ~ '\\w'
)
update procedures_matter m set words = m.words || array_to_tsvector(b.tokens)
from (select root_id, array_agg(distinct token::text) tokens from bearer group by root_id) b
where m.root_id = b.root_id and m.procedure in ('entrustment', 'appraisal') and m.words is not null
"""


class Migration(migrations.Migration):
    """The trigger of the index of names fills it from the words."""

    dependencies = (("entrustment", "0007_returns"), ("procedures", "0009_whole_names"))
    operations = (migrations.RunSQL(NAMES, migrations.RunSQL.noop),)

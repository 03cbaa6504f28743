"""Who leads and who assists at the unit is kept by id: of those filed by name, where one person there bore it."""

from django.db import migrations, models

FILL = """
with bearers as (
    select h.organisation_id, p.name, min(p.id) as person_id
    from people_post h join people_person p on p.id = h.person_id
    where h.role = 'tech' group by h.organisation_id, p.name having count(distinct p.id) = 1
)
update entrustment_entrustment e set
    lead_id = (select person_id from bearers b where b.organisation_id = e.unit_id and b.name = e.lead),
    assistant_id = (select person_id from bearers b where b.organisation_id = e.unit_id and b.name = e.assistant)
where e.lead <> '' or e.assistant <> ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("entrustment", "0008_whole_names"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField("entrustment", "lead_id", models.BigIntegerField("督办人", null=True)),
        migrations.AddField("entrustment", "assistant_id", models.BigIntegerField("协办人", null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
    ]

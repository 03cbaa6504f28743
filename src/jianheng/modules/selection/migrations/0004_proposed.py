"""Whom the unit proposes without a draw, until the judge has decided; and whom courts chose so, to be counted."""

import django.db.models.deletion
from django.db import migrations, models

TITLES = """
update selection_chosen c set category_title = d.category_title from selection_draw d where d.id = c.draw_id
"""


class Migration(migrations.Migration):
    """Columns, and the titles of what is there."""

    dependencies = (("selection", "0003_draws"),)

    operations = (
        migrations.AddField(
            model_name="selection",
            name="proposed",
            field=models.JSONField(
                default=dict,
                help_text="机构、方式、事由、依据、理由",
                verbose_name="待复核的指定或者名册外选择",
            ),
        ),
        migrations.AlterModelOptions(name="chosen", options={"verbose_name": "轮到或者选定的机构"}),
        migrations.AlterField(
            model_name="chosen",
            name="draw",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="selection.draw"
            ),
        ),
        migrations.AlterField(
            model_name="chosen", name="on", field=models.DateField(verbose_name="轮到或者选定之日")
        ),
        migrations.AddField(
            model_name="chosen",
            name="mode",
            field=models.CharField(default="BY_LOT", max_length=16, verbose_name="选择方式"),
        ),
        migrations.AddField(
            model_name="chosen", name="category_title", field=models.CharField(default="", max_length=100)
        ),
        migrations.RunSQL(TITLES, migrations.RunSQL.noop),
    )

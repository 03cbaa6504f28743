"""Which entries a statement about a clock that was ahead names: where the sequencer looks; only ever added to."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = (("ledger", "0004_cheaper_notes"),)

    operations = (
        migrations.CreateModel(
            name="Explained",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="explained",
                        serialize=False,
                        to="ledger.entry",
                    ),
                ),
                ("statement_id", models.UUIDField(verbose_name="时钟说明")),
            ],
            options={
                "verbose_name": "时钟说明所列记录",
                "verbose_name_plural": "时钟说明所列记录",
                "db_table": "ledger_explained",
            },
        ),
        migrations.RunSQL(
            "create trigger ledger_stays before update or delete or truncate on ledger_explained "
            "for each statement execute function ledger_refuse()",
            "drop trigger ledger_stays on ledger_explained",
        ),
    )

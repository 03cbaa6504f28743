"""Terms are counted anew at a start only where calendar or code changed; what they were counted with stands here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of one row."""

    dependencies = (("procedures", "0010_nobody_claims"),)
    operations = (
        migrations.CreateModel(
            "Counting",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField("依据摘要", max_length=64, default="", blank=True, help_text="空为须重新推算"),
                ),
            ],
            options={"verbose_name": "期限推算"},
        ),
    )

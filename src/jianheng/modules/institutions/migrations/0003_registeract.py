"""Acts of the register, kept as they were written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("institutions", "0002_keep_history"), ("ledger", "0001_initial"))

    operations = (
        migrations.CreateModel(
            name="RegisterAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("subject", models.CharField(max_length=18, verbose_name="登记对象")),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("code", models.CharField(max_length=20, verbose_name="行为")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                ("stated", models.JSONField(default=list, verbose_name="登载")),
                ("superseded", models.JSONField(default=list, verbose_name="取代")),
                ("held", models.JSONField(default=dict, verbose_name="对应")),
                ("entry", models.UUIDField(unique=True, verbose_name="日志条目")),
                ("salt", models.BinaryField()),
                ("commitment", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "登记行为",
                "constraints": (models.UniqueConstraint(fields=("subject", "serial"), name="register_act_in_order"),),
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE ON institutions_registeract "
            "FOR EACH ROW EXECUTE FUNCTION institutions_keep_history()",
            "DROP TRIGGER keep_history ON institutions_registeract",
        ),
    )

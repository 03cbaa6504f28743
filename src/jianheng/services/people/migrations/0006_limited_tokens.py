import django.contrib.postgres.fields
from django.db import migrations, models

ROLES = [
    ("judge", "承办法官"),
    ("tech", "司法技术人员"),
    ("leader", "院庭长"),
    ("intake", "受理人员"),
    ("head", "机构负责人"),
    ("appraiser", "鉴定人"),
    ("reviewer", "复核人"),
    ("finance", "财务人员"),
    ("archivist", "档案管理员"),
    ("supervisor", "监管人员"),
    ("operator", "平台运行人员"),
    ("integrator", "接口管理人员"),
    ("party", "当事人"),
]


class Migration(migrations.Migration):
    dependencies = [("people", "0005_no_staff")]

    operations = [
        migrations.AddField(
            "clienttoken",
            "acts",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(max_length=90), default=list, verbose_name="限于办理", help_text="空为不限"
            ),
        ),
        migrations.AlterField("post", "role", models.CharField("岗位", max_length=12, choices=ROLES)),
    ]

"""The tables of the register."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import jianheng.modules.institutions.models.recorded


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Appraiser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("certificate_number", models.CharField(max_length=12, unique=True, verbose_name="执业证号")),
                ("person_id", models.BigIntegerField(blank=True, null=True, unique=True, verbose_name="平台人员")),
                ("is_demo", models.BooleanField(default=False, verbose_name="示例")),
            ],
            options={
                "verbose_name": "司法鉴定人",
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("uscc", models.CharField(max_length=18, unique=True, verbose_name="统一社会信用代码")),
                (
                    "organisation_id",
                    models.BigIntegerField(blank=True, null=True, unique=True, verbose_name="平台单位"),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="示例")),
            ],
            options={
                "verbose_name": "鉴定机构",
                "indexes": [models.Index(fields=["region", "uscc"], name="institution_by_region")],
            },
        ),
        migrations.CreateModel(
            name="Licence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="生效日")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日")),
                ("recorded_at", models.DateTimeField(verbose_name="登载时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被取代时间")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                ("region", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("number", models.CharField(blank=True, default="", max_length=9, verbose_name="许可证号")),
                ("scope_text", models.TextField(verbose_name="业务范围（原文）")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licences",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "许可证",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PracticeRegistration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="生效日")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日")),
                ("recorded_at", models.DateTimeField(verbose_name="登载时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被取代时间")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("sort_key", models.CharField(max_length=255, verbose_name="拼音")),
                ("title", models.CharField(blank=True, default="", max_length=60, verbose_name="职称")),
                ("is_senior", models.BooleanField(default=False, verbose_name="高级职称")),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="执业类别"
                    ),
                ),
                (
                    "appraiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="practices",
                        to="institutions.appraiser",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="practices",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "执业登记",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PracticeStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="生效日")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日")),
                ("recorded_at", models.DateTimeField(verbose_name="登载时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被取代时间")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                (
                    "kind",
                    models.CharField(
                        choices=[("SUSPENDED", "停止执业"), ("DEREGISTERED", "注销"), ("WITHDRAWN", "撤销登记")],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True, default="", help_text="空：全部业务", max_length=12, verbose_name="类别"
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", verbose_name="原因")),
                ("basis", models.CharField(blank=True, default="", max_length=200, verbose_name="依据")),
                (
                    "appraiser",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="institutions.appraiser",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statuses",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "执业状态",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="生效日")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日")),
                ("recorded_at", models.DateTimeField(verbose_name="登载时间")),
                ("superseded_at", models.DateTimeField(blank=True, null=True, verbose_name="被取代时间")),
                ("source", models.CharField(blank=True, default="", max_length=200, verbose_name="来源")),
                ("region", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("name", models.CharField(max_length=120, verbose_name="机构名称")),
                ("name_received", models.TextField(verbose_name="机构名称（原文）")),
                (
                    "short_name",
                    models.CharField(
                        blank=True, default="", help_text="用于文书编号", max_length=60, verbose_name="机构简称"
                    ),
                ),
                ("sort_key", models.CharField(max_length=255, verbose_name="拼音")),
                ("address", models.CharField(blank=True, default="", max_length=200, verbose_name="地址")),
                ("postcode", models.CharField(blank=True, default="", max_length=6, verbose_name="邮政编码")),
                ("contact", models.CharField(blank=True, default="", max_length=60, verbose_name="联系人")),
                ("phone", models.CharField(blank=True, default="", max_length=60, verbose_name="联系电话")),
                ("source_row", models.JSONField(default=dict, verbose_name="原始数据行")),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构登记事项",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScopeItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="空：未识别，原文见 texts",
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("FULL", "FULL"), ("ONLY", "ONLY"), ("EXCEPT", "EXCEPT")],
                        max_length=8,
                        verbose_name="限制",
                    ),
                ),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None, verbose_name="所列项目"
                    ),
                ),
                (
                    "texts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None, verbose_name="未识别的限制"
                    ),
                ),
                ("limit_text", models.TextField(blank=True, default="", verbose_name="限制（原文）")),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scope", to="institutions.licence"
                    ),
                ),
            ],
            options={
                "verbose_name": "业务范围",
            },
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(fields=["institution", "-valid_from"], name="licence_by_institution"),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="institutions_licence_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="institutions_licence_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                expressions=[
                    ("institution", "="),
                    (
                        jianheng.modules.institutions.models.recorded.DateRange(
                            "valid_from",
                            "valid_to",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="institutions_licence_one",
            ),
        ),
        migrations.AddIndex(
            model_name="practiceregistration",
            index=models.Index(fields=["institution", "sort_key"], name="practice_by_institution"),
        ),
        migrations.AddConstraint(
            model_name="practiceregistration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="institutions_practiceregistration_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceregistration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="institutions_practiceregistration_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceregistration",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                expressions=[
                    ("appraiser", "="),
                    (
                        jianheng.modules.institutions.models.recorded.DateRange(
                            "valid_from",
                            "valid_to",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="institutions_practice_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="institutions_practicestatus_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="institutions_practicestatus_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appraiser__isnull", False), ("institution__isnull", True)),
                    models.Q(("appraiser__isnull", True), ("institution__isnull", False)),
                    _connector="OR",
                ),
                name="institutions_status_whose",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["SUSPENDED", "DEREGISTERED", "WITHDRAWN"])),
                name="institutions_status_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["region", "sort_key"], name="registration_by_region"),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="institutions_registration_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="institutions_registration_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                expressions=[
                    ("institution", "="),
                    (
                        jianheng.modules.institutions.models.recorded.DateRange(
                            "valid_from",
                            "valid_to",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="institutions_registration_one",
            ),
        ),
        migrations.AddIndex(
            model_name="scopeitem",
            index=models.Index(fields=["category", "licence"], name="scope_by_category"),
        ),
        migrations.AddConstraint(
            model_name="scopeitem",
            constraint=models.UniqueConstraint(fields=("licence", "position"), name="institutions_scope_place"),
        ),
        migrations.AddConstraint(
            model_name="scopeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["FULL", "ONLY", "EXCEPT"])), name="institutions_scope_kind"
            ),
        ),
    ]

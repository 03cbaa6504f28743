"""Draws by a public beacon: one order for a case and category, apart from the request that made it.

What was drawn before goes on: its order, who was passed over and its entries are kept in a draw of its own, whose file
stays of the old form and says so. A list that was announced the old way and not drawn yet is drawn up again. Matters
of version 1 become matters of version 2.
"""

import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils.dateparse import parse_datetime

CHUNK = 1000
TO_VERSION_2 = """
update procedures_matter set version = 2 where procedure = 'selection' and version = 1;
update procedures_workitem w set node = 'commit_list' from procedures_matter m
where w.matter_id = m.id and m.procedure = 'selection' and w.node = 'draw' and w.closed_at is null;
"""
BORROWED = """
update selection_selection s set court_id = e.court_id, begun_at = m.opened_at, ended_at = m.closed_at
from entrustment_entrustment e, procedures_matter m
where e.matter_id = s.root_id and m.id = s.matter_id
"""
TEXTS = """
update selection_selection set contributions = (
    select coalesce(jsonb_object_agg(said.key, said.value ->> 'text'), '{}'::jsonb) from jsonb_each(contributions) said
) where contributions <> '{}'::jsonb
"""


def keep_old_draws(apps: Any, schema: Any) -> None:
    """A draw for every file of the old form."""
    selection = apps.get_model("selection", "Selection")
    draw = apps.get_model("selection", "Draw")
    for row in selection.objects.exclude(draw={}).order_by("pk").iterator(chunk_size=CHUNK):
        old, code = row.draw, uuid.uuid4().hex
        listed = [{"uscc": one["uscc"], "name": one["name"]} for one in old["candidates"]]
        ended = [turn for turn in old["turns"] if turn["passed"]]
        row.lot = draw.objects.create(
            draw=code,
            region=row.region,
            court_id=row.court_id or 0,
            case_number=row.case_number,
            category=row.category,
            category_title=row.category_title,
            case_salt=uuid.uuid4().hex + uuid.uuid4().hex,
            matter_id=row.matter_id,
            bodies={one["uscc"]: [one["id"], None] for one in [*row.candidates, *row.exclusions]},
            file={
                "format": "jianheng-draw/1",
                "announcement": {"draw": code, "matter": row.matter_id, "candidates": listed},
                "order": [listed[number - 1]["uscc"] for number in old["order"]],
                "events": [
                    {
                        "number": number,
                        "at": turn["at"],
                        "kind": "PASSED",
                        "matter": row.matter_id,
                        "uscc": turn["uscc"],
                        "ground": "EARLIER",
                    }
                    for number, turn in enumerate(ended, start=1)
                ],
                "old": old,
            },
            announcement=row.announcement,
            announced_at=row.announced_at or parse_datetime(old["committed_at"]),
            result=row.result,
            concluded_at=parse_datetime(old["drawn_at"]),
        )
        row.save(update_fields=["lot"])


class Migration(migrations.Migration):
    dependencies = [
        ("selection", "0002_recused"),
        ("entrustment", "0009_supervisors_by_id"),
        ("procedures", "0011_counted_with"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draw", models.CharField(max_length=32, unique=True, verbose_name="摇号编号")),
                ("region", models.CharField(max_length=6)),
                ("court_id", models.BigIntegerField(verbose_name="审理法院")),
                ("case_number", models.CharField(max_length=80, verbose_name="案号")),
                ("category", models.CharField(max_length=12, verbose_name="鉴定类别")),
                ("category_title", models.CharField(max_length=100)),
                ("case_salt", models.CharField(help_text="同一案件、同一类别的各次摇号相同", max_length=64)),
                ("matter_id", models.BigIntegerField(verbose_name="公布时的选择事项")),
                (
                    "bodies",
                    models.JSONField(
                        default=dict, help_text="统一社会信用代码 → 机构编号、单位编号", verbose_name="名单所列机构"
                    ),
                ),
                ("file", models.JSONField(verbose_name="摇号文件")),
                ("announcement", models.UUIDField(null=True, verbose_name="公布的日志条目")),
                ("announced_at", models.DateTimeField(verbose_name="公布时间")),
                ("falls_at", models.DateTimeField(null=True, verbose_name="信标轮次时间")),
                ("due_at", models.DateTimeField(null=True, verbose_name="结果期限")),
                ("result", models.UUIDField(null=True, verbose_name="结果的日志条目")),
                ("concluded_at", models.DateTimeField(null=True, verbose_name="结果时间")),
                ("is_void", models.BooleanField(default=False, verbose_name="公布未能及时封账")),
                ("entries", models.JSONField(default=list, verbose_name="递补事项的日志条目")),
            ],
            options={
                "verbose_name": "摇号",
                "indexes": [
                    models.Index(fields=["court_id", "case_number", "category"], name="draw_of_a_case"),
                    models.Index(
                        condition=models.Q(("concluded_at", None)), fields=["falls_at"], name="draw_that_waits"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Chosen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="selection.draw"
                    ),
                ),
                ("uscc", models.CharField(max_length=18, verbose_name="统一社会信用代码")),
                ("name", models.CharField(max_length=120)),
                ("region", models.CharField(max_length=6)),
                ("category", models.CharField(max_length=12, verbose_name="鉴定类别")),
                ("on", models.DateField(verbose_name="轮到之日")),
            ],
            options={
                "verbose_name": "轮到的机构",
                "indexes": [models.Index(fields=["uscc", "on"], name="turns_of_an_institution")],
            },
        ),
        migrations.AddField(
            "selection",
            "lot",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="selections",
                to="selection.draw",
                verbose_name="摇号",
            ),
        ),
        migrations.AddField("selection", "court_id", models.BigIntegerField("审理法院", null=True)),
        migrations.AddField("selection", "begun_at", models.DateTimeField("开始时间", null=True)),
        migrations.AddField("selection", "ended_at", models.DateTimeField("结束时间", null=True)),
        migrations.AddField(
            "selection",
            "claims",
            models.JSONField("待复核的回避", default=list, help_text="机构编号、名称、事由、证据"),
        ),
        migrations.AlterField("selection", "contributions", models.JSONField("双方和主持人的随机文字", default=dict)),
        migrations.RunSQL(BORROWED, migrations.RunSQL.noop),
        migrations.RunSQL(TEXTS, migrations.RunSQL.noop),
        migrations.RunPython(keep_old_draws, migrations.RunPython.noop),
        migrations.RunSQL(TO_VERSION_2, migrations.RunSQL.noop),
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.AddIndex(
            "selection",
            models.Index(fields=["court_id", "case_number", "category"], name="selection_of_a_case"),
        ),
        *(
            migrations.RemoveField("selection", name)
            for name in ("digest", "secret", "announced_at", "announcement", "draw", "result")
        ),
    ]

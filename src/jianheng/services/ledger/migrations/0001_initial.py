"""The tables of the log, what they refuse, and the one function that adds to them."""

import django.db.models.deletion
from django.db import migrations, models

# What a row must satisfy whoever writes it. The server cannot compute a leaf by SM3; the sequencer checks those.
CHECKS = """
alter table ledger_entry
  add constraint ledger_entry_region check (region ~ '^[0-9]{6}$'),
  add constraint ledger_entry_leaf check (
    octet_length(leaf_hash) = 32 and digest in ('sha256', 'sm3')
    and (digest <> 'sha256' or leaf_hash = sha256('\\x00'::bytea || body))
  );
alter table ledger_leaf add constraint ledger_leaf_counted check (index >= 0 and octet_length(leaf_hash) = 32);
alter table ledger_tile
  add constraint ledger_tile_full check (octet_length(hashes) = 256 * 32 and octet_length(root) = 32),
  alter column hashes set storage external;
alter table ledger_checkpoint add constraint ledger_checkpoint_root check (size > 0 and octet_length(root) = 32);
"""

KEPT = ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint")

REFUSE = """
create function ledger_refuse() returns trigger language plpgsql as $$
begin
  raise exception '账本只能追加，不得修改、删除或者清空（%）。', tg_table_name using errcode = 'restrict_violation';
end
$$;
""" + "".join(
    f"create trigger ledger_stays before update or delete or truncate on {table} "
    "for each statement execute function ledger_refuse();"
    for table in KEPT
)

NO_LONGER_REFUSE = (
    "".join(f"drop trigger ledger_stays on {table};" for table in KEPT) + "drop function ledger_refuse();"
)

APPEND = """
create function ledger_append(
  p_id uuid, p_region text, p_kind text, p_matter bigint, p_body bytea, p_leaf bytea, p_digest text, p_at timestamptz
) returns void language plpgsql as $$
begin
  insert into ledger_entry (id, region, kind, matter_id, body, leaf_hash, digest, created_at)
  values (p_id, p_region, p_kind, p_matter, p_body, p_leaf, p_digest, p_at);
  insert into ledger_pending (entry_id) values (p_id);
end
$$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="叶数")),
                ("root", models.BinaryField(verbose_name="根哈希")),
                ("note", models.TextField(verbose_name="签名文本")),
                ("created_at", models.DateTimeField(verbose_name="签署时间")),
            ],
            options={
                "verbose_name": "检查点",
                "verbose_name_plural": "检查点",
                "db_table": "ledger_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, verbose_name="编号")),
                ("region", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("matter_id", models.BigIntegerField(null=True, verbose_name="事项")),
                ("body", models.BinaryField(verbose_name="规范化内容")),
                ("leaf_hash", models.BinaryField(verbose_name="叶哈希")),
                ("digest", models.CharField(max_length=20, verbose_name="杂凑算法")),
                ("created_at", models.DateTimeField(verbose_name="记录时间")),
            ],
            options={
                "verbose_name": "账本记录",
                "verbose_name_plural": "账本记录",
                "db_table": "ledger_entry",
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="序位")),
                ("leaf_hash", models.BinaryField(verbose_name="叶哈希")),
            ],
            options={
                "verbose_name": "账本叶",
                "verbose_name_plural": "账本叶",
                "db_table": "ledger_leaf",
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField(verbose_name="层")),
                ("index", models.BigIntegerField(verbose_name="序号")),
                ("hashes", models.BinaryField(verbose_name="哈希")),
                ("root", models.BinaryField(verbose_name="合并哈希")),
            ],
            options={
                "verbose_name": "账本瓦片",
                "verbose_name_plural": "账本瓦片",
                "db_table": "ledger_tile",
            },
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pending",
                        serialize=False,
                        to="ledger.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "待封账记录",
                "verbose_name_plural": "待封账记录",
                "db_table": "ledger_pending",
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("matter_id__isnull", False)), fields=["matter_id"], name="ledger_entry_by_matter"
            ),
        ),
        migrations.AddField(
            model_name="leaf",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="leaf", to="ledger.entry"
            ),
        ),
        migrations.RunSQL(CHECKS, migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE, NO_LONGER_REFUSE),
        migrations.RunSQL(
            APPEND, "drop function ledger_append(uuid, text, text, bigint, bytea, bytea, text, timestamptz)"
        ),
    )

"""Personal keys. A row is added, and ended once: nothing else of it changes, and none goes."""

from django.db import migrations, models

STAYS = """
create function personal_key_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.ended_at is null and to_jsonb(new) - 'ended_at' = to_jsonb(old) - 'ended_at' then
    return new;
  end if;
  raise exception '个人签名密钥登记以后只能停用，不得修改或者删除（%）。', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger personal_key_stays before update or delete on personalkeys_personalkey
for each row execute function personal_key_stays()
"""
GOES = "drop trigger personal_key_stays on personalkeys_personalkey; drop function personal_key_stays()"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PersonalKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField(verbose_name="人员")),
                ("public", models.CharField(max_length=64, unique=True, verbose_name="公钥")),
                ("wrapped", models.CharField(max_length=200, verbose_name="加密保存的私钥")),
                ("salt", models.CharField(max_length=64, verbose_name="盐")),
                ("memory", models.IntegerField(verbose_name="内存（KiB）")),
                ("passes", models.IntegerField(verbose_name="遍数")),
                ("lanes", models.IntegerField(verbose_name="并行度")),
                ("enrolled_at", models.DateTimeField(verbose_name="登记时间")),
                ("effective_at", models.DateTimeField(verbose_name="生效时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                ("entry_id", models.UUIDField(verbose_name="登记的日志记录")),
            ],
            options={
                "verbose_name": "个人签名密钥",
                "verbose_name_plural": "个人签名密钥",
                "indexes": [models.Index(fields=["person_id", "effective_at"], name="personal_key_of_person")],
            },
        ),
        migrations.RunSQL(STAYS, GOES),
    ]

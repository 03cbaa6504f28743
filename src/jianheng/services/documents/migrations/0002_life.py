"""What no hand may change of a paper, not even the application's own."""

from django.db import migrations

KEEP = """
create function documents_keep() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception '文书不得删除；作废的文书保留其编号。' using errcode = 'restrict_violation';
  end if;
  if (old.id, old.region, old.matter_id, old.kind, old.title, old.number, old.series_id, old.serial, old.code,
      old.data, old.issuer_id, old.requested_at)
     is distinct from
     (new.id, new.region, new.matter_id, new.kind, new.title, new.number, new.series_id, new.serial, new.code,
      new.data, new.issuer_id, new.requested_at) then
    raise exception '文书的编号、核验码和内容一经确定不得更改（%）。', old.number using errcode = 'restrict_violation';
  end if;
  if old.status <> 'requested'
     and (old.sha256, old.size, old.file_key, old.issued_at, old.issuer_name, old.template_version, old.is_demo)
     is distinct from
     (new.sha256, new.size, new.file_key, new.issued_at, new.issuer_name, new.template_version, new.is_demo) then
    raise exception '已经出具的文书不得更改（%）。', old.number using errcode = 'restrict_violation';
  end if;
  if old.status <> new.status and (old.status, new.status) not in (
    ('requested', 'issued'), ('requested', 'corrected'), ('requested', 'void'), ('issued', 'corrected'),
    ('issued', 'withdrawn'), ('corrected', 'withdrawn')
  ) then
    raise exception '文书状态不得由“%”变更为“%”（%）。', old.status, new.status, old.number
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger documents_stay before update or delete on documents_document
  for each row execute function documents_keep();
create trigger documents_stay_all before truncate on documents_document
  for each statement execute function documents_keep();

create function documents_series_keep() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or new.key <> old.key or new.last < old.last then
    raise exception '文号序列只能递增（%）。', coalesce(old.key, '') using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger documents_series_stays before update or delete on documents_series
  for each row execute function documents_series_keep();
"""

NO_LONGER_KEEP = """
drop trigger documents_series_stays on documents_series;
drop function documents_series_keep();
drop trigger documents_stay_all on documents_document;
drop trigger documents_stay on documents_document;
drop function documents_keep();
"""


class Migration(migrations.Migration):
    dependencies = (("documents", "0001_initial"),)

    operations = (migrations.RunSQL(KEEP, NO_LONGER_KEEP),)

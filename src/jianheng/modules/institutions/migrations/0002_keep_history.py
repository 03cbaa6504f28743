"""Statements of the register are never overwritten or removed; only superseding one is allowed, once."""

from django.db import migrations

TABLES = (
    "institutions_registration",
    "institutions_licence",
    "institutions_scopeitem",
    "institutions_practicestatus",
    "institutions_practiceregistration",
)

FUNCTION = """
CREATE FUNCTION institutions_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND to_jsonb(OLD) ? 'superseded_at'
        AND to_jsonb(OLD) ->> 'superseded_at' IS NULL
        AND to_jsonb(NEW) ->> 'superseded_at' IS NOT NULL
        AND to_jsonb(OLD) - 'superseded_at' = to_jsonb(NEW) - 'superseded_at'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the register keeps what it said: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""


class Migration(migrations.Migration):
    """One trigger per table of statements."""

    dependencies = (("institutions", "0001_initial"),)

    operations = (
        migrations.RunSQL(FUNCTION, "DROP FUNCTION institutions_keep_history()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER keep_history BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION institutions_keep_history()",
                f"DROP TRIGGER keep_history ON {table}",
            )
            for table in TABLES
        ),
    )

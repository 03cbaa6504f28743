"""The tables accept additions and nothing else, whoever asks."""

import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jianheng.services.ledger import api, models
from jianheng.services.ledger.tests.conftest import an_entry, append_many, seal

pytestmark = pytest.mark.django_db
KEPT = ["ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint"]
FIRST_COLUMN = {"ledger_entry": "kind = 'x'", "ledger_leaf": "leaf_hash = ''", "ledger_tile": "root = ''"}


@pytest.fixture
def a_log():
    append_many(300)
    seal()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # or a pending foreign key check refuses first


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("statement", ["delete from {}", "delete from {} where false", "truncate {} cascade"])
def test_nothing_is_deleted(a_log, table, statement):
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

    assert models.Leaf.objects.count() == 300


@pytest.mark.parametrize("table", KEPT)
def test_nothing_is_changed(a_log, table):
    change = FIRST_COLUMN.get(table, "note = ''")

    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update {table} set {change}")


def test_an_upsert_is_a_change(a_log):
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_checkpoint select * from ledger_checkpoint "
            "on conflict (size) do update set note = excluded.note"
        )


def test_an_entry_is_written_as_it_was_computed_and_waits():
    made = an_entry(7)

    api.append(made)

    found = models.Entry.objects.get(id=made.id)
    assert bytes(found.body) == made.body
    assert bytes(found.leaf_hash) == made.leaf_hash == hashlib.sha256(b"\x00" + made.body).digest()
    assert (found.region, found.kind, found.matter_id, found.created_at) == ("440000", "test", 7, made.at)
    assert models.Pending.objects.get().entry_id == made.id


def test_an_entry_is_written_once():
    made = an_entry()
    api.append(made)

    with pytest.raises(IntegrityError), transaction.atomic():
        api.append(made)

    assert models.Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("leaf", b"\x00" * 32), ("leaf", b""), ("digest", "md5"), ("region", "44"), ("body", b"{}")],
)
def test_the_table_itself_refuses_a_row_that_does_not_fit(column, value):
    made = an_entry()
    row = {"region": made.region, "body": made.body, "leaf": made.leaf_hash, "digest": made.digest} | {column: value}

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select ledger_append(%s, %s, 'test', null, %s, %s, %s, now())",
            [made.id, row["region"], row["body"], row["leaf"], row["digest"]],
        )

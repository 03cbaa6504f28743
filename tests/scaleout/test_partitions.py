"""A database with cases on it becomes one partitioned by province, and nobody notices but the planner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from jianheng import verifier
from jianheng.config import cli, partitioning, roles
from jianheng.desks.operator import doctor, figures
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
WANTED = ["21", "22", "44"]
COUNTED = "select count(*) from {}"


def asked(sql: str, *given: Any) -> list[Any]:
    """Rows, or nothing where a statement has none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given or None)
        return cursor.fetchall() if cursor.description else []


def partition(wanted: list[str]) -> list[str]:
    """As ``jianheng partition --apply`` does it."""
    with connection.cursor() as cursor:
        listed = list(partitioning.statements(cursor, wanted))
        for statement in listed:
            cursor.execute(statement)
    return listed


def shape() -> dict[str, Any]:
    """What the application sees of the matter-bearing tables."""
    with connection.cursor() as cursor:
        names = [table.name for table in partitioning.tables(cursor)]
    told: dict[str, Any] = {}
    for name in names:
        told[name] = {
            "rows": asked(COUNTED.format(name)),
            "columns": asked(
                "select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute"
                " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
                name,
            ),
            "checks": asked(
                "select conname, pg_get_constraintdef(oid) from pg_constraint"
                " where conrelid = %s::regclass and contype = 'c' order by 1",
                name,
            ),
            "foreign": asked(
                "select conname from pg_constraint where conrelid = %s::regclass and contype = 'f' and conparentid = 0 order by 1",
                name,
            ),
            "triggers": [
                one
                for one in asked(
                    "select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal order by 1", name
                )
                if roles.KEPT not in one[0]
            ],
            "sequence": [
                bool(one[0])
                for one in asked(
                    "select pg_get_serial_sequence(%s, attname) from pg_attribute"
                    " where attrelid = %s::regclass and attname in ('id', 'matter_id') order by attnum",
                    name,
                    name,
                )
            ],
        }
    return told


@pytest.fixture
def partitioned(played: Callable[..., Any]) -> Iterator[Any]:
    """A case played up to its fee, then the tables partitioned."""
    case = played(before="entrustment.pay")
    partition(WANTED)
    yield case


def test_every_matter_bearing_table_is_moved_with_all_it_has(played: Callable[..., Any]) -> None:
    played(before="entrustment.pay")
    before = shape()

    partition(WANTED)

    after = shape()
    assert len(before) == 18
    for name, seen in before.items():
        assert after[name] == seen, name
    assert all(before[name]["rows"] != [(0,)] for name in ("procedures_actrecord", "documents_document"))
    kinds = asked("select distinct relkind::text from pg_class where relname = any(%s)", list(before))
    assert kinds == [("p",)]
    held = asked(
        "select (select count(*) from procedures_actrecord_p22), (select count(*) from procedures_actrecord)"
    )
    assert held[0][0] == held[0][1] > 0


def test_indexes_keep_their_names_and_conditions(played: Callable[..., Any]) -> None:
    played(before="entrustment.screen")
    listed = "select indexname from pg_indexes where tablename = any(%s) and schemaname = 'public'"
    with connection.cursor() as cursor:
        names = [table.name for table in partitioning.tables(cursor)]
    before = {name for (name,) in asked(listed, names)}

    partition(WANTED)

    kept = {name for (name,) in asked("select c.relname from pg_class c where c.relname like %s", f"%{roles.KEPT}")}
    after = {name for (name,) in asked(listed, names)} | {name for (name,) in asked(listed, [*kept])}
    assert before <= after
    assert "closed_at IS NULL" in asked("select indexdef from pg_indexes where indexname = 'item_work_list'")[0][0]


def test_a_case_goes_on_to_its_end_and_another_begins(partitioned: Any, played: Callable[..., Any]) -> None:
    first = asked("select max(id) from procedures_matter")[0][0]
    other = played(scenario="fee_lapse")

    assert other.root_id > first
    assert asked("select count(*) from procedures_matter_p22")[0][0] > 3
    assert asked("select count(*) from procedures_matter_p00") == [(0,)]


def test_the_verifier_and_the_doctor_are_content(partitioned: Any, tmp_path: Path) -> None:
    while sequencer.run_once(timezone.now()):
        pass

    ledger.export(tmp_path / "export")
    report = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()])
    told = figures.figures(datetime.now(UTC))

    assert not report.problems and report.checked
    assert (told["matters_adrift"], told["log_waiting"]) == (0, 0)
    codes = {one.code for one in doctor.findings(timezone.now())}
    assert not codes & {"SCHEMA_BEHIND", "MATTERS_ADRIFT", "LOG_ADRIFT"}


def test_django_sees_the_same_models_and_no_migration_is_missing(partitioned: Any) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_a_column_and_an_index_added_by_a_later_migration_reach_every_partition(partitioned: Any) -> None:
    asked("alter table procedures_matter add column later integer default 7")
    asked("create index later_one on procedures_matter (later)")

    assert asked(
        "select count(*) from pg_index where indrelid = 'procedures_matter_p22'::regclass"
        " and pg_get_indexdef(indexrelid) like '%%later%%'"
    ) == [(1,)]


def again(table: str, row: int, **changed: str) -> None:
    """The same row once more under another id, with some columns (SQL) changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        chosen = ", ".join({"id": "id + 1000000", **changed}.get(one, f'"{one}"') for one in columns)
        quoted = ", ".join(f'"{one}"' for one in columns)
        cursor.execute(f"insert into {table} ({quoted}) select {chosen} from {table} where id = %s", [row])


@pytest.mark.parametrize(
    ("table", "which", "changed", "name"),
    [
        ("documents_document", "serial is not null", {"serial": "serial + 1000"}, "document_code_once"),
        ("documents_document", "serial is not null", {"code": "'0000-0000-0000-0000'"}, "document_number_once"),
        ("people_partypass", "true", {}, "pass_once"),
    ],
)
def test_what_was_unique_over_all_provinces_still_is_under_its_name(
    partitioned: Any, table: str, which: str, changed: dict[str, str], name: str
) -> None:
    row = asked(f"select max(id) from {table} where {which}")[0][0]

    for region in ("region", "'210199'"):
        with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
            again(table, row, region=region, **changed)


def test_an_idempotency_key_is_still_used_once_by_one_person_in_any_province(partitioned: Any) -> None:
    mine, theirs = asked("select min(id), max(id) from procedures_actrecord")[0]
    matter = asked("select min(id) from procedures_matter")[0][0]
    keyed = {"key_scope": "'person:1'", "key": "'k'"}
    again("procedures_actrecord", mine, seq="seq + 1000", **keyed)
    again("procedures_actrecord", mine, id="id + 2000000", seq="seq + 2000", key_scope="'person:2'", key="'k'")
    again("procedures_matter", matter, region="'210199'")

    for region, of in (("region", "matter_id"), ("'210199'", f"{matter + 1000000}")):
        with pytest.raises(IntegrityError, match='"act_once_per_key"'), transaction.atomic():
            again("procedures_actrecord", theirs, id="id + 3000000", seq="9000", region=region, matter_id=of, **keyed)


@pytest.mark.parametrize(
    ("table", "changed"),
    [("procedures_workitem", {}), ("procedures_actrecord", {"key": "''"}), ("procedures_term", {})],
)
def test_what_is_unique_within_a_matter_still_is(partitioned: Any, table: str, changed: dict[str, str]) -> None:
    where = {"procedures_workitem": "closed_at is null", "procedures_term": "stopped_at is null"}.get(table, "true")
    row = asked(f"select max(id) from {table} where {where}")[0][0]

    with pytest.raises(IntegrityError, match="already exists"), transaction.atomic():
        again(table, row, **changed)


def test_a_row_cannot_lie_in_another_province_than_its_matter(partitioned: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        asked("update procedures_workitem set region = '440000' where id = (select max(id) from procedures_workitem)")
        asked("set constraints all immediate")


@pytest.mark.parametrize(
    ("verb", "table"),
    [
        ("delete from {}", "procedures_actrecord"),
        ("delete from {}", "procedures_actrecord_p22"),
        ("truncate {}", "procedures_actrecord"),
        ("truncate {}", "procedures_actrecord_p22"),
        ("truncate {}", "documents_document_p00"),  # which is empty
    ],
)
def test_no_partition_lets_what_is_kept_be_taken_away(partitioned: Any, verb: str, table: str) -> None:
    with pytest.raises((IntegrityError, ProgrammingError)) as refused, transaction.atomic():
        asked("set constraints all immediate")
        asked(verb.format(table))

    assert "只能追加" in str(refused.value) or "不得删除" in str(refused.value)


def test_the_application_has_the_same_rights_and_none_on_a_partition(played: Callable[..., Any]) -> None:
    played(before="entrustment.screen")
    asked("create role partition_app login")
    try:
        assert roles.grant("partition_app")
        held = "select has_table_privilege('partition_app', %s, %s)"
        held_column = "select has_column_privilege('partition_app', %s, %s, %s)"
        partition(WANTED)
        for again in (False, True):
            if again:
                roles.grant("partition_app")
            assert asked(held_column, "procedures_matter", "title", "update") == [(True,)]
            assert asked(held_column, "procedures_matter", "opened_at", "update") == [(False,)]
            assert asked(held, "procedures_actrecord", "insert") == [(True,)]
            assert asked(held, "procedures_actrecord", "update") == [(False,)]
            assert asked(held, "procedures_actrecord_p22", "select") == [(False,)]
            assert asked(held, "act_once_per_key_kept", "insert") == [(True,)]
            assert asked(held, "act_once_per_key_kept", "delete") == [(False,)]
            assert asked("select has_sequence_privilege('partition_app', 'procedures_matter_id_seq', 'usage')") == [
                (True,)
            ]
    finally:
        asked("drop owned by partition_app")
        asked("drop role partition_app")


def plan(sql: str, *given: Any) -> set[str]:
    """The relations a statement really reads, as ``explain (analyze)`` tells."""
    found: set[str] = set()

    def walk(node: dict[str, Any]) -> None:
        if "Relation Name" in node and node.get("Actual Loops", 0) > 0:
            found.add(node["Relation Name"])
        for child in node.get("Plans", ()):
            walk(child)

    told = asked(f"explain (analyze, format json) {sql}", *given)[0][0]
    walk((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])
    return found


def test_opening_a_matter_whose_region_is_known_reads_one_partition(partitioned: Any) -> None:
    matter, region = asked("select id, region from procedures_matter order by id limit 1")[0]

    assert plan("select * from procedures_workitem where matter_id = %s and region = %s", matter, region) == {
        "procedures_workitem_p22"
    }
    assert plan("select * from procedures_matter where id = %s and region = %s", matter, region) == {
        "procedures_matter_p22"
    }
    assert len(plan("select * from procedures_matter where id = %s", matter)) == len(WANTED) + 1


def test_the_work_list_asks_each_partition_and_opens_matters_in_one(played: Callable[..., Any]) -> None:
    from jianheng.services.procedures.worklist import ROWS

    judge = played(before="entrustment.screen").actor("judge")
    partition(WANTED)
    held = procedures.work_list(judge, today=timezone.localdate())
    assert held.rows
    given = {
        "holders": sorted(judge.holders),
        "node": "",
        "until": "9999-12-31",
        "late": False,
        "day": "0001-01-01",
        "id": 0,
    }
    for way in (
        "hashjoin",
        "mergejoin",
        "seqscan",
        "material",
    ):  # ways for a few rows; of many, a page's are looked up
        asked(f"set local enable_{way} = off")
    told = asked_named("explain (analyze, format json) " + ROWS.format(limit=31, withheld="true"), given)[0][0]
    text = told if isinstance(told, str) else json.dumps(told)

    items = {name for name in ("p21", "p22", "p44", "p00") if f"procedures_workitem_{name}" in text}
    assert items == {"p21", "p22", "p44", "p00"}
    assert matters_read(json.loads(text)[0]["Plan"]) == {"procedures_matter_p22"}


def asked_named(sql: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def matters_read(node: dict[str, Any]) -> set[str]:
    """The partitions of matters that were really looked into."""
    own = {node["Relation Name"]} if str(node.get("Relation Name", "")).startswith("procedures_matter") else set()
    here = own if node.get("Actual Loops", 0) else set()
    return here.union(*(matters_read(child) for child in node.get("Plans", ())))


def test_pages_are_the_same(partitioned: Any, browser: Callable[..., Client]) -> None:
    judge = browser("judge")

    assert judge.get("/desk/").status_code == 200
    assert judge.get(f"/desk/matters/{partitioned.root_id}/").status_code == 200


def test_a_province_that_comes_later_gets_its_partitions(partitioned: Any) -> None:
    listed = partition([*WANTED, "11"])

    assert len([one for one in listed if one.startswith("create table")]) == 18
    assert partition([*WANTED, "11"]) == []
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        asked("truncate documents_document_p11")


def test_a_row_apart_from_its_matter_is_refused_before_anything_is_done(played: Callable[..., Any]) -> None:
    played(before="entrustment.screen")
    asked("update procedures_workitem set region = '440000'")

    with pytest.raises(partitioning.PartitionError):
        partition(WANTED)

    assert asked("select relkind::text from pg_class where relname = 'procedures_matter'") == [("r",)]


def test_the_command_prints_what_it_would_do_and_knows_provinces(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["partition", "--provinces", "22,44"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("begin;\n") and said.endswith("commit;\n")
    assert (
        "create table procedures_matter_p44 partition of procedures_matter for values from ('44') to ('45')" in said
    )
    assert cli.main(["partition", "--provinces", "99"]) == 1

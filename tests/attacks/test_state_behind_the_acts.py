"""Rows changed behind the acts, by SQL alone or with the triggers off: export and verifier name each with its place.

One case is played to its end and another begun; each attack is made in a savepoint, exported, judged and rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import TestCase, override_settings

from jianheng import verifier
from jianheng.config import cast as demonstration
from jianheng.config.bench.acts import ITEM
from jianheng.services.ledger import api as ledger
from jianheng.services.procedures import api as procedures
from tests.conftest import FIRST_DAY, Case
from tests.safekeeping.test_open_export import HASHERS, REQUEST

pytestmark = pytest.mark.django_db


class Played:
    """The case and the other one, with an export made of both as often as wanted."""

    def __init__(self, home: Path) -> None:
        demonstration.make(home / "accounts.json", now=FIRST_DAY)
        self.home = home
        self.case = Case("traffic_disability")
        while self.case.left:
            self.case.next_step()
        other = REQUEST | {"case_number": "（2026）吉0199民初999号"}
        self.other_id = procedures.begin("entrustment", by=self.judge, given=other, now=self.case.now).matter_id
        self.case.driver.place()

    @property
    def judge(self) -> Any:
        """Who may act in both."""
        return self.case.actor("judge")

    def problems(self, place: Path) -> list[verifier.Problem]:
        """What a stranger finds in an export made now."""
        self.case.driver.place()
        ledger.export(place / "export")
        return list(verifier.verify([place / "export"], keys=[ledger.public_key()]).problems)


@pytest.fixture(scope="module")
def played(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("played")
    storages = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": home / "files"}}
    }
    with django_db_blocker.unblock(), override_settings(STORAGES=storages, PASSWORD_HASHERS=HASHERS):
        atomics = TestCase._enter_atomics()
        try:
            yield Played(home)
        finally:
            TestCase._rollback_atomics(atomics)


@pytest.fixture
def attacked(played, db) -> Played:
    """What is done to it is rolled back with the test."""
    return played


@contextmanager
def triggers_off() -> Iterator[Any]:
    """A superuser's session in which no trigger fires."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        yield cursor
        cursor.execute("set session_replication_role = origin")


FIRST = "(select min({key}) from {table})"
CHANGED = {
    "the facts of the case": ("entrustment_entrustment", "basic_facts = '另一案情'"),
    "what is to be appraised": ("entrustment_entrustment", "subject = '另一鉴定事项'"),
    "the name of the institution chosen": ("entrustment_entrustment", "institution_name = '另一机构'"),
    "the account the fee goes to": ("entrustment_entrustment", 'account = \'{"number": "1"}\''),
    "the medical record, swapped": ("files_caseitem", "file_id = null, title = '另一病历'"),
    "a cross-examination that never was": ("files_caseitem", "examination = 'NOT_NEEDED'"),
    "a party's telephone": ("people_partypass", "phone = '13900009999'"),
    "the draw": ("selection_draw", "file = '{}'"),
    "the institution drawn": ("selection_selection", "chosen_name = '另一机构'"),
    "who sits in the matter": ("procedures_matter", "seats = '{}'"),
    "who owes the next act": ("procedures_workitem", "holder = 'org:1:judge'"),
    "the day a term ends": ("procedures_term", "due_on = '2030-01-01'"),
    "why a term was paused": ("procedures_term", "pauses = '[]', basis = '另一依据'"),
    "the findings of the appraisal": ("casework_record", "result = '另一结果'"),
    "who signed the opinion": ("casework_appraisal", "signed = '{}'"),
    "an objection": ("entrustment_objection", "points = '[]'"),
    "whose account it is": ("people_account", "person_id = null"),
    "whose token it is": ("people_clienttoken", "digest = 'x'"),
    "somebody's post": ("people_post", "role = 'leader'"),
    "a court's place in the tree": ("people_organisation", "level = 'high'"),
    "somebody's name": ("people_person", "name = '另一人'"),
}


def statement(what: str) -> str:
    table, change = CHANGED[what]
    key = ledger.covers()[table].key
    return f"update {table} set {change} where {key} = {FIRST.format(key=key, table=table)}"


def test_an_honest_export_has_every_row_explained(attacked, tmp_path) -> None:
    assert attacked.problems(tmp_path) == []


def test_a_session_of_another_time_zone_notes_the_same_and_keeps_its_zone(attacked, tmp_path) -> None:
    with ledger.operation("people.roster", now=attacked.case.now), connection.cursor() as cursor:
        cursor.execute("set local timezone = 'Asia/Shanghai'")
        cursor.execute("update procedures_workitem set due_on = due_on, closed_at = closed_at + interval '1 second'")
        cursor.execute("show timezone")
        zone = cursor.fetchone()[0]
        cursor.execute("set local timezone = 'UTC'")

    assert zone == "Asia/Shanghai"
    assert attacked.problems(tmp_path) == []


def test_what_is_left_outside_or_written_as_it_was_leaves_no_change(attacked) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_change")
        before = cursor.fetchone()
        cursor.execute("update people_account set last_login = now(), is_active = is_active")
        cursor.execute("update procedures_matter set words = null, title = title")
        cursor.execute("update people_person set name = name")
        cursor.execute("select count(*) from ledger_change")

        assert cursor.fetchone() == before


@pytest.mark.parametrize("what", CHANGED)
def test_attack_changed_by_sql_alone(attacked, tmp_path, what) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement(what))
        assert cursor.rowcount == 1

    found = attacked.problems(tmp_path)

    assert [(one.code, CHANGED[what][0] in one.place) for one in found] == [("CHANGE_UNEXPLAINED", True)]


@pytest.mark.parametrize("what", CHANGED)
def test_attack_changed_with_the_triggers_off(attacked, tmp_path, what) -> None:
    with triggers_off() as cursor:
        cursor.execute(statement(what))

    found = attacked.problems(tmp_path)

    assert [(one.code, CHANGED[what][0] in one.place) for one in found] == [("ROW_DIFFERS", True)]


def test_attack_another_way_in_for_a_party_inserted_by_sql(attacked, tmp_path) -> None:
    insert = """insert into people_partypass (region, root_id, side, name, phone, code_digest)
        select region, root_id, side, name, '13900009999', '' from people_partypass order by id limit 1"""
    with connection.cursor() as cursor:
        cursor.execute(insert)
    assert {one.code for one in attacked.problems(tmp_path)} == {"CHANGE_UNEXPLAINED"}


def test_attack_a_row_inserted_with_the_triggers_off(attacked, tmp_path) -> None:
    with triggers_off() as cursor:
        cursor.execute("insert into people_person (name, phone, is_demo) values ('张某', '', false)")
    assert [one.code for one in attacked.problems(tmp_path)] == ["ROW_UNEXPLAINED"]


def test_attack_an_objection_deleted(attacked, tmp_path) -> None:
    with triggers_off() as cursor:
        cursor.execute("delete from entrustment_objection")
    assert {one.code for one in attacked.problems(tmp_path)} == {"ROW_MISSING"}


def test_attack_a_change_hidden_behind_an_act_of_another_case(attacked, tmp_path) -> None:
    """The act is real, and done by whoever holds the connection; what it hides belongs to somebody else's case."""
    with connection.cursor() as cursor:
        cursor.execute(statement("the institution drawn"))
    procedures.perform(attacked.other_id, act="add_material", by=attacked.judge, given=ITEM, now=attacked.case.now)

    assert [one.code for one in attacked.problems(tmp_path)] == ["CHANGE_OF_ANOTHER_CASE"]


HIDDEN = {
    "the change taken out of the log": (
        "delete from ledger_change where id = (select max(id) from ledger_change)",
        {"CHANGE_EDITED"},
    ),
    "the hash made to fit": (
        "update ledger_change set hash = sha256('other') where id = (select max(id) from ledger_change)",
        {"CHANGE_EDITED"},
    ),
    "an older state made the newest": (
        "update ledger_change set id = 1000000000 where id = (select min(id) from ledger_change)",
        {"CHANGE_EDITED", "CHANGE_MISSING"},
    ),
    "the change given to another case": (
        "update ledger_change set matter_id = 424242 where id = (select max(id) from ledger_change)",
        {"CHANGE_EDITED"},
    ),
    "the salt taken": (
        "update ledger_change set salt = sha256('x') where id = (select max(id) from ledger_change where hash is not null)",
        {"ROW_DIFFERS"},
    ),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_attack_changes_rewritten(attacked, tmp_path, how) -> None:
    forged, codes = HIDDEN[how]
    with triggers_off() as cursor:
        cursor.execute(forged)
        assert cursor.rowcount == 1
    assert codes <= {one.code for one in attacked.problems(tmp_path)}


@pytest.mark.parametrize("kind", ["shape", "operation", "document", "erasure"])
def test_attack_a_change_explained_by_an_entry_of_another_kind(attacked, tmp_path, kind) -> None:
    told = {"operation": "terms.recount"}
    if kind == "shape":
        told = {"table": "selection_selection", "shape": 2, **terms_of("selection_selection")}
    entry = ledger.entry(kind, region="000000", matter_id=None, data=told, now=attacked.case.now)
    with connection.cursor() as cursor:
        cursor.execute(statement("the institution drawn"))
    ledger.append(entry)

    assert "CHANGE_UNEXPLAINED" in {one.code for one in attacked.problems(tmp_path)}


def terms_of(table: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select terms from ledger_shape where source = %s", [table])
        return json.loads(cursor.fetchone()[0])


def test_attack_the_batch_left_open(attacked, tmp_path) -> None:
    """The setting that counts a batch is anybody's to set; what was noted under it is then in no entry."""
    with connection.cursor() as cursor:
        cursor.execute(statement("a party's telephone"))
        cursor.execute("select set_config('jianheng.batch', '', true)")
    assert {"CHANGE_NOT_LOGGED", "CHANGE_UNEXPLAINED"} <= {one.code for one in attacked.problems(tmp_path)}


def test_attack_what_is_covered_said_anew(attacked, tmp_path) -> None:
    """A new shape makes every row's hash anew: the verifier says for how many rows, and that it proves nothing of before."""
    with triggers_off() as cursor:
        cursor.execute(statement("the institution drawn"))
        cursor.execute('update ledger_shape set terms = terms || \'{"columns": {"gone": "text"}}\'')
    from jianheng.services.ledger import covering

    covering.apply(now=attacked.case.now, since=covering.newest_change())
    attacked.case.driver.place()
    ledger.export(tmp_path / "export")

    report = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()])

    assert [note for note in report.notes if "selection_selection 有 1 行因列的约定变更而重新承诺" in note]


def test_what_an_upgrade_changes_is_explained_by_it_and_counted(attacked, tmp_path) -> None:
    from jianheng.services.ledger import covering

    covering.upgrading(True)
    with connection.cursor() as cursor:
        cursor.execute(statement("the institution drawn"))
    attacked.case.driver.place()
    covering.upgrading(False)
    ledger.export(tmp_path / "export")

    report = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()])

    assert not report.problems
    assert [note for note in report.notes if "selection_selection 有 1 行由升级程序改动" in note]


def test_every_table_is_covered_or_left_outside_with_a_reason() -> None:
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("jianheng.") and not model._meta.db_table.startswith("ledger_")
    }
    covered, outside = set(ledger.covers()), ledger.outside()

    assert covered | set(outside) == tables
    assert not covered & set(outside)
    assert all(reason.strip() for reason in outside.values())

"""Somebody holds the application's connection to the database: what they still cannot do, and what acts still can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from jianheng.config import roles
from jianheng.config.postgres import APPLICATION_ROLE
from jianheng.config.rehearsal.script import SCENARIOS
from jianheng.services.ledger import api as ledger

FORBIDDEN = {
    "rewrite an entry of the log": "update ledger_entry set body = ''",
    "take an entry out of the log": "delete from ledger_entry",
    "empty the log": "truncate ledger_entry cascade",
    "rewrite a checkpoint": "update ledger_checkpoint set note = ''",
    "rewrite a tile": "update ledger_tile set hashes = ''",
    "take a leaf out": "delete from ledger_leaf",
    "rewrite a change": "update ledger_change set hash = ''",
    "take a change out": "delete from ledger_change",
    "say anew what is covered": "insert into ledger_shape (source, number, terms, entry_id) "
    "values ('people_person', 2, '{}', gen_random_uuid())",
    "explain changes by an upgrade": "insert into ledger_entry (id, region, kind, body, leaf_hash, digest, created_at) "
    "values (gen_random_uuid(), '000000', 'upgrade', '', sha256('\\x00'::bytea), 'sha256', now())",
    "stop noting changes": "alter table people_person disable trigger ledger_note",
    "rewrite what is to be appraised": "update entrustment_entrustment set subject = ''",
    "swap a medical record": "update files_caseitem set file_id = null",
    "put another phone in a party's place": "update people_partypass set phone = ''",
    "hand an open step to somebody else": "update procedures_workitem set holder = ''",
    "rewrite a record of the examination": "update casework_record set result = ''",
    "make somebody else of a person": "update people_person set name = ''",
    "make a judge of a clerk": "update people_post set role = 'judge'",
    "give an account to somebody else": "update people_account set person_id = null",
    "say who was drawn": "update selection_chosen set name = ''",
    "rewrite an act": "update procedures_actrecord set given = '{}'",
    "take an act back": "delete from procedures_actrecord",
    "switch the triggers off for a session": "set session_replication_role = replica",
    "switch a trigger off": "alter table ledger_entry disable trigger all",
    "drop a trigger": "drop trigger ledger_stays on ledger_entry",
    "put another function in place of the log's": "create or replace function ledger_append(p_id uuid, p_region text, "
    "p_kind text, p_matter bigint, p_body bytea, p_leaf bytea, p_digest text, p_at timestamptz) returns void "
    "language sql as 'select 1'",
    "take a constraint away": "alter table ledger_entry drop constraint ledger_entry_leaf",
    "drop a table": "drop table notices_notice",
    "own a table": "create table mine (id int)",
    "own a temporary table that hides another": "create temporary table people_account (id int)",
    "make a schema": "create schema mine",
    "take a table over": f"alter table ledger_entry owner to {APPLICATION_ROLE}",
    "become the owner": "set role jianheng",
    "become another session": "set session authorization jianheng",
    "give oneself more": f"alter role {APPLICATION_ROLE} superuser",
    "make another role": "create role accomplice login",
    "take a paper away": "delete from documents_document",
    "take a paper number away": "delete from documents_series",
    "empty the papers": "truncate documents_document cascade",
    "rewrite the register": "update institutions_licence set valid_from = '2000-01-01'",
    "take a statement of the register away": "delete from institutions_registration",
    "rewrite what the register did": "update institutions_registeract set code = ''",
    "wipe one's tracks": "delete from people_accessrecord",
    "change one's tracks": "update people_accessrecord set who = ''",
    "take an account away": "delete from people_account",
    "take a post away": "delete from people_post",
    "take a case away": "delete from procedures_matter",
    "pretend a migration": "insert into django_migrations (app, name, applied) values ('x', 'x', now())",
    "read the roles' passwords": "select rolpassword from pg_authid",
    "read a file of the server": "select pg_read_file('/etc/passwd')",
    "list the server's directories": "select pg_ls_dir('/')",
    "copy a file of the server in": "copy people_person (name) from '/etc/passwd'",
    "run a program on the server": "copy people_person to program 'true'",
    "bring a file in as a large object": "select lo_import('/etc/passwd')",
    "load a library": "load '/tmp/evil.so'",
    "change a setting of the server": "alter system set log_statement = 'none'",
    "read where the server keeps its files": "show data_directory",
}


@pytest.fixture(scope="module")
def granted(django_db_setup, django_db_blocker) -> None:
    """The grants, committed: they are those the platform starts with."""
    with django_db_blocker.unblock():
        assert roles.grant(APPLICATION_ROLE)
        connection.close()


@pytest.fixture
def stolen(granted) -> Iterator[psycopg.Connection[Any]]:
    """The application's own connection, in an attacker's hands."""
    told = connection.settings_dict
    where = {"host": told["HOST"], "port": told["PORT"] or None, "dbname": told["NAME"]}
    with psycopg.connect(user=APPLICATION_ROLE, autocommit=True, **where) as mine:
        yield mine


@pytest.mark.django_db
@pytest.mark.parametrize("attack", FORBIDDEN)
def test_whoever_holds_the_applications_connection_cannot(attack, stolen) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        stolen.execute(FORBIDDEN[attack])


@pytest.mark.django_db
def test_the_application_owns_nothing_and_every_table_that_refuses_deletion_is_not_its_to_delete(stolen) -> None:
    owned = stolen.execute("select count(*) from pg_class where relowner = current_user::regrole").fetchone()
    guarded = stolen.execute(
        """select c.relname, has_table_privilege(c.oid, 'delete'), has_table_privilege(c.oid, 'truncate')
           from pg_class c where exists (select 1 from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal
             and t.tgtype & 8 = 8 and t.tgtype & 2 = 2)
             and c.relname not like 'procrastinate%'"""  # a trigger before deletion; the queue's clears up after a job
    ).fetchall()

    assert owned == (0,)
    assert {name for name, *_ in guarded} >= {"ledger_entry", "procedures_actrecord", "documents_document"}
    assert [row for row in guarded if row[1] or row[2]] == []


@pytest.mark.django_db
def test_every_table_named_in_the_grants_exists(stolen) -> None:
    tables = {row[0] for row in stolen.execute("select tablename from pg_tables where schemaname = 'public'")}
    named = {*roles.READ, *roles.FORGOTTEN, *ledger.rights()}

    assert {name for name in named if not name.endswith("_")} <= tables
    assert all(any(table.startswith(name) for table in tables) for name in named)


_WRITTEN = """
select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relname = any(%s) order by 1, 2
"""


@pytest.mark.django_db
def test_whoever_holds_the_applications_connection_rewrites_no_fact_and_takes_no_row_away(stolen) -> None:
    """Every column of every table of the house that is not declared to change, one by one."""
    declared = ledger.rights()
    written, taken = [], []
    for table, column in stolen.execute(_WRITTEN, [list(declared)]).fetchall():
        if column not in declared[table].changing and _may(stolen, f'update {table} set "{column}" = "{column}"'):
            written.append(f"{table}.{column}")
    for table, rights in declared.items():
        if not rights.forgotten and _may(stolen, f"delete from {table}"):
            taken.append(table)

    assert (written, taken) == ([], [])
    assert set(ledger.covers()) <= set(declared)
    assert not [table for table in ledger.covers() if declared[table].forgotten]


def _may(stolen: psycopg.Connection[Any], statement: str) -> bool:
    try:
        with stolen.transaction(force_rollback=True):
            stolen.execute(f"{statement} where false")
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


@pytest.mark.django_db
def test_what_is_declared_to_change_is_all_there_and_may(stolen) -> None:
    for table, rights in ledger.rights().items():
        for column in rights.changing:
            assert _may(stolen, f'update {table} set "{column}" = "{column}"'), f"{table}.{column}"
        if rights.forgotten:
            assert _may(stolen, f"delete from {table}"), table


@pytest.fixture
def as_application(granted, cast) -> Iterator[None]:
    """From here on the test works with the application's rights."""
    with connection.cursor() as cursor:
        cursor.execute(f"set role {APPLICATION_ROLE}")
        yield
        cursor.execute("reset role")


@pytest.mark.parametrize("scenario", sorted(path.stem for path in SCENARIOS.glob("*.yaml")))
def test_with_these_rights_whole_cases_are_done(scenario, as_application, played) -> None:
    case = played(scenario=scenario)

    assert case.left == []
    assert case.play.acts


def test_with_these_rights_people_come_in_work_and_leave(as_application, played, cast, browser) -> None:
    case = played(before="entrustment.screen")
    judge, account = Client(), cast["judge"]

    refused = judge.post("/accounts/login/", {"login": "judge", "password": "wrong"})
    entered = judge.post("/accounts/login/", {"login": "judge", "password": account["password"]})
    asked = {"organisation": str(case.actor("judge").posts[0].organisation_id), "password": account["password"]}
    issued = judge.post("/desk/account/", asked)
    revoked = judge.post("/desk/account/", {"revoke": str(issued.context["tokens"][0]["id"])})
    looked = [judge.get(page).status_code for page in ("/desk/", f"/desk/matters/{case.root_id}/", "/desk/inbox/")]
    left = judge.post("/accounts/logout/")
    party = Client().post("/progress/", {"number": str(case.root_id), "phone": "13800000001"})

    assert [refused.status_code, entered.status_code, issued.status_code, revoked.status_code] == [200, 302, 200, 302]
    assert looked == [200] * 3
    assert (left.status_code, party.status_code) == (302, 200)


@pytest.mark.django_db
def test_a_role_that_could_become_the_owner_or_does_not_exist_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create role mighty login superuser")

    for role in ("mighty", "nobody_of_this_name"):
        with pytest.raises(roles.DatabaseRoleError):
            roles.grant(role)
    assert roles.grant("jianheng") is False


@pytest.mark.django_db
def test_the_application_neither_migrates_nor_starts_on_tables_of_another_version(as_application) -> None:
    assert roles.owns_the_tables() is False
    roles.must_be_prepared()
    with connection.cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute("delete from django_migrations where app = 'procedures'")
        cursor.execute(f"set role {APPLICATION_ROLE}")

    with pytest.raises(roles.NotPreparedError):
        roles.must_be_prepared()

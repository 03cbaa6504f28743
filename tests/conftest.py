"""What every test here may ask for: the cast, a case played up to a step, a browser for anyone in it.

Passwords are hashed fast, static files need no manifest, uploads go to a place of the test's own, and nobody is
sent away to set up a second factor; everything else is as in service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate
from django.test import Client

from jianheng.config import cast as demonstration
from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import SCENARIOS, Play, read
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.people import sessions

FIRST_DAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
SIDES = ("applicant", "respondent")
SIGN_IN = "allauth.account.auth_backends.AuthenticationBackend"


# What migrations logged, as of New Year: entries of another day than the play's would wait for their time to come.
AT_NEW_YEAR = """
set session_replication_role = replica;
create temp table dated as
  select old, id, regexp_replace(replace(said, old::text, id::text), '^{"at":"[^"]*"', '{"at":"2026-01-01T00:00:00.000000Z"')
    as said
  from (select id as old, overlay(id::text placing '019b768c-a800' from 1 for 13)::uuid as id,
          convert_from(body, 'UTF8') as said from ledger_entry where created_at > '2026-01-01Z') e;
update ledger_pending set entry_id = dated.id from dated where entry_id = old;
update ledger_shape set entry_id = dated.id from dated where entry_id = old;
update ledger_entry set id = dated.id, created_at = '2026-01-01Z', body = convert_to(said, 'UTF8'),
  leaf_hash = sha256('\\x00'::bytea || convert_to(said, 'UTF8')) from dated where ledger_entry.id = old;
drop table dated;
set session_replication_role = origin;
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, begun before any play, and again whenever a test that really commits has emptied it."""
    with django_db_blocker.unblock():
        date_at_new_year()
    last_app = [app for app in apps.get_app_configs() if app.models_module][-1]  # what others log is there by then
    post_migrate.connect(date_at_new_year, sender=last_app)
    yield
    post_migrate.disconnect(date_at_new_year, sender=last_app)


def date_at_new_year(**_: Any) -> None:
    """See :data:`AT_NEW_YEAR`."""
    with connection.cursor() as cursor:
        cursor.execute(AT_NEW_YEAR)


@pytest.fixture(autouse=True)
def house(settings, tmp_path, monkeypatch) -> None:
    """The house as the tests need it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False
    settings.STATIC_ROOT = str(tmp_path)
    monkeypatch.setattr(sessions, "key_of", lambda token: token)  # Django's test client puts keys into its cookies
    settings.STORAGES = {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "files")}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="session", autouse=True)
def emptying_after_a_committed_test() -> Iterator[None]:
    """Tests that really commit are followed by a truncate of every table, which the triggers would refuse."""
    usual = DatabaseOperations.sql_flush

    def sql_flush(operations: Any, *given: Any, **named: Any) -> list[str]:
        statements = usual(operations, *given, **named)
        return ["set session_replication_role = replica", *statements, "set session_replication_role = origin"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture
def cast(db, tmp_path) -> dict[str, dict[str, Any]]:
    """The demonstration's accounts by login."""
    made = demonstration.make(tmp_path / "accounts.json", now=FIRST_DAY)
    return {account["login"]: account for account in made}


class Case:
    """A scenario being played: ``play`` it ``until`` a step, or its ``next_step``."""

    def __init__(self, scenario: str) -> None:
        self.driver = InProcess(now=max(FIRST_DAY, ledger.state().sealed_at or FIRST_DAY))  # after the play before
        self.play = Play(self.driver)
        self.left = [_of_its_own(step) for step in read(SCENARIOS / f"{scenario}.yaml")["steps"]]

    @property
    def now(self) -> datetime:
        """The moment in the play."""
        return self.driver.now

    @property
    def root_id(self) -> int:
        """The entrustment."""
        assert self.play.root_id is not None
        return self.play.root_id

    def newest(self, procedure: str) -> int:
        """The newest matter of a procedure."""
        return int(self.play.newest(procedure)["id"])

    def actor(self, who: str) -> people.Actor:
        """Somebody in the case; ``role@chosen`` for the institution chosen."""
        return self.driver.actor(self.play.who(who))

    def next_step(self) -> dict[str, Any]:
        """Play one step and say which."""
        step = self.left.pop(0)
        self.play.step(step)
        return step

    def until(self, does: str) -> Case:
        """Play everything before the first time an act is done (and not refused)."""
        while _does(self.left[0]) != does or "refused" in self.left[0]:
            self.next_step()
        return self

    def given(self, does: str) -> tuple[str, dict[str, Any]]:
        """(who, input) of the next step, which does this act, with its choices looked up."""
        step = self.left[0]
        assert step["does"] == does
        procedure, _, act = does.partition(".")
        who = self.play.who(step["who"])
        matter_id = self.newest(procedure) if self.play.root_id else None
        return who, self.play.filled(step.get("given") or {}, who, procedure, act, matter_id)


def _does(step: dict[str, Any]) -> str | None:
    """What a step does; the platform draws when the pulse comes."""
    return "selection.draw" if "pulse" in step else step.get("does")


def _of_its_own(step: dict[str, Any]) -> dict[str, Any]:
    """The step with a case number no other case of this test has: a request in the same case goes on with its draw."""
    from jianheng.services.procedures.models import Matter

    given = step.get("given") or {}
    others = Matter.objects.filter(parent_id=None).count()
    if others and "case_number" in given:
        return {**step, "given": {**given, "case_number": given["case_number"].replace("号", f"{others}号")}}
    return step


@pytest.fixture
def played(cast) -> Callable[..., Case]:
    """``played(before="entrustment.pay")``: a scenario played up to an act; the whole of it without one."""

    def play(before: str = "", scenario: str = "traffic_disability") -> Case:
        case = Case(scenario)
        if before:
            return case.until(before)
        while case.left:
            case.next_step()
        return case

    return play


@pytest.fixture
def browser(cast) -> Callable[..., Client]:
    """``browser("judge")``, ``browser("applicant", root_id)``, ``browser()``: somebody signed in, a party, a visitor."""

    def open_one(who: str = "", root_id: int | None = None, **options: Any) -> Client:
        client = Client(**options)
        if who in SIDES:
            session = client.session
            session[people.PASS_KEY] = pass_of(root_id, who)
            session.save()
        elif who:
            client.force_login(get_user_model().objects.get(username=who), SIGN_IN)
        return client

    return open_one


def pass_of(root_id: int | None, side: str) -> int:
    """The pass of one side of a case."""
    from jianheng.services.people.models import PartyPass

    return PartyPass.objects.get(root_id=root_id, side=side).pk

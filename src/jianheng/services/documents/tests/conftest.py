"""A court and an institution of the invented case, keys of their own for each test run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from jianheng.services.documents import api
from jianheng.services.documents.tests.samples import APPRAISERS, COURT, INSTITUTION, SAMPLES

NOW = datetime(2026, 4, 10, 1, 30, tzinfo=UTC)
BY_APPRAISERS = [
    {"role": "appraiser", "name": one["name"], "person_id": 100 + position} for position, one in enumerate(APPRAISERS)
]


@pytest.fixture(scope="session")
def signing_home(tmp_path_factory):
    """One demonstration authority for the whole run: making keys takes time."""
    return tmp_path_factory.mktemp("signing")


@pytest.fixture
def places(settings, tmp_path, signing_home):
    """Where keys and files of a test live."""
    settings.JIANHENG_SIGNING_HOME = signing_home
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.pem"
    settings.JIANHENG_LEDGER_ORIGIN = "jianheng.test/log"
    settings.PUBLIC_URL = "https://jianheng.example"
    settings.DEMO = False
    backend = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path


@dataclass(frozen=True, slots=True)
class Desk:
    """Asks for papers as the modules do."""

    court: int
    institution: int

    def decide(self, kind: str, *, data: dict[str, Any] | None = None, **other: Any) -> api.Paper:
        """Decide the sample of a form, changed by ``data``."""
        form = api.form(kind)
        given: dict[str, Any] = {
            "region": "220000",
            "matter_id": 7,
            "issuer": self.court if form.issuer == "court" else self.institution,
            "signers": BY_APPRAISERS if "appraiser" in form.signed_by else (),
            "now": NOW,
            **other,
        }
        return api.decide(kind=kind, data={**SAMPLES[kind], **(data or {})}, **given)

    def ask(self, kind: str, *, data: dict[str, Any] | None = None, **other: Any) -> api.DocumentRef:
        """Decide and write it."""
        return api.write([self.decide(kind, data=data, **other)])[0]

    def issued(self, kind: str, **other: Any) -> api.DocumentRef:
        """Ask for a paper and have it made."""
        asked = self.ask(kind, **other)
        api.produce(asked.id, now=NOW)
        return api.get(asked.id)


@pytest.fixture
def desk(db, places) -> Desk:
    """A desk where both bodies are registered."""
    return a_desk()


def a_desk() -> Desk:
    """Both bodies, registered."""
    from jianheng.services.people import api as people

    return Desk(
        court=people.add_organisation(COURT, kind="COURT", region="220000", code="吉0102"),
        institution=people.add_organisation(INSTITUTION["name"], kind="INSTITUTION", region="220000"),
    )


@contextmanager
def as_attacker() -> Iterator[Any]:
    """A superuser who has switched the triggers off for this session."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        yield cursor
        cursor.execute("set session_replication_role = origin")


@pytest.fixture(scope="session")
def emptying_after_a_committed_test() -> Iterator[None]:
    """Tests that really commit are followed by a truncate of every table, which the triggers would refuse."""
    usual = DatabaseOperations.sql_flush

    def sql_flush(operations: Any, *given: Any, **named: Any) -> list[str]:
        statements = usual(operations, *given, **named)
        return ["set session_replication_role = replica", *statements, "set session_replication_role = origin"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield

"""The salt of a change taken away: the row is then not compared, and only a note says so."""

from __future__ import annotations

import pytest
from django.db import connection

from jianheng import verifier
from jianheng.services.ledger import api as ledger

pytestmark = pytest.mark.django_db


def test_attack_row_changed_with_the_triggers_off_and_its_salt_taken(played, tmp_path) -> None:
    """docs/explanation/log.md: "The verifier accepts an erased row only with an `erasure` entry"."""
    case = played()
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(
            "update people_partypass set phone = '13900009999' where id = (select min(id) from people_partypass)"
        )
        cursor.execute(
            "update ledger_change set salt = null where source = 'people_partypass'"
            " and key = (select min(id)::text from people_partypass)"
        )
        assert cursor.rowcount
        cursor.execute("set session_replication_role = origin")

    case.driver.place()
    ledger.export(tmp_path / "export")
    report = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()])
    assert report.problems, report.notes


def test_attack_salt_taken_by_the_application_alone(played, tmp_path) -> None:
    """The application's role may rewrite ``ledger_change.salt``; whatever a row said can then no longer be proved."""
    case = played()
    with connection.cursor() as cursor:
        cursor.execute("update ledger_change set salt = null")
        assert cursor.rowcount

    case.driver.place()
    ledger.export(tmp_path / "export")
    report = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()])
    assert report.problems, report.notes

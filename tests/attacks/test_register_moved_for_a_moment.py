"""Whoever holds the application's connection keeps an institution off a list without a trace."""

from __future__ import annotations

import pytest
from django.db import connection

from jianheng import verifier
from jianheng.modules.selection import api as selection
from jianheng.services.ledger import api as ledger

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", ["region = '110101'", "organisation_id = null"])
def test_attack_institution_moved_away_for_the_moment_of_the_list(played, tmp_path, change) -> None:
    """``region`` and ``organisation_id`` are the application's to rewrite, on a table nothing covers: there and back."""
    case = played(before="selection.commit_list", scenario="recusals_one_by_one")
    column = change.partition(" ")[0]
    assert column in ledger.rights()["institutions_institution"].changing
    with connection.cursor() as cursor:
        cursor.execute("select id, uscc, region, organisation_id from institutions_institution order by id")
        rows = cursor.fetchall()
        options = {
            int(pk)
            for pk, _ in case.driver.options("tech", "selection", "designate", case.newest("selection"))[
                "institution"
            ]
        }
        pk, uscc, region, body = next(row for row in rows if row[0] in options)
        cursor.execute(f"update institutions_institution set {change} where id = %s", [pk])
    case.next_step()  # the list is announced
    with connection.cursor() as cursor:
        cursor.execute(
            "update institutions_institution set region = %s, organisation_id = %s where id = %s", [region, body, pk]
        )
    file = selection.draw_file(case.newest("selection"))
    assert uscc not in {one["uscc"] for one in file["announcement"]["candidates"]}, "the attack went through"

    case.driver.place()
    ledger.export(tmp_path / "export")
    problems = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()]).problems

    assert {(one.code, "institutions_institution" in one.place) for one in problems} == {
        ("CHANGE_UNEXPLAINED", True)
    }, "nobody learns that the list was made short"

"""Every act of the register has its entry in the log; what is changed behind its back is found by the verifier."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from jianheng import verifier
from jianheng.modules.institutions import api
from jianheng.modules.institutions.models import Institution, RegisterAct
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import export, sequencer

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(row, now, monkeypatch, settings, tmp_path):
    """One institution with one appraiser, stopped and resumed, linked to the platform; alone in the export."""
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "ledger.pem"
    monkeypatch.setattr(
        export, "_registered", {"register": next(v for k, v in export._registered.items() if k == "register")}
    )
    api.import_institutions([(2, row)], source="名册.csv", now=now)
    institution = api.find(row["uscc"])
    appraiser = api.register_appraiser(
        institution_id=institution.id,
        certificate_number="220018001001",
        name="示例鉴定人",
        categories=["FM02"],
        valid_from=date(2024, 1, 1),
        valid_to=None,
        now=now,
    )
    stop = api.stop_practice(
        kind=api.StatusKind.SUSPENDED, institution_id=institution.id, first=date(2026, 11, 1), now=now, reason="整改"
    )
    api.resume_practice(stop, last=date(2026, 11, 21), now=now + timedelta(hours=1))
    api.link_organisation(institution.id, organisation_id=77)
    api.link_person(appraiser.id, person_id=5)
    return institution


def told(subject: str) -> list[tuple[int, str]]:
    """The acts about a subject."""
    return list(RegisterAct.objects.filter(subject=subject).order_by("serial").values_list("serial", "code"))


def codes(directory) -> list[str]:
    """Export and judge: the problems found."""
    while sequencer.run_once(timezone.now()):
        pass
    ledger.export(directory)
    report = verifier.verify([directory])
    return sorted({problem.code for problem in report.problems})


@contextmanager
def superuser():
    """Someone who has switched the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        yield cursor
        cursor.execute("set session_replication_role = origin")


def test_each_act_leaves_one_entry_and_an_export_of_them_holds(register, tmp_path):
    assert told(register.uscc) == [(1, "roster"), (2, "stop"), (3, "resume"), (4, "link")]
    assert told("220018001001") == [(1, "practice"), (2, "link")]

    assert codes(tmp_path / "export") == []
    rows = [json.loads(line) for line in (tmp_path / "export" / "register.jsonl").read_text().splitlines()]
    assert len(rows) == 6
    stop = next(row["row"] for row in rows if row["code"] == "stop")
    assert [(said["statement"], said["reason"]) for said in stop["stated"]] == [("status", "整改")]


def test_saying_the_same_again_leaves_no_entry_and_the_report_names_the_entry_of_what_is_new(row, now):
    first = api.import_institutions([(2, row)], source="x", now=now).rows[0]
    again = api.import_institutions([(2, row)], source="x", now=now + timedelta(days=1)).rows[0]

    assert (again.outcome, again.entry) == ("UNCHANGED", "")
    assert ledger.receipt(RegisterAct.objects.get().entry)["entry"]["id"] == first.as_json()["entry"]
    assert told(row["uscc"]) == [(1, "roster")]


def test_a_refused_row_leaves_no_entry(row, now):
    refused = api.import_institutions([(2, {**row, "uscc": "34220100MD0012AB26"})], source="x", now=now).rows[0]

    assert (refused.outcome, refused.entry) == ("REFUSED", "")
    assert not RegisterAct.objects.exists()


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("update institutions_licence set valid_to = '2099-12-31'", "REGISTER_EDITED"),
        ("update institutions_scopeitem set limit_text = ''", "REGISTER_EDITED"),
        ("update institutions_practiceregistration set is_senior = true", "REGISTER_EDITED"),
        ("update institutions_institution set organisation_id = 78", "REGISTER_EDITED"),
        (
            "update institutions_practicestatus set superseded_at = null where superseded_at is not null",
            "REGISTER_EDITED",
        ),
        ("update institutions_licence set superseded_at = now()", "REGISTER_NOT_LOGGED"),
        ("delete from institutions_registeract where code = 'stop'", "REGISTER_MISSING"),
        (
            "insert into institutions_practicestatus (institution_id, kind, category, reason, basis, valid_from, "
            "recorded_at, source) select id, 'SUSPENDED', '', '', '', '2026-01-01', now(), '' "
            "from institutions_institution",
            "REGISTER_NOT_LOGGED",
        ),
    ],
)
def test_a_superuser_who_changes_the_register_is_found(register, tmp_path, attack, found):
    with superuser() as cursor:
        cursor.execute(attack)
        assert cursor.rowcount >= 1

    assert found in codes(tmp_path / "export")


def test_acts_of_the_register_refuse_to_be_changed(register):
    with pytest.raises(IntegrityError, match="keeps what it said"), transaction.atomic():
        RegisterAct.objects.update(code="other")
    assert Institution.objects.count() == 1

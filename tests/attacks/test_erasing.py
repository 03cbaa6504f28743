"""Erasing what may no longer be kept is no way to destroy evidence: not alone, not early, not while the case runs or is
sealed, not by SQL; a draw keeps its file. What was erased cannot be guessed back from the log.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from jianheng import verifier
from jianheng.config.rehearsal.script import Refused
from jianheng.modules.entrustment.models import Entrustment, Erasure
from jianheng.modules.selection.models import Draw
from jianheng.services.documents import api as documents
from jianheng.services.documents.models import Document
from jianheng.services.files import api as files
from jianheng.services.files.models import CaseItem
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger.models import Change
from jianheng.services.notices.models import Message, Notice
from jianheng.services.people import api as people
from jianheng.services.people.models import PartyPass
from jianheng.services.procedures.models import ActRecord, Matter

pytestmark = pytest.mark.django_db
APPLICANT, RESPONDENT, PHONE = "张某甲（示例）", "李某乙（示例）", "13800000001"
EARLY = {"ground": "UNLAWFUL", "reason": "收集的个人信息与鉴定无关，已经以决定认定违法。"}
NOTE = {"note": "已核对保管期限、依据和案件状态。"}
YEARS = timedelta(days=31 * 365)


def act(case: Any, who: str, code: str, **given: Any) -> None:
    """Do an act on the entrustment."""
    case.driver.act(who, "entrustment", code, case.root_id, given)


def propose(case: Any, **given: Any) -> None:
    """Propose an erasing before the term, with its evidence."""
    act(case, "judge", "propose_erasing", **EARLY, evidence=case.driver.upload("judge", "处理决定.txt"), **given)


def erased(case: Any) -> Any:
    """Erase a case on a ground of the law, through all its steps."""
    propose(case)
    act(case, "chief", "approve_erasing", **NOTE)
    case.driver.now += timedelta(days=40)
    case.driver.lapse()
    assert Erasure.objects.get(matter_id=case.root_id).carried_at
    return case


@pytest.fixture
def over(played) -> Any:
    """A case from request to archive."""
    return played()


def everything_kept() -> str:
    """Every row of every table as text, but what is about people and bodies themselves and the framework's own."""
    left = ("people_person", "people_account", "django_", "procrastinate_", "ledger_entry")
    said = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith(left):
                cursor.execute(f"select coalesce(string_agg(t::text, E'\\n'), '') from \"{table}\" t")
                said.append(f"== {table}\n{cursor.fetchone()[0]}")
    return "\n".join(said)


def verified(tmp_path: Path, case: Any) -> verifier.Report:
    """What a stranger finds in an export made now."""
    case.driver.place()
    tmp_path.mkdir(exist_ok=True)
    ledger.export(tmp_path / "export")
    return verifier.verify([tmp_path / "export"], keys=[ledger.public_key()])


def codes(report: verifier.Report) -> set[str]:
    """The kinds of problems."""
    return {one.code for one in report.problems}


# --- what goes and what stays -----------------------------------------------------------------------------------------


def test_nothing_about_a_person_is_left_and_all_that_was_done_is(over, browser) -> None:
    before = list(
        ActRecord.objects.filter(matter__root_id=over.root_id).values_list("matter_id", "seq", "code", "entry")
    )
    numbers = list(
        Document.objects.filter(root_id=over.root_id).order_by("pk").values_list("number", "sha256", "code")
    )
    browser("applicant", over.root_id).get("/progress/")
    assert APPLICANT in everything_kept()
    erased(over)

    lines = [
        line for line in everything_kept().splitlines() if APPLICANT in line or RESPONDENT in line or PHONE in line
    ]

    assert lines == []
    after = list(
        ActRecord.objects.filter(matter__root_id=over.root_id).values_list("matter_id", "seq", "code", "entry")
    )
    assert set(before) <= set(after)
    kept = list(Document.objects.filter(root_id=over.root_id).order_by("pk").values_list("number", "sha256", "code"))
    assert kept[: len(numbers)] == numbers
    assert Matter.objects.get(pk=over.root_id).reference
    told = ActRecord.objects.get(matter_id=over.root_id, code="propose_erasing")
    assert told.given["reason"] == EARLY["reason"]
    assert told.name


def test_contents_are_gone_from_the_storage_and_from_one_that_was_restored(over, browser) -> None:
    item = CaseItem.objects.filter(root_id=over.root_id).exclude(file=None).first()
    content = files.read(item.file_id)
    erased(over)
    assert files.forget()

    with pytest.raises(files.ContentErasedError):
        files.read(item.file_id)
    page = browser("judge").get(f"/desk/matters/{over.root_id}/files/{item.pk}/")
    assert (page.status_code, "CONTENT_ERASED" in page.content.decode()) == (410, True)

    restored = files._path(item.file_id)
    default_storage.save(restored, ContentFile(content))
    assert files.forget() == 1
    assert not default_storage.exists(restored)


def test_what_another_case_has_too_is_not_taken_from_it(played) -> None:
    first, second = played(), played(before="entrustment.transfer")
    shared = set(CaseItem.objects.filter(root_id=first.root_id).values_list("file_id", flat=True)) & set(
        CaseItem.objects.filter(root_id=second.root_id).values_list("file_id", flat=True)
    ) - {None}
    assert shared
    first.driver.now = max(first.driver.now, second.driver.now)
    erased(first)
    files.forget()

    assert all(files.read(sha256) for sha256 in shared)


def test_a_name_cannot_be_guessed_back_from_the_log(over) -> None:
    row = {"table": "people_partypass", "key": str(PartyPass.objects.filter(root_id=over.root_id).first().pk)}
    change = Change.objects.filter(source=row["table"], key=row["key"]).order_by("pk").first()
    assert change.salt is not None
    erased(over)

    change.refresh_from_db()
    assert change.salt is None
    assert change.hash is not None
    assert not ActRecord.objects.filter(matter__root_id=over.root_id, salt__isnull=False, given__icontains=APPLICANT)
    emptied = (
        "entrustment_entrustment",
        "files_caseitem",
        "casework_appraisal",
        "selection_selection",
        "people_partypass",
    )
    for source in emptied:
        keys = set(Change.objects.filter(source=source, salt=None).exclude(hash=None).values_list("key", flat=True))
        for key in keys:
            changes = Change.objects.filter(source=source, key=key).order_by("-pk")
            assert [one.salt is None for one in changes] == [False, *[True] * (len(changes) - 1)]


def test_the_draw_keeps_its_file_and_is_still_recomputed(over, browser) -> None:
    lot = Draw.objects.get()
    before = browser().get(f"/draws/{lot.draw}/draw.json").json()
    erased(over)

    after = browser().get(f"/draws/{lot.draw}/draw.json").json()

    assert {**after, "proofs": None} == {**before, "proofs": None}
    assert APPLICANT not in str(Draw.objects.get().file)


# --- not alone, not early, not while it matters ----------------------------------------------------------------------


def test_nobody_erases_alone(over) -> None:
    court = over.driver.actor("judge").organisation_ids[0]
    judge = over.driver.actor("judge").person_id or 0
    people.add_post(judge, organisation_id=court, role="leader", since=date(2026, 1, 1))
    propose(over)

    with pytest.raises(Refused, match="SAME_PERSON"):
        act(over, "judge", "approve_erasing", **NOTE)
    with pytest.raises(Refused, match=r"NOT_YOURS|NOT_OPEN"):
        act(over, "chief", "carry_erasing")
    over.driver.now += timedelta(days=400)
    over.driver.lapse()

    assert Entrustment.objects.get(matter_id=over.root_id).applicant == APPLICANT


def test_before_the_term_only_on_a_ground_with_evidence(over) -> None:
    with pytest.raises(Refused, match="RETENTION_RUNS"):
        act(over, "judge", "propose_erasing", ground="TERM_ENDED", reason="期满。")
    with pytest.raises(Refused, match="ERASING_EVIDENCE"):
        act(over, "judge", "propose_erasing", **EARLY)
    with pytest.raises(Refused, match=r"INVALID|NOT_OFFERED|INPUT"):
        act(over, "judge", "propose_erasing", ground="TIDYING", reason="整理。")


def test_after_the_term_nothing_more_is_asked(over) -> None:
    over.driver.now += YEARS
    act(over, "judge", "propose_erasing", ground="TERM_ENDED", reason="保管期限届满，没有继续保管的需要。")

    assert Erasure.objects.get().kept_until < over.driver.now.date()


@pytest.mark.parametrize(
    "before", ["entrustment.screen", "selection.draw", "entrustment.object", "appraisal.archive"]
)
def test_never_while_anything_of_the_case_runs(before, played) -> None:
    case = played(before=before)

    with pytest.raises(Refused, match="CASE_RUNS"):
        propose(case)


def test_never_while_another_request_of_the_same_case_runs(over, played) -> None:
    number = Matter.objects.get(pk=over.root_id).reference
    other = played(before="entrustment.screen")
    Matter.objects.filter(pk=other.root_id).update(reference=number)

    with pytest.raises(Refused, match="CASE_RUNS"):
        propose(over)


def test_never_while_it_is_sealed_and_not_if_it_is_sealed_meanwhile(over) -> None:
    propose(over)
    act(over, "judge", "seal", ground="PRIVACY", reason="涉及个人隐私，公开会造成伤害。")
    act(over, "chief", "confirm_seal", note="符合法定情形，知悉范围必要。")
    with pytest.raises(Refused, match="CASE_SEALED"):
        act(over, "chief", "approve_erasing", **NOTE)


def test_a_party_that_objects_keeps_it(over) -> None:
    propose(over)
    act(over, "chief", "approve_erasing", **NOTE)
    assert "提出异议" in Message.objects.filter(to=PHONE).latest("pk").text
    over.driver.now += timedelta(days=3)
    act(over, "applicant", "object_erasing", reason="正在申请再审，需要使用鉴定材料。")
    over.driver.now += timedelta(days=90)
    over.driver.lapse()

    assert Entrustment.objects.get(matter_id=over.root_id).applicant == APPLICANT
    assert Notice.objects.filter(text__contains="当事人对销毁提出异议").exists()


# --- the verifier ------------------------------------------------------------------------------------------------------


def test_an_erasing_is_told_with_its_entry_and_nothing_else_is_wrong(over, tmp_path) -> None:
    erased(over)

    report = verified(tmp_path, over)

    assert codes(report) == set()
    [told] = [note for note in report.notes if "依法销毁" in note]
    assert f"案件 {over.root_id}" in told
    assert "UNLAWFUL" in told


def test_papers_that_were_made_and_signed_are_erased_with_their_files_and_the_export_stays_whole(
    over, tmp_path
) -> None:
    papers = list(Document.objects.filter(kind__in=("report_check", "opinion_disability", "entrustment_order")))
    for paper in papers:
        documents.produce(paper.pk)
    over.driver.now = timezone.now() + timedelta(minutes=1)  # papers are signed at the hour they are made
    assert papers
    made = [sha256 for (sha256,) in Document.objects.exclude(sha256="").values_list("sha256")]
    erased(over)
    files.forget()

    report = verified(tmp_path / "after", over)

    assert codes(report) == set()
    assert made
    assert not [sha256 for sha256 in made if default_storage.exists(files._path(sha256))]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (
            "update procedures_actrecord set given = '{}', name = '', salt = null where code = 'screen'",
            "ERASED_WITHOUT_ENTRY",
        ),
        (
            "update documents_document set data = '{}', salt = null, file_key = '', status_note = ''"
            " where id = (select min(id) from documents_document)",
            "ERASED_WITHOUT_ENTRY",
        ),
        (
            "update ledger_change set salt = null where id = (select min(id) from ledger_change where hash is not null)",
            "ERASED_WITHOUT_ENTRY",
        ),
        (
            "update ledger_change set salt = null where id = (select max(id) from ledger_change where hash is not null)",
            "ROW_UNPROVABLE",
        ),
        ("update entrustment_entrustment set applicant = '', basic_facts = ''", "CHANGE_UNEXPLAINED"),
    ],
    ids=["an act", "a paper", "the salt of what was", "the salt of what is", "a row"],
)
def test_erased_by_sql_alone_is_named(sql, code, over, tmp_path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount

    assert code in codes(verified(tmp_path, over))


def test_an_entry_of_ones_own_explains_no_erasing(over, tmp_path) -> None:
    row = ActRecord.objects.get(matter_id=over.root_id, code="screen")
    told = {"act": f"{over.root_id}/1", "by": [f"{over.root_id}/1", f"{over.root_id}/1"], "ground": "UNLAWFUL"}
    told |= {"family": over.root_id, "changes": 0, "entries": [str(row.entry)]}
    ledger.append(ledger.entry("erasure", region=row.region, matter_id=over.root_id, data=told, now=over.driver.now))
    ActRecord.objects.filter(pk=row.pk).update(given={}, name="", salt=None)

    assert codes(verified(tmp_path, over)) == {"ERASED_BY_ONE"}


def test_an_erasing_hides_no_later_edit(over, tmp_path) -> None:
    erased(over)
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update entrustment_entrustment set institution_name = '另一机构', score = 100")
        cursor.execute("set session_replication_role = origin")

    assert codes(verified(tmp_path, over)) == {"ROW_DIFFERS"}


def test_an_act_may_lose_what_was_said_only_with_its_salt(over) -> None:
    for sql in (
        "update procedures_actrecord set given = '{}'",
        "update procedures_actrecord set salt = null",
        "update procedures_actrecord set given = '{}', name = '', salt = null, at = now()",
        "update documents_document set data = '{}'",
        "update documents_document set salt = null, data = '{}', file_key = '', number = '1'",
    ):
        with (
            pytest.raises(Exception, match=r"append-only|不得更改"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_the_certificate_says_who_why_and_when_and_nothing_of_the_case(over) -> None:
    erased(over)
    paper = Document.objects.get(kind="erasure_certificate")

    said = json.dumps(paper.data, ensure_ascii=False)

    assert EARLY["reason"] in said
    assert "示例法官甲" in said
    assert "示例庭长甲" in said
    assert APPLICANT not in said

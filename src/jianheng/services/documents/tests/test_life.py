"""What may and may not happen to a paper afterwards, and what an auditor sees of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from jianheng import verifier
from jianheng.services.documents import api, codes
from jianheng.services.documents.exporting import documents
from jianheng.services.documents.models import Document
from jianheng.services.documents.tests.conftest import NOW, as_attacker
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import export


def execute(statement: str, *parameters: object) -> None:
    """Run one statement as the application's own role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


DECIDED = {
    "number": "'x'",
    "serial": "99",
    "code": "'x'",
    "kind": "'x'",
    "title": "'x'",
    "data": "'{}'",
    "region": "'110000'",
    "matter_id": "8",
    "issuer_id": "null",
    "requested_at": "now()",
}
MADE = {
    "sha256": f"'{'0' * 64}'",
    "size": "1",
    "file_key": "'x'",
    "issued_at": "now()",
    "issuer_name": "'x'",
    "template_version": "'x'",
    "is_demo": "true",
}


@pytest.mark.parametrize("column", DECIDED)
def test_what_was_decided_with_the_number_never_changes(desk, column) -> None:
    asked = desk.ask("fee_notice")

    with pytest.raises(DatabaseError, match="一经确定不得更改"):
        execute(f"update documents_document set {column} = {DECIDED[column]} where id = %s", asked.id)


@pytest.mark.parametrize("column", MADE)
def test_issued_paper_never_changes(desk, column) -> None:
    made = desk.issued("fee_notice")

    with pytest.raises(DatabaseError, match="已经出具的文书不得更改"):
        execute(f"update documents_document set {column} = {MADE[column]} where id = %s", made.id)


@pytest.mark.parametrize("statement", ["delete from documents_document", "truncate documents_document"])
def test_papers_are_never_deleted(desk, statement) -> None:
    desk.ask("fee_notice")
    execute("set constraints all immediate")

    with pytest.raises(DatabaseError, match="文书不得删除"):
        execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update documents_series set last = last - 1",
        "update documents_series set key = 'x'",
        "delete from documents_series",
    ],
)
def test_series_only_counts_upwards(desk, statement) -> None:
    desk.ask("fee_notice")

    with pytest.raises(DatabaseError):
        execute(statement)


@pytest.mark.parametrize("to", ["requested", "void"])
def test_issued_paper_does_not_go_back(desk, to) -> None:
    made = desk.issued("fee_notice")

    with pytest.raises(DatabaseError, match="文书状态不得"):
        execute("update documents_document set status = %s where id = %s", to, made.id)


def test_corrected_paper_names_its_correction_and_keeps_its_file(desk) -> None:
    report = desk.issued("opinion_disability")
    correction = desk.ask("correction_notice", data={"report_number": report.number})

    api.mark_corrected(report.number, issuer=desk.institution, by=correction.number, now=NOW)

    found = api.get(report.id)
    assert (found.status, found.superseded_by, found.sha256) == ("corrected", correction.number, report.sha256)
    assert (found.issuer, found.note) == ("示例市示例司法鉴定中心", f"见{correction.number}")
    assert found.entry != report.entry


def test_correction_finds_the_paper_of_its_own_issuer(desk) -> None:
    report = desk.issued("opinion_disability")
    other = desk.issued("opinion_disability", issuer=desk.court)
    correction = desk.ask("correction_notice")
    assert other.number == report.number

    api.mark_corrected(report.number, issuer=desk.institution, by=correction.number, now=NOW)

    assert (api.get(report.id).status, api.get(other.id).status) == ("corrected", "issued")


def test_paper_corrected_while_it_is_made_is_issued_as_corrected(desk) -> None:
    report = desk.ask("opinion_disability")
    correction = desk.ask("correction_notice")
    api.mark_corrected(report.number, issuer=desk.institution, by=correction.number, now=NOW)

    api.produce(report.id, now=NOW)

    assert (api.get(report.id).status, api.get(report.id).superseded_by) == ("corrected", correction.number)


def test_withdrawn_paper_says_why_and_cannot_be_withdrawn_twice(desk) -> None:
    report = desk.issued("opinion_disability", root_id=3)

    api.mark_withdrawn(report.number, matter_root=3, reason="鉴定人撤销鉴定意见", now=NOW)

    assert (api.get(report.id).status_title, api.get(report.id).status_note) == ("已撤回", "鉴定人撤销鉴定意见")
    with pytest.raises(api.DocumentStateError):
        api.mark_withdrawn(report.number, matter_root=3, reason="再次", now=NOW)


def test_states_of_a_paper_are_in_order_in_the_log_whatever_the_clock_did(desk) -> None:
    asked = desk.ask("fee_notice")
    api.produce(asked.id, now=NOW - timedelta(days=1))

    states = [asked.entry, api.get(asked.id).entry]

    assert states == sorted(states)
    assert api.get(asked.id).issued_at == NOW, "and none is issued before it was asked for"


@pytest.mark.parametrize("act", ["mark_corrected", "mark_withdrawn", "open_to"])
def test_unknown_number_is_refused(desk, act) -> None:
    given = {
        "mark_corrected": {"issuer": desk.institution, "by": "没有", "now": NOW},
        "mark_withdrawn": {"reason": "x", "now": NOW},
        "open_to": {"seats": ["applicant"], "now": NOW},
    }

    with pytest.raises(api.NoSuchDocumentError):
        getattr(api, act)("没有", **given[act])


def test_seats_see_only_what_they_were_sent(desk) -> None:
    report = desk.ask("opinion_disability", root_id=3)
    notice = desk.ask("fee_notice", root_id=3)

    assert [one.id for one in api.of_matter(7)] == [report.id, notice.id]
    assert [one.id for one in api.of_matter(7, seats=["applicant"])] == [notice.id]
    assert api.of_matter(8) == ()
    with pytest.raises(api.NoSuchDocumentError):
        api.get(report.id, matter_id=7, seats=["applicant"])
    with pytest.raises(api.NoSuchDocumentError):
        api.get(report.id, matter_id=8, seats=["court"])

    api.open_to(report.number, matter_root=3, seats=("applicant", "respondent"), now=NOW)

    assert [one.id for one in api.of_family(3, seats=["applicant"])] == [report.id, notice.id]
    assert api.get(report.id, seats=["respondent"]).audience == (
        "court",
        "unit",
        "institution",
        "applicant",
        "respondent",
    )


def test_paper_of_another_family_is_not_opened(desk) -> None:
    report = desk.ask("opinion_disability", root_id=3)

    with pytest.raises(api.NoSuchDocumentError):
        api.open_to(report.number, matter_root=4, seats=("applicant",), now=NOW)


def test_listing_takes_one_query_however_many(desk, django_assert_num_queries) -> None:
    for _ in range(3):
        desk.ask("fee_notice")

    with django_assert_num_queries(1):
        assert len(api.of_matter(7)) == 3


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda c: c.replace("-", " "), lambda c: f"  {c.replace('-', '')}\n"]
)
def test_paper_is_found_by_its_code_however_typed(desk, typed) -> None:
    asked = desk.ask("fee_notice")

    assert api.by_code(typed(asked.code)).id == asked.id


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "A2B3-C4D5-E6F7-G8H9", "A2B3-C4D5-E6F7-G8H0", "' or 1=1 --", "\x00" * 16]
)
def test_unknown_code_finds_nothing(desk, typed) -> None:
    desk.ask("fee_notice")

    assert api.by_code(typed) is None


def test_code_is_read_as_printed_or_not_at_all(desk) -> None:
    asked = desk.ask("fee_notice")

    assert api.plain_code(asked.code.lower().replace("-", "")) == asked.code
    assert api.plain_code("x") == ""


def test_codes_are_of_an_alphabet_without_look_alikes() -> None:
    made = {codes.new_code() for _ in range(500)}

    assert len(made) == 500
    assert {c for code in made for c in code} <= set(codes.ALPHABET) | {"-"}
    assert not set("01ILOU") & set(codes.ALPHABET)


@pytest.fixture
def exported(desk, tmp_path, monkeypatch):
    """Exports papers in every state, as often as asked."""
    monkeypatch.setattr(export, "_registered", {"documents": export.Source(documents, None, further=False)})
    report = desk.issued("opinion_disability")
    correction = desk.issued("correction_notice")
    api.mark_corrected(report.number, issuer=desk.institution, by=correction.number, now=NOW)
    desk.ask("refusal_notice")
    desk.ask("refusal_notice")
    desk.issued("objection", signers=[{"role": "party", "name": "示例乙"}])
    _seal()

    def run(name: str) -> list[str]:
        ledger.export(tmp_path / name)
        found = [problem.code for problem in verifier.verify([tmp_path / name]).problems]
        return [code for code in found if code != "DOCUMENT_TIME_DIFFERS"]  # logged as of NOW, signed today

    return run


def _seal() -> None:
    from jianheng.services.ledger import sequencer

    while sequencer.run_once(NOW, 1000):
        pass


def test_auditor_accepts_papers_in_every_state(exported) -> None:
    assert exported("honest") == []


EDITED = {
    "status": "'issued'",
    "superseded_by": "''",
    "issuer_name": "'某中心'",
    "audience": "array['applicant']",
    "data": """jsonb_set(data, '{content,opinions}', '["九级伤残"]')""",
    "number": "'示例〔2026〕1号'",
    "issued_at": "issued_at + interval '1 day'",
    "is_demo": "not is_demo",
    "code": "'A2B3-C4D5-E6F7-G8H9'",
}


@pytest.mark.parametrize("column", EDITED)
def test_auditor_finds_an_edited_row(exported, column) -> None:
    with as_attacker() as cursor:
        cursor.execute(f"update documents_document set {column} = {EDITED[column]} where kind = 'opinion_disability'")
        assert cursor.rowcount == 1

    assert "DOCUMENT_EDITED" in exported("edited")


def test_auditor_finds_a_deleted_row_and_its_gap(exported) -> None:
    with as_attacker() as cursor:
        cursor.execute("delete from documents_document where kind = 'refusal_notice' and serial = 1")
        assert cursor.rowcount == 1

    assert {"DOCUMENT_MISSING", "NUMBER_GAP"} <= set(exported("deleted"))


def test_auditor_finds_a_changed_file(exported, places) -> None:
    row = Document.objects.get(kind="opinion_disability")
    (path,) = (places / "files").rglob(row.sha256)
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)

    assert exported("changed") == ["DOCUMENT_FILE_CHANGED"]

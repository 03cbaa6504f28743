"""Making papers: signed, stored, logged, once; resumed after any failure."""

from __future__ import annotations

import hashlib
import subprocess

import pytest
from django.db.models import Model

from jianheng.services.documents import api
from jianheng.services.documents.models import Document
from jianheng.services.documents.tests.conftest import BY_APPRAISERS, NOW
from jianheng.services.documents.tests.pdftext import squeezed, text_of
from jianheng.services.documents.tests.samples import SAMPLES
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.signing import api as signing


def state_of(row: Model) -> dict[str, object]:
    """All columns of a row."""
    row.refresh_from_db()
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def test_paper_is_signed_stored_and_logged(desk, tmp_path) -> None:
    asked = desk.ask("opinion_disability")
    api.produce(asked.id, now=NOW)

    made = api.get(asked.id)
    pdf = files.read(made.sha256)
    found = text_of(pdf, tmp_path)
    entry = ledger.receipt(made.entry)["entry"]
    assert (made.status, made.issued_at, made.size) == (api.Status.ISSUED, NOW, len(pdf))
    assert hashlib.sha256(pdf).hexdigest() == made.sha256 == entry["data"]["sha256"]
    assert entry["data"]["number"] == made.number == asked.number
    assert squeezed(made.number) in found
    assert made.code in found
    assert "https://jianheng.example/verify/" in found
    assert "演示" not in found
    assert made.issuer_name == "示例市示例司法鉴定中心"


def test_everyone_signs_and_another_program_agrees(desk, tmp_path) -> None:
    pdf = files.read(desk.issued("opinion_disability").sha256)
    (tmp_path / "paper.pdf").write_bytes(pdf)

    report = signing.check(pdf, now=NOW)
    done = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "paper.pdf"], check=False, capture_output=True, timeout=60
    ).stdout.decode()

    assert report.verdict is signing.Verdict.PASSED
    assert [one.signer for one in report.signatures] == [
        "示例己（演示）",
        "示例庚（演示）",
        "示例市示例司法鉴定中心（演示）",
    ]
    assert done.count("Signature is Valid.") == 3
    assert "Total document signed" in done


@pytest.mark.parametrize("kind", api.FORMS)
def test_every_form_can_be_issued_and_its_signatures_pass(desk, kind) -> None:
    everyone = [*BY_APPRAISERS, {"role": "reviewer", "name": "示例壬", "person_id": 3}]

    made = desk.issued(kind, signers=everyone)

    report = signing.check(files.read(made.sha256), now=NOW)
    assert report.verdict is signing.Verdict.PASSED
    form = api.form(kind)
    if not form.signed_by:
        assert [(one.signer, one.reason) for one in report.signatures] == [("鉴衡平台（演示）", "平台存证")]


def test_party_is_printed_and_the_platform_preserves(desk, tmp_path) -> None:
    made = desk.issued("objection", signers=[{"role": "party", "name": "示例乙"}])

    pdf = files.read(made.sha256)
    assert "异议人（签名或者盖章）：示例乙" in text_of(pdf, tmp_path)
    assert [one.signer for one in signing.check(pdf, now=NOW).signatures] == ["鉴衡平台（演示）"]


def test_body_that_seals_beside_the_issuer_signs_too(desk) -> None:
    client = {"role": "client", "name": "示例市示例区人民法院", "organisation_id": desk.court}

    made = desk.issued("entrustment_letter", signers=[client])

    report = signing.check(files.read(made.sha256), now=NOW)
    assert {one.signer for one in report.signatures} == {
        "示例市示例司法鉴定中心（演示）",
        "示例市示例区人民法院（演示）",
    }


def test_second_run_changes_nothing(desk) -> None:
    made = desk.issued("fee_notice")
    row = Document.objects.get(pk=made.id)
    before = state_of(row)

    api.produce(made.id, now=NOW)

    assert state_of(row) == before
    assert before["attempts"] == 1


class FailingOnce:
    """A storage whose disk is full the first time."""

    def __init__(self) -> None:
        self.failed = False

    def store(self, content, *, kind, now):
        if not self.failed:
            self.failed = True
            raise OSError(28, "No space left on device")
        return files.store(content, kind=kind, now=now)

    def read(self, sha256):
        return files.read(sha256)


def test_failure_is_kept_and_the_next_run_finishes(desk) -> None:
    asked = desk.ask("fee_notice")
    storage = FailingOnce()

    with pytest.raises(OSError, match="No space left"):
        api.produce(asked.id, now=NOW, storage=storage)

    row = Document.objects.get(pk=asked.id)
    assert (row.status, row.attempts, row.number) == (api.Status.REQUESTED, 1, asked.number)
    assert "No space left" in row.last_error
    api.produce(asked.id, now=NOW, storage=storage)
    row.refresh_from_db()
    assert (row.status, row.attempts, row.last_error) == (api.Status.ISSUED, 2, "")


def test_loser_of_two_runs_leaves_the_winners_paper(desk) -> None:
    asked = desk.ask("fee_notice")

    class Overtaken(FailingOnce):
        """While this run stores its file, another run finishes."""

        def store(self, content, *, kind, now):
            api.produce(asked.id, now=NOW)
            return files.store(content, kind=kind, now=now)

    api.produce(asked.id, now=NOW, storage=Overtaken())

    row = Document.objects.get(pk=asked.id)
    assert row.attempts == 1
    assert hashlib.sha256(files.read(row.sha256)).hexdigest() == row.sha256
    assert ledger.receipt(row.entry_id)["entry"]["data"]["sha256"] == row.sha256


def test_unknown_document_is_no_work(desk) -> None:
    api.produce(12345, now=NOW)

    assert not Document.objects.exists()


def test_paper_of_a_demonstration_body_says_so(desk, tmp_path) -> None:
    demo = people.add_organisation("示例第九司法鉴定中心", kind="INSTITUTION", region="220000", is_demo=True)

    made = desk.issued("refusal_notice", issuer=demo)

    assert made.is_demo
    assert "演示文书，不具有法律效力" in text_of(files.read(made.sha256), tmp_path)


def test_demonstration_installation_marks_every_paper(desk, settings, tmp_path) -> None:
    settings.DEMO = True

    made = desk.issued("fee_notice")

    assert made.is_demo
    assert "演示文书，不具有法律效力" in text_of(files.read(made.sha256), tmp_path)


def test_paper_is_dated_the_day_of_the_act_not_of_the_making(desk, tmp_path) -> None:
    asked = desk.ask("fee_notice")

    api.produce(asked.id, now=NOW.replace(month=6))

    assert "二〇二六年四月十日" in text_of(files.read(api.get(asked.id).sha256), tmp_path)


def test_stored_picture_is_printed(desk) -> None:
    from jianheng.services.documents.tests.pdftext import descriptions
    from jianheng.services.documents.tests.test_papers import png

    digest = files.store(png(4, 3), kind="image/png", now=NOW)
    picture = {"sha256": digest, "caption": "图1", "alt": "一张照片"}

    made = desk.issued("opinion_general", data={"attachments": [{"title": "照片", "pictures": [picture]}]})

    assert "一张照片" in descriptions(files.read(made.sha256))


def test_preview_is_a_draft_and_writes_nothing(desk, tmp_path) -> None:
    pdf = api.preview("opinion_disability", SAMPLES["opinion_disability"], issuer_name="示例中心", now=NOW)

    found = text_of(pdf, tmp_path)
    assert "草稿" in found
    assert "核验码" not in found
    assert not Document.objects.exists()
    assert signing.check(pdf, now=NOW).signatures == ()

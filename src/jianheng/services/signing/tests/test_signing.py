"""Signatures of the stand-in: accepted by others, refused when anything is amiss, and never half-made."""

from __future__ import annotations

import io
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from jianheng.services.signing.errors import (
    CertificateExpiredError,
    CertificateRevokedError,
    KeyFileFault,
    UnreadablePdfError,
)
from jianheng.services.signing.local import LocalSigner
from jianheng.services.signing.ports import Box, Holder, HolderKind, Signing, Verdict

NOW = datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
BODY = Holder("organisation:1", "示例市示例司法鉴定中心", HolderKind.BODY)
FIRST = Holder("person:1", "示例己", HolderKind.PERSON, BODY.name)
SECOND = Holder("person:2", "示例庚", HolderKind.PERSON, BODY.name)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def paper() -> bytes:
    """Two pages of PDF/A."""
    source = b'#set document(title: "x", date: datetime(year: 2026, month: 4, day: 10))\none #pagebreak() two'
    return typst.compile(source, pdf_standards=["a-2b"], timestamp=0, format="pdf")


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> LocalSigner:
    """An authority nothing is ever revoked in."""
    return LocalSigner(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def signed(office, paper) -> bytes:
    """The paper as both appraisers and the institution signed it."""
    signings = [
        Signing(FIRST, "司法鉴定人签名", box=Box(2, 100, 200, 90, 30)),
        Signing(SECOND, "司法鉴定人签名", "示例市"),
        Signing(BODY, "出具司法鉴定意见书", box=Box(2, 300, 300, 113, 113)),
    ]
    return office.sign_all(paper, signings, now=NOW)


def pdfsig(pdf: bytes, folder: Path) -> str:
    """What poppler says of the signatures."""
    path = folder / "signed.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(path)], check=False, capture_output=True, timeout=60)
    return done.stdout.decode()


def test_every_signature_is_accepted_by_another_program(signed, tmp_path) -> None:
    said = pdfsig(signed, tmp_path)

    assert said.count("Signature is Valid.") == 3
    assert said.count("ETSI.CAdES.detached") == 3
    assert said.count("Total document signed") == 1
    assert "Signature #3" in said.split("Total document signed")[0].rsplit("Signature Field", 1)[0]
    assert "示例市示例司法鉴定中心（演示）" in said


def test_every_signature_passes_with_its_time_and_signer(office, signed) -> None:
    report = office.check(signed, now=NOW + DAY)

    assert report.verdict is Verdict.PASSED
    assert [(one.signer, one.reason, one.signed_at) for one in report.signatures] == [
        ("示例己（演示）", "司法鉴定人签名", NOW),
        ("示例庚（演示）", "司法鉴定人签名", NOW),
        ("示例市示例司法鉴定中心（演示）", "出具司法鉴定意见书", NOW),
    ]
    assert [one.covers_whole_file for one in report.signatures] == [False, False, True]
    assert {one.organisation for one in report.signatures} == {BODY.name}


@pytest.mark.parametrize("years", [1, 4, 6, 25])
def test_signature_still_passes_years_later_and_without_a_network(office, signed, years) -> None:
    assert office.check(signed, now=NOW + 365 * years * DAY).verdict is Verdict.PASSED


def test_evidence_for_checking_is_inside_the_file(signed) -> None:
    store = PdfFileReader(io.BytesIO(signed)).root["/DSS"]

    assert len(store["/Certs"]) == 5  # root, time-stamp, three holders
    assert len(store["/CRLs"]) == 1


def test_signing_adds_and_never_changes_what_was_there(signed, paper) -> None:
    assert signed.startswith(paper)


def test_place_of_a_signature_is_where_it_was_asked_for(signed) -> None:
    reader = PdfFileReader(io.BytesIO(signed))
    page = reader.root["/Pages"]["/Kids"][1].get_object()

    boxes = [[round(float(v)) for v in ref.get_object()["/Rect"]] for ref in page["/Annots"]]

    assert boxes == [[100, 612, 190, 642], [300, 429, 413, 542]]


def test_names_say_that_it_is_a_demonstration(office) -> None:
    root = office.authority.root(NOW).certificate.subject.rfc4514_string()
    holder = office.authority.holder(BODY, NOW).certificate.subject.rfc4514_string()

    assert "演示根证书" in root
    assert "演示证书，不具有法律效力" in root
    assert "演示证书，不具有法律效力" in holder
    assert "（演示）" in holder


def container(pdf: bytes) -> tuple[int, int]:
    """Where the last signature's container begins and ends: what its signature does not cover."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents ")
    return start, pdf.index(b">", start) + 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_container_passes_only_if_the_same_signature_is_in_it(office, once, data) -> None:
    start, end = container(once)
    place = data.draw(st.integers(start, end - 1))
    changed = bytearray(once)
    changed[place] ^= 1

    try:
        report = office.check(bytes(changed), now=NOW)
    except UnreadablePdfError:
        return
    if report.verdict is Verdict.PASSED:
        assert report == office.check(once, now=NOW)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_that_was_signed_is_noticed(office, once, data) -> None:
    before, after = container(once)
    place = data.draw(st.integers(0, before - 1) | st.integers(after, len(once) - 1))
    changed = bytearray(once)
    changed[place] ^= 1

    try:
        verdict = office.check(bytes(changed), now=NOW).verdict
    except UnreadablePdfError:
        return
    assert verdict is not Verdict.PASSED


@pytest.fixture(scope="module")
def once(office, paper) -> bytes:
    """The paper signed once."""
    return office.sign(paper, as_=BODY, reason="出具", now=NOW)


def test_changed_content_fails_and_says_so(office, once, paper) -> None:
    changed = bytearray(once)
    changed[len(paper) // 2] ^= 1

    report = office.check(bytes(changed), now=NOW)

    assert (report.verdict, report.signatures[0].indication) == (Verdict.FAILED, "HASH_FAILURE")
    assert report.text == "文件在签名之后被改动。"


def test_bytes_hidden_in_the_padding_of_a_signature_are_noticed(office, once) -> None:
    end = once.rindex(b"0>")
    changed = once[:end] + b"1" + once[end + 1 :]

    report = office.check(changed, now=NOW)

    # Which of the two depends on where this signature, whose length varies, happens to end.
    assert report.verdict is Verdict.FAILED
    assert report.signatures[0].indication in {"FORMAT_FAILURE", "HASH_FAILURE"}


def test_content_added_after_the_last_signature_fails(office, once) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(once))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = page["/MediaBox"][2]
    writer.update_container(page)
    changed = io.BytesIO()
    writer.write(changed)

    report = office.check(changed.getvalue(), now=NOW)

    assert (report.verdict, report.signatures[0].indication) == (Verdict.FAILED, "MODIFIED_AFTERWARDS")


@pytest.mark.parametrize("hidden", [b"% a note\n", b"PK\x03\x04", b"\0"])
def test_bytes_after_the_last_signature_are_a_change(office, signed, hidden) -> None:
    report = office.check(signed + hidden, now=NOW)

    assert (report.verdict, report.signatures[-1].indication) == (Verdict.FAILED, "MODIFIED_AFTERWARDS")


def test_signature_under_another_root_cannot_be_judged(signed, tmp_path) -> None:
    report = LocalSigner(tmp_path).check(signed, now=NOW)

    assert report.verdict is Verdict.INDETERMINATE
    assert {one.indication for one in report.signatures} == {"NO_CERTIFICATE_CHAIN_FOUND"}
    assert {one.signed_at for one in report.signatures} == {None}  # a time-stamp nobody trusts proves no time


def test_signature_from_the_future_cannot_be_judged(office, signed) -> None:
    report = office.check(signed, now=NOW - DAY)

    assert report.signatures[0].indication == "TIMESTAMP_ORDER_FAILURE"
    assert report.verdict is Verdict.INDETERMINATE


def test_file_without_signature_is_no_pass(office, paper) -> None:
    report = office.check(paper, now=NOW)

    assert (report.verdict, report.text, report.signatures) == (Verdict.INDETERMINATE, "文件没有电子签名。", ())


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"%PDF-1.7", b"%PDF-1.7\nxref\n%%EOF", b"<html>"])
def test_what_is_no_pdf_is_refused(office, content) -> None:
    with pytest.raises(UnreadablePdfError):
        office.check(content, now=NOW)
    with pytest.raises(UnreadablePdfError):
        office.sign(content, as_=BODY, reason="出具", now=NOW)


def test_revocation_counts_from_its_moment_on(paper, tmp_path) -> None:
    office = LocalSigner(tmp_path)
    before = office.sign(paper, as_=FIRST, reason="签名", now=NOW)
    office.authority.revoke(FIRST, NOW + DAY)

    assert office.check(before, now=NOW + 2 * DAY).verdict is Verdict.PASSED
    with pytest.raises(CertificateRevokedError, match="示例己"):
        office.sign(paper, as_=FIRST, reason="签名", now=NOW + 2 * DAY)


def test_signature_made_after_revocation_fails_although_the_file_carries_an_older_list(paper, tmp_path) -> None:
    office = LocalSigner(tmp_path)
    sneaked = office.sign(paper, as_=FIRST, reason="签名", now=NOW + DAY)
    office.authority.revoke(FIRST, NOW)  # dated back to when the key was lost

    report = office.check(sneaked, now=NOW + 2 * DAY)

    assert (report.verdict, report.signatures[0].indication) == (Verdict.FAILED, "REVOKED")


def test_renewed_certificate_signs_again(paper, tmp_path) -> None:
    office = LocalSigner(tmp_path)
    office.authority.revoke(FIRST, NOW)
    office.authority.renew(FIRST)

    signed = office.sign(paper, as_=FIRST, reason="签名", now=NOW + DAY)

    assert office.check(signed, now=NOW + DAY).verdict is Verdict.PASSED


def test_when_one_may_not_sign_nobody_does(paper, tmp_path) -> None:
    office = LocalSigner(tmp_path)
    office.authority.revoke(SECOND, NOW)

    with pytest.raises(CertificateRevokedError):
        office.sign_all(paper, [Signing(FIRST, "签名"), Signing(SECOND, "签名")], now=NOW)


@pytest.mark.parametrize("when", [NOW - 10 * DAY, NOW + 6 * 365 * DAY])
def test_expired_or_not_yet_valid_certificate_does_not_sign(paper, tmp_path, when) -> None:
    office = LocalSigner(tmp_path)
    office.authority.holder(FIRST, NOW)

    with pytest.raises(CertificateExpiredError):
        office.sign(paper, as_=FIRST, reason="签名", now=when)


def test_keys_are_readable_by_their_owner_only(office, signed) -> None:
    files = [path for path in office.authority.home.rglob("*.pem") if "key" in path.name]

    assert len(files) >= 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(office.authority.home.stat().st_mode) == 0o700


def test_key_open_to_others_stops_signing(paper, tmp_path) -> None:
    office = LocalSigner(tmp_path)
    office.authority.root(NOW)
    (tmp_path / "root.key.pem").chmod(0o644)

    with pytest.raises(KeyFileFault, match="600"):
        office.sign(paper, as_=FIRST, reason="签名", now=NOW)


def test_another_name_gets_another_certificate(office) -> None:
    renamed = Holder(BODY.reference, "示例市示例司法鉴定所", BODY.kind)

    serials = {office.authority.holder(one, NOW).certificate.serial_number for one in (BODY, renamed)}

    assert len(serials) == 2


def test_revocation_list_is_renewed_hourly_and_kept_between(office) -> None:
    first = office.authority.revocation_list(NOW + 100 * DAY)

    assert office.authority.revocation_list(NOW + 100 * DAY + timedelta(minutes=59)) == first
    assert office.authority.revocation_list(NOW + 100 * DAY + timedelta(minutes=61)) != first

"""Judging the signatures of a file: passed, failed, or nobody can tell (ETSI EN 319 102-1 §5).

Each signature is judged as of the moment its time-stamp proves, with the evidence inside the file and the root we
trust; nothing is fetched. ``valid`` alone says nothing (a changed file has "valid" signatures whose digest no longer
fits), so a pass needs all of: digest and signature right, chain to the root, not revoked then, a trusted time-stamp,
and no change of the file afterwards but further signatures.

A signature covers the file without its own container. Bytes hidden in a container's padding are refused; the framing
of the container itself (versions, repeated algorithm names) can be re-written without touching what was signed, and
is noticed by the file's hash in the log, not here.
"""

from __future__ import annotations

import asyncio
import io
from datetime import datetime, timedelta

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESStatus, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from jianheng.services.signing.errors import UnreadablePdfError
from jianheng.services.signing.ports import Report, SignatureReport, Verdict

_CLOCKS_DIFFER = timedelta(minutes=5)
OK = "TOTAL_PASSED"
_WORDS = {
    OK: "签名有效：文件自签名后未被改动，签名时证书有效。",
    "HASH_FAILURE": "文件在签名之后被改动。",
    "SIG_CRYPTO_FAILURE": "签名值不是由该证书作出的。",
    "FORMAT_FAILURE": "签名的格式不符合要求，不能识别。",
    "REVOKED": "签名时该证书已被吊销。",
    "MODIFIED_AFTERWARDS": "最后一次签名之后，文件又被添加了内容。",
    "NO_POE": "签名没有可信的时间戳，不能证明签名时间。",
    "TIMESTAMP_ORDER_FAILURE": "时间戳晚于当前时间，请核对本机时钟。",
    "NO_CERTIFICATE_CHAIN_FOUND": "签名证书不是由受信任的证书机构签发，不能判断签名人身份。",
    "OUT_OF_BOUNDS_NO_POE": "签名时证书不在有效期内。",
    "TRY_LATER": "缺少证书状态信息，暂时不能判断。",
}
_UNCLEAR = "现有信息不足以判断签名是否有效。"
_CHAIN = {AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE, AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND}


def report(pdf: bytes, *, root: asn1_x509.Certificate, current: asn1_crl.CertificateList, now: datetime) -> Report:
    """Judge every signature of ``pdf`` against ``root``; ``current`` is the root's newest revocation list."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        embedded = reader.embedded_regular_signatures
        evidence = _evidence(reader)
    except Exception as error:  # a hostile file may break a parser anywhere; whatever it is, it is no PDF of ours
        raise UnreadablePdfError("文件不是可以识别的 PDF，或者已经损坏。") from error
    found = tuple(_judged(signature, root, evidence, current, now) for signature in embedded)
    if not found:
        return Report(Verdict.INDETERMINATE, "文件没有电子签名。", ())
    worst = min(found, key=lambda one: (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED).index(one.verdict))
    text = f"文件上的{len(found)}个签名全部有效。" if worst.verdict is Verdict.PASSED else worst.text
    return Report(worst.verdict, text, found)


Evidence = tuple[list[asn1_x509.Certificate], list[asn1_crl.CertificateList]]


def _evidence(reader: PdfFileReader) -> Evidence:
    """The certificates and revocation lists kept in the file."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except ValidationInfoReadingError:
        return [], []
    lists = [asn1_crl.CertificateList.load(ref.get_object().data) for ref in store.crls]
    return list(store.load_certs()), lists


def _judged(
    signature: EmbeddedPdfSignature,
    root: asn1_x509.Certificate,
    evidence: Evidence,
    current: asn1_crl.CertificateList,
    now: datetime,
) -> SignatureReport:
    try:
        _require_clean_container(signature.pkcs7_content)
        stamped = _time_stamp(signature.signed_data)
        context = _context(root, evidence, stamped or now)
        status = asyncio.run(async_validate_pdf_signature(signature, context))
    except Exception:  # likewise: bytes that break the library are no signature in the required form
        return _reported(signature, Verdict.FAILED, "FORMAT_FAILURE", None)
    if _revoked_by(current, status.signing_cert, stamped or now):
        return _reported(signature, Verdict.FAILED, "REVOKED", status)
    verdict, indication = _verdict(status, now)
    if verdict is Verdict.PASSED and _something_follows(signature, status):
        verdict, indication = Verdict.FAILED, "MODIFIED_AFTERWARDS"
    return _reported(signature, verdict, indication, status)


def _something_follows(signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> bool:
    """Whether bytes stand after the newest revision, where no reader looks and a second file could hide."""
    newest = signature.reader.xrefs.total_revisions - 1
    return bool(signature.signed_revision == newest and status.coverage < SignatureCoverageLevel.ENTIRE_FILE)


def _require_clean_container(content: bytes) -> None:
    """No signature covers its own container: what follows the signature in it must be padding (ISO 32000-2 §12.8.3.3)."""
    length, head = content[1], 2
    if length & 0x80:  # X.690 §8.1.3.5: the long form says how many octets tell the length
        head += length & 0x7F
        length = int.from_bytes(content[2:head])
    if content[head + length :].strip(b"\0"):
        raise ValueError("bytes after the signature in its container")


def _time_stamp(signed: cms.SignedData) -> datetime | None:
    """What the signature's time-stamp claims; whether to believe it is judged with the rest."""
    for attribute in signed["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"]
            moment = token.parsed["gen_time"].native
            return moment if isinstance(moment, datetime) else None
    return None


def _context(root: asn1_x509.Certificate, evidence: Evidence, moment: datetime) -> ValidationContext:
    certificates, lists = evidence
    return ValidationContext(
        trust_roots=[root],
        other_certs=certificates,
        crls=lists,
        moment=moment,
        allow_fetching=False,
        revocation_mode="require",
    )


def _revoked_by(current: asn1_crl.CertificateList, certificate: asn1_x509.Certificate, moment: datetime) -> bool:
    """Whether the newest list says the certificate was revoked at or before ``moment``, whatever the file's own says."""
    return any(
        entry["user_certificate"].native == certificate.serial_number and entry["revocation_date"].native <= moment
        for entry in current["tbs_cert_list"]["revoked_certificates"]
    )


def _verdict(status: PdfSignatureStatus, now: datetime) -> tuple[Verdict, str]:
    """The first thing that stands against the signature decides."""
    stamp = status.timestamp_validity
    if not status.intact:
        return Verdict.FAILED, "HASH_FAILURE"
    if not status.valid:
        return Verdict.FAILED, "SIG_CRYPTO_FAILURE"
    if not status.docmdp_ok or (status.modification_level or ModificationLevel.NONE) > ModificationLevel.FORM_FILLING:
        return Verdict.FAILED, "MODIFIED_AFTERWARDS"
    if status.trust_problem_indic is not None:
        return _of_standard(status.trust_problem_indic)
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        return Verdict.INDETERMINATE, "NO_POE"
    if stamp.timestamp > now + _CLOCKS_DIFFER:
        return Verdict.INDETERMINATE, "TIMESTAMP_ORDER_FAILURE"
    if not status.bottom_line:
        return Verdict.INDETERMINATE, "GENERIC"
    return Verdict.PASSED, OK


def _of_standard(problem: AdESSubIndic) -> tuple[Verdict, str]:
    if problem in _CHAIN:
        return Verdict.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND"
    verdict = Verdict.FAILED if problem.status is AdESStatus.FAILED else Verdict.INDETERMINATE
    return verdict, str(problem.standard_name)


def _reported(
    signature: EmbeddedPdfSignature, verdict: Verdict, indication: str, status: PdfSignatureStatus | None
) -> SignatureReport:
    stamp = status.timestamp_validity if status else None
    trusted = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
    subject = status.signing_cert.subject.native if status else {}
    coverage = status.coverage if status else None
    return SignatureReport(
        field=str(signature.field_name),
        signer=str(subject.get("common_name", "")),
        organisation=str(subject.get("organization_name", "")),
        verdict=verdict,
        indication=indication,
        text=_WORDS.get(indication, _UNCLEAR),
        reason=str(signature.sig_object.get("/Reason", "")),
        signed_at=stamp.timestamp if stamp is not None and trusted else None,
        covers_whole_file=coverage is SignatureCoverageLevel.ENTIRE_FILE,
    )

"""Persons who have a key are signed for by their mandate alone; for it a certificate is made that serves once."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typst
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader

from jianheng.kernel import mandates
from jianheng.kernel.mandates import SignedMandate
from jianheng.services.signing.authority import FOR_SOMEBODY, MANDATE
from jianheng.services.signing.errors import CertificateRevokedError, MandateMissingError, MandateRefusedError
from jianheng.services.signing.local import LocalSigner
from jianheng.services.signing.ports import Holder, HolderKind, PaperRef, Signing, Verdict

NOW = datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
ENROLLED = NOW - timedelta(days=30)
JUDGE = Holder("person:7", "示例法官甲", HolderKind.PERSON, "示例市示例区人民法院")
TECH = Holder("person:8", "示例技术员甲", HolderKind.PERSON, JUDGE.organisation)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CONTENT = {"matter": "致残等级", "decision": "ENTRUST"}
PAPER = PaperRef(3, "screening_form", "（2026）吉0199民初1号-审查", CONTENT)


@dataclass(frozen=True)
class Key:
    """A key in force."""

    public: str


def held(person_ids: Iterable[int], *, at: datetime) -> Mapping[int, Key | None]:
    """The judge has had a key for a month, the technician never."""
    mine = Key(KEY.public_key().public_bytes_raw().hex())
    return {one: mine for one in person_ids if one == 7 and at >= ENROLLED}


def mandate(**other: Any) -> SignedMandate:
    """The judge's, for that paper."""
    said: dict[str, Any] = {
        "sign": KEY.sign,
        "person": 7,
        "key": KEY.public_key().public_bytes_raw().hex(),
        "matter": 3,
        "seq": 2,
        "act": "screen",
        "name": JUDGE.name,
        "role": "judge",
        "kind": PAPER.kind,
        "number": PAPER.number,
        "apart": (),
        "at": NOW,
        **other,
    }
    return mandates.made(said.pop("content", CONTENT), **said)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    source = b'#set document(title: "x", date: datetime(year: 2026, month: 4, day: 10))\none'
    return typst.compile(source, pdf_standards=["a-2b"], timestamp=0, format="pdf")


@pytest.fixture
def office(tmp_path) -> LocalSigner:
    return LocalSigner(tmp_path, held=held)


def certificate(pdf: bytes) -> x509.Certificate:
    """The signer's, of the newest signature."""
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[-1]
    return x509.load_der_x509_certificate(signature.signer_cert.dump())


def test_the_signature_names_its_mandate_and_the_certificate_serves_once(office, pdf) -> None:
    signed = mandate()

    first, second = (
        office.sign_all(pdf, [Signing(JUDGE, "签署", mandate=signed, paper=PAPER)], now=NOW) for _ in "ab"
    )

    one, other = certificate(first), certificate(second)
    extension = one.extensions.get_extension_for_oid(MANDATE)
    assert extension.value.value == b"\x04\x20" + signed.digest()
    assert one.not_valid_after_utc == NOW + timedelta(minutes=10)
    assert one.public_key() != other.public_key()
    assert not list((office.authority.home / "holders").glob("*"))
    assert office.check(first, now=NOW + timedelta(days=3650)).verdict is Verdict.PASSED


def test_without_a_mandate_nobody_who_has_a_key_is_signed_for(office, pdf) -> None:
    with pytest.raises(MandateMissingError):
        office.sign_all(pdf, [Signing(JUDGE, "签署")], now=NOW)
    with pytest.raises(MandateMissingError):
        office.sign_all(pdf, [Signing(JUDGE, "签署", given_at=ENROLLED)], now=NOW)


def test_a_hand_given_before_there_was_a_key_is_the_platforms(office, pdf) -> None:
    before = Signing(JUDGE, "平台代签", given_at=ENROLLED - timedelta(days=1))

    units = certificate(office.sign_all(pdf, [before], now=NOW)).subject.get_attributes_for_oid(
        NameOID.ORGANIZATIONAL_UNIT_NAME
    )

    assert FOR_SOMEBODY in [unit.value for unit in units]


def test_who_never_had_a_key_is_signed_for_and_the_certificate_says_so(office, pdf) -> None:
    subject = certificate(office.sign_all(pdf, [Signing(TECH, "平台代签")], now=NOW)).subject.rfc4514_string()

    assert FOR_SOMEBODY in subject
    assert "示例技术员甲（演示）" in subject


@pytest.mark.parametrize(
    ("other", "paper"),
    [
        ({"content": {**CONTENT, "decision": "REFUSE"}}, {}),
        ({"matter": 4}, {}),
        ({"kind": "acceptance_form"}, {}),
        ({"number": "（2026）吉0199民初2号-审查"}, {}),
        ({"person": 8}, {}),
        ({"at": ENROLLED - timedelta(seconds=1)}, {}),
        ({"sign": Ed25519PrivateKey.generate().sign}, {}),
        ({"key": "00" * 32}, {}),
        ({}, {"content": {**CONTENT, "matter": "护理依赖"}}),
        ({}, {"matter": 4}),
    ],
)
def test_a_mandate_that_does_not_hold_signs_nothing(office, pdf, other, paper) -> None:
    signing = Signing(JUDGE, "签署", mandate=mandate(**other), paper=replace(PAPER, **paper))

    with pytest.raises(MandateRefusedError):
        office.sign_all(pdf, [signing], now=NOW)


def test_a_mandate_says_nothing_without_the_paper_it_is_for(office, pdf) -> None:
    with pytest.raises(MandateRefusedError):
        office.sign_all(pdf, [Signing(JUDGE, "签署", mandate=mandate())], now=NOW)


def test_a_mandate_of_somebody_else_signs_nothing(office, pdf) -> None:
    with pytest.raises(MandateRefusedError):
        office.sign_all(pdf, [Signing(TECH, "签署", mandate=mandate(), paper=PAPER)], now=NOW)


def test_all_sign_or_nobody_does(office, pdf) -> None:
    both = [Signing(TECH, "平台代签"), Signing(JUDGE, "签署")]

    with pytest.raises(MandateMissingError):
        office.sign_all(pdf, both, now=NOW)


def test_whose_certificate_was_revoked_is_barred_here_too(office, pdf) -> None:
    office.authority.revoke(JUDGE, NOW - timedelta(days=1))

    with pytest.raises(CertificateRevokedError):
        office.sign_all(pdf, [Signing(JUDGE, "签署", mandate=mandate(), paper=PAPER)], now=NOW)

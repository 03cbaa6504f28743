"""The stand-in behind the port: signs with the demonstration authority, checks against its root.

A file becomes PAdES B-LT in one revision a signature: certificates and revocation list go into the document
security store (ISO 32000-2 §12.8.4.3) before the signature that covers them, so that the last signature covers the
whole file and nothing is fetched when it is checked.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jianheng.kernel import canonical
from jianheng.services.signing import checks
from jianheng.services.signing.authority import Credential, DemonstrationAuthority
from jianheng.services.signing.errors import MandateMissingError, MandateRefusedError, UnreadablePdfError
from jianheng.services.signing.ports import Box, Holder, HolderKind, Report, Signing
from jianheng.services.signing.timestamps import LocalTimeStamper, asn1

_RESERVED = 2 * 7000  # hexadecimal digits kept for a signature with its time-stamp; the longest names need 5 500
_CLICKABLE = StaticStampStyle(border_width=0)  # draws nothing: seal and name are the paper's own

# A verdict is an answer, not an incident: pyHanko would log each failed check with its trace.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class EnrolledKey(Protocol):
    """A personal key, as far as this authority asks."""

    @property
    def public(self) -> str:
        """The public key, hexadecimal."""
        ...


Held = Callable[
    ..., Mapping[int, EnrolledKey | None]
]  # (person ids, at=moment) → the key in force of who ever had one


def nobody_has_a_key(person_ids: Iterable[int], *, at: datetime) -> Mapping[int, EnrolledKey | None]:
    """What an authority knows that nobody enrolled a key with."""
    return {}


class LocalSigner:
    """Implements :class:`jianheng.services.signing.ports.Signer` with keys below ``home``.

    For a person's mandate it makes a key and a certificate that serve this one signature and are not kept, as European
    remote signing does; the certificate names the mandate. ``held`` tells whose personal key is in force.
    """

    def __init__(self, home: Path, held: Held = nobody_has_a_key) -> None:
        self.authority, self.held = DemonstrationAuthority(home), held

    def sign(
        self, pdf: bytes, *, as_: Holder, reason: str, now: datetime, location: str = "", box: Box | None = None
    ) -> bytes:
        """Add one signature."""
        return self.sign_all(pdf, [Signing(as_=as_, reason=reason, location=location, box=box)], now=now)

    def sign_all(self, pdf: bytes, signings: Sequence[Signing], *, now: datetime) -> bytes:
        """Add several signatures in the order given.

        Refuses with ``CertificateRevokedError``, ``CertificateExpiredError``, ``UnreadablePdfError``; then the file
        given is as it was.
        """
        credentials = [self._credential(signing, now) for signing in signings]  # all may sign, or nobody does
        for signing, credential in zip(signings, credentials, strict=True):
            pdf = self._signed(pdf, signing, credential, now)
        return pdf

    def _credential(self, signing: Signing, now: datetime) -> Credential:
        """What a signature is made with: of persons who have a key of their own only by their mandate."""
        holder, signed = signing.as_, signing.mandate
        if holder.kind is not HolderKind.PERSON:
            return self.authority.holder(holder, now)
        person_id = int(holder.reference.removeprefix("person:"))
        if signed is None:
            if person_id in self.held([person_id], at=signing.given_at or now):
                raise MandateMissingError(
                    f"“{holder.name}”已登记个人签名密钥，没有本人的签署授权，不能以其名义签名。"
                )
            return self.authority.holder(holder, now)
        key = self.held([person_id], at=canonical.read_instant(signed.mandate.at)).get(person_id)
        paper = signing.paper
        if (
            key is None
            or key.public != signed.mandate.key
            or paper is None
            or not signed.is_signed()
            or not signed.fits(
                paper.content, person=person_id, matter=paper.matter, kind=paper.kind, number=paper.number
            )
        ):
            raise MandateRefusedError(about=holder.reference)
        return self.authority.for_once(holder, signed.digest(), now)

    def identity(self, *, now: datetime) -> str:
        """The fingerprint of the root."""
        self.authority.time_stamper(now)
        return self.authority.root(now).certificate.fingerprint(hashes.SHA256()).hex()[:16]

    def check(self, pdf: bytes, *, now: datetime) -> Report:
        """Judge every signature as of ``now``."""
        root, _ = asn1(self.authority.root(now))
        current = asn1_crl.CertificateList.load(self.authority.revocation_list(now))
        return checks.report(pdf, root=root, current=current, now=now)

    def _signed(self, pdf: bytes, signing: Signing, credential: Credential, now: datetime) -> bytes:
        writer = _writer(pdf)
        certificate, key = asn1(credential)
        root, _ = asn1(self.authority.root(now))
        stamping = self.authority.time_stamper(now)
        _keep_evidence(writer, [root, asn1(stamping)[0], certificate], self.authority.revocation_list(now))
        name = _field_name(writer)
        signer = signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=name,
                md_algorithm="sha256",
                subfilter=fields.SigSeedSubFilter.PADES,
                reason=signing.reason,
                location=signing.location or None,
                name=signing.as_.name,
            ),
            # Only the holder's certificate goes into the container, which no signature covers.
            signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=SimpleCertificateStore()),
            timestamper=LocalTimeStamper(stamping, now),
            stamp_style=_CLICKABLE,
            new_field_spec=_field(name, signing.box, writer),
        )
        return bytes(signer.sign_pdf(writer, bytes_reserved=_RESERVED).getvalue())


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        writer.root["/Pages"]
    except (PdfError, KeyError, ValueError) as error:
        raise UnreadablePdfError("待签名的文件不是可以识别的 PDF。") from error
    return writer


def _keep_evidence(writer: IncrementalPdfFileWriter, certificates: list[asn1_x509.Certificate], crl: bytes) -> None:
    """Certificates and revocation list into the document security store; what is there already is not repeated."""
    lists = [asn1_crl.CertificateList.load(crl)]
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certificates, crls=lists)


def _field_name(writer: IncrementalPdfFileWriter) -> str:
    reader = writer.prev
    taken = len(reader.embedded_signatures) if isinstance(reader, PdfFileReader) else 0
    return f"Signature{taken + 1}"


def _field(name: str, box: Box | None, writer: IncrementalPdfFileWriter) -> fields.SigFieldSpec:
    """A signature field; the box is turned from the page's top left corner to PDF's bottom left."""
    if box is None:
        return fields.SigFieldSpec(name)
    page = writer.prev.find_page_for_modification(box.page - 1)[0].get_object()
    height = float(page["/MediaBox"][3])
    left, bottom = round(box.x), round(height - box.y - box.height)
    right, top = round(box.x + box.width), round(height - box.y)
    return fields.SigFieldSpec(name, on_page=box.page - 1, box=(left, bottom, right, top))

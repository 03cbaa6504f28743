"""The stand-in behind the port: signs with the demonstration authority, checks against its root.

A file becomes PAdES B-LT in one revision a signature: certificates and revocation list go into the document
security store (ISO 32000-2 §12.8.4.3) before the signature that covers them, so that the last signature covers the
whole file and nothing is fetched when it is checked.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

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

from jianheng.services.signing import checks
from jianheng.services.signing.authority import DemonstrationAuthority
from jianheng.services.signing.errors import UnreadablePdfError
from jianheng.services.signing.ports import Box, Holder, Report, Signing
from jianheng.services.signing.timestamps import LocalTimeStamper, asn1

_RESERVED = 2 * 7000  # hexadecimal digits kept for a signature with its time-stamp; the longest names need 5 500
_CLICKABLE = StaticStampStyle(border_width=0)  # draws nothing: seal and name are the paper's own

# A verdict is an answer, not an incident: pyHanko would log each failed check with its trace.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class LocalSigner:
    """Implements :class:`jianheng.services.signing.ports.Signer` with keys below ``home``."""

    def __init__(self, home: Path) -> None:
        self.authority = DemonstrationAuthority(home)

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
        for signing in signings:
            self.authority.holder(signing.as_, now)  # all may sign, or nobody does
        for signing in signings:
            pdf = self._signed(pdf, signing, now)
        return pdf

    def identity(self, *, now: datetime) -> str:
        """The fingerprint of the root."""
        self.authority.time_stamper(now)
        return self.authority.root(now).certificate.fingerprint(hashes.SHA256()).hex()[:16]

    def check(self, pdf: bytes, *, now: datetime) -> Report:
        """Judge every signature as of ``now``."""
        root, _ = asn1(self.authority.root(now))
        current = asn1_crl.CertificateList.load(self.authority.revocation_list(now))
        return checks.report(pdf, root=root, current=current, now=now)

    def _signed(self, pdf: bytes, signing: Signing, now: datetime) -> bytes:
        writer = _writer(pdf)
        certificate, key = asn1(self.authority.holder(signing.as_, now))
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

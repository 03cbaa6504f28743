"""The stand-in for a time-stamping service (RFC 3161), signing with an EC key.

It answers every well-formed request about a SHA-2 digest with the hour it is told; it keeps no record. The token
carries the signing certificate's hash (``signing-certificate-v2``, RFC 5816) so that it cannot be re-attributed.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from asn1crypto import algos, cms, core, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.timestamps import TimeStamper

from jianheng.services.signing.authority import Credential

POLICY = "2.25.219481239843902754120398437261"  # a UUID-derived identifier of this stand-in's own policy
_DIGESTS = {"sha256", "sha384", "sha512"}


class LocalTimeStamper(TimeStamper):
    """Answers pyHanko's requests in this process, as of ``now``."""

    def __init__(self, credential: Credential, now: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko says only some of its types
        self.credential, self.now = credential, now

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer to one request."""
        return answer(req, self.credential, self.now)


def answer(request: tsp.TimeStampReq, credential: Credential, now: datetime) -> tsp.TimeStampResp:
    """RFC 3161 §2.4.2: a token over the request's digest, or a rejection that names why."""
    imprint = request["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    digest = imprint["hashed_message"].native
    if algorithm not in _DIGESTS:
        return _rejected("bad_alg")
    if len(digest) != int(algorithm[3:]) // 8:
        return _rejected("bad_data_format")
    certificate = asn1_x509.Certificate.load(credential.certificate.public_bytes(serialization.Encoding.DER))
    told = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": imprint,
        "serial_number": secrets.randbits(64),
        "gen_time": now.replace(microsecond=0),
        "tsa": asn1_x509.GeneralName(name="directory_name", value=certificate.subject),
    }
    if request["nonce"].native is not None:
        told["nonce"] = request["nonce"]
    token = _signed(tsp.TSTInfo(told).dump(), certificate, credential.key, now)
    return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})


def _rejected(why: str) -> tsp.TimeStampResp:
    return tsp.TimeStampResp({"status": {"status": "rejection", "fail_info": {why}}})


def _signed(
    info: bytes, certificate: asn1_x509.Certificate, key: ec.EllipticCurvePrivateKey, now: datetime
) -> cms.ContentInfo:
    """RFC 5652 §5: the token information under one signature."""
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now.replace(microsecond=0))})),
            _attribute("signing_certificate_v2", _certificate_hash(certificate)),
            _attribute("message_digest", _sha256(info)),
        ]
    )
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number}),
        ),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signed_attrs": attributes,
        "signature": key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
    }
    signed = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
        "certificates": [certificate],
        "signer_infos": [signer],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": (value,)})


def _certificate_hash(certificate: asn1_x509.Certificate) -> tsp.SigningCertificateV2:
    named = tsp.ESSCertIDv2({"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": _sha256(certificate.dump())})
    return tsp.SigningCertificateV2({"certs": [named]})


def _sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def asn1(credential: Credential) -> tuple[asn1_x509.Certificate, keys.PrivateKeyInfo]:
    """A credential as pyHanko wants it."""
    certificate = asn1_x509.Certificate.load(credential.certificate.public_bytes(serialization.Encoding.DER))
    der = credential.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate, keys.PrivateKeyInfo.load(der)

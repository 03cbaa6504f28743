"""The stand-in for a certification service: a demonstration CA that lives in one directory of this machine.

Every name it certifies says that it is a demonstration. Keys are EC P-256; files are mode 0600 in a directory of
mode 0700, made under a lock so that several processes may ask at once. Certificates come straight from the root.

A person who signs by a mandate gets a certificate for this one signature; the kept ones of persons say that the platform
signs for them.

A production installation puts a licensed certification service (电子认证服务机构, 电子签名法 第十六条) behind the port;
nothing here may be trusted outside a demonstration.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jianheng.services.signing.errors import CertificateExpiredError, CertificateRevokedError, KeyFileFault
from jianheng.services.signing.ports import Holder, HolderKind

ROOT_NAME = "演示根证书"
UNTRUSTED = "演示证书，不具有法律效力"
_ROOT_YEARS, _TSA_YEARS, _HOLDER_YEARS = 30, 30, 5
_YEAR, _ONCE = timedelta(days=365), timedelta(minutes=10)
FOR_SOMEBODY = "平台代签，非本人密钥"
MANDATE = x509.ObjectIdentifier("2.25.219481239843902754120398437262")  # beside the time-stamper's own policy
_BACKDATED = timedelta(days=1)  # clocks of two machines differ; a certificate must not begin after its first use
_CRL_LIFE, _CRL_FRESH = timedelta(days=7), timedelta(hours=1)

PrivateKey = ec.EllipticCurvePrivateKey
Maker = Callable[[PrivateKey], x509.Certificate]


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey


class DemonstrationAuthority:
    """Root, time-stamp certificate, holders' certificates and revocation list below ``home``."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def root(self, now: datetime) -> Credential:
        """The root: 演示根证书."""
        return self._kept("root", now, lambda key: self._root_certificate(key, now))

    def time_stamper(self, now: datetime) -> Credential:
        """The certificate time-stamps are signed with (RFC 3161 §2.3: that purpose only)."""
        return self._kept("tsa", now, lambda key: self._time_stamp_certificate(key, now))

    def holder(self, holder: Holder, now: datetime) -> Credential:
        """The holder's certificate, issued on first use.

        Refuses with ``CertificateRevokedError`` and ``CertificateExpiredError``.
        """
        credential = self._kept(_file_of(holder), now, lambda key: self._holder_certificate(key, holder, now))
        certificate = credential.certificate
        if str(certificate.serial_number) in self._revoked():
            raise CertificateRevokedError(f"“{holder.name}”的签名证书已被吊销。", about=holder.reference)
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise CertificateExpiredError(f"“{holder.name}”的签名证书不在有效期内。", about=holder.reference)
        return credential

    def for_once(self, holder: Holder, mandate: bytes, now: datetime) -> Credential:
        """A certificate for one signature, with a key that nobody keeps; ``mandate`` is the digest it names.

        Refuses with ``CertificateRevokedError`` whose own certificate was revoked: a holder who is barred is barred here.
        """
        root, key = self.root(now), ec.generate_private_key(ec.SECP256R1())
        self._must_not_be_revoked(holder)
        name = _name(f"{holder.name}（演示）", holder.organisation or holder.name, holder.reference)
        built = _certificate(name, root.certificate.subject, key, now, _ONCE, below=root)
        usage = _usage(digital_signature=True, content_commitment=True)
        built = _below(built, root).add_extension(usage, critical=True)
        octets = b"\x04" + bytes([len(mandate)]) + mandate  # X.690 section 8.7: an OCTET STRING
        built = built.add_extension(x509.UnrecognizedExtension(MANDATE, octets), critical=False)
        return Credential(built.sign(root.key, hashes.SHA256()), key)

    def _must_not_be_revoked(self, holder: Holder) -> None:
        path = self.home / f"{_file_of(holder)}.pem"
        if path.exists():
            serial = x509.load_pem_x509_certificate(path.read_bytes()).serial_number
            if str(serial) in self._revoked():
                raise CertificateRevokedError(f"“{holder.name}”的签名证书已被吊销。", about=holder.reference)

    def revoke(self, holder: Holder, now: datetime) -> None:
        """Revoke the holder's certificate; later revocation lists name it."""
        credential = self._kept(_file_of(holder), now, lambda key: self._holder_certificate(key, holder, now))
        with self._locked():
            revoked = self._revoked() | {str(credential.certificate.serial_number): now.isoformat()}
            _write(self.home / "revoked.json", json.dumps(revoked, indent=1).encode())
            (self.home / "crl.der").unlink(missing_ok=True)

    def renew(self, holder: Holder) -> None:
        """Forget the holder's certificate and key; the next use issues new ones."""
        with self._locked():
            for suffix in (".pem", ".key.pem"):
                (self.home / f"{_file_of(holder)}{suffix}").unlink(missing_ok=True)

    def revocation_list(self, now: datetime) -> bytes:
        """The current list (RFC 5280 §5), DER; a new one once the kept one is an hour old."""
        path = self.home / "crl.der"
        if path.exists():
            kept = path.read_bytes()
            made = x509.load_der_x509_crl(kept).last_update_utc
            if made <= now < made + _CRL_FRESH:
                return kept
        root = self.root(now)
        with self._locked():
            signed = self._signed_list(root, now)
            _write(path, signed)
            return signed

    # -- certificates

    def _root_certificate(self, key: PrivateKey, now: datetime) -> x509.Certificate:
        name = _name(ROOT_NAME, "鉴衡平台本机演示")
        built = _certificate(name, name, key, now, _ROOT_YEARS * _YEAR)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        built = built.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        return built.sign(key, hashes.SHA256())

    def _time_stamp_certificate(self, key: PrivateKey, now: datetime) -> x509.Certificate:
        root = self.root(now)
        name = _name("演示时间戳", "鉴衡平台本机演示")
        built = _certificate(name, root.certificate.subject, key, now, _TSA_YEARS * _YEAR, below=root)
        built = _below(built, root).add_extension(_usage(digital_signature=True), critical=True)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return built.add_extension(purpose, critical=True).sign(root.key, hashes.SHA256())

    def _holder_certificate(self, key: PrivateKey, holder: Holder, now: datetime) -> x509.Certificate:
        root = self.root(now)
        unit = FOR_SOMEBODY if holder.kind is HolderKind.PERSON else ""
        name = _name(f"{holder.name}（演示）", holder.organisation or holder.name, holder.reference, unit)
        built = _certificate(name, root.certificate.subject, key, now, _HOLDER_YEARS * _YEAR, below=root)
        usage = _usage(digital_signature=True, content_commitment=True)
        return _below(built, root).add_extension(usage, critical=True).sign(root.key, hashes.SHA256())

    def _signed_list(self, root: Credential, now: datetime) -> bytes:
        listed = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(root.certificate.subject)
            .last_update(now)
            .next_update(now + _CRL_LIFE)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(_issuer_key(root), critical=False)
        )
        for serial, at in self._revoked().items():
            entry = x509.RevokedCertificateBuilder().serial_number(int(serial))
            listed = listed.add_revoked_certificate(entry.revocation_date(datetime.fromisoformat(at)).build())
        return listed.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    # -- files

    def _kept(self, name: str, now: datetime, make: Maker) -> Credential:
        """The credential of that file name, made first if there is none."""
        certificate = self.home / f"{name}.pem"
        if not certificate.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            made = make(key)  # before the lock: making one certificate may need another
            with self._locked():
                if not certificate.exists():
                    _write(self.home / f"{name}.key.pem", _pem(key))
                    _write(certificate, made.public_bytes(serialization.Encoding.PEM))
        return Credential(
            x509.load_pem_x509_certificate(certificate.read_bytes()), _key(self.home / f"{name}.key.pem")
        )

    def _revoked(self) -> dict[str, str]:
        path = self.home / "revoked.json"
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        for folder in (self.home, self.home / "holders"):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        with (self.home / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _file_of(holder: Holder) -> str:
    """A holder's file: another name or organisation needs another certificate, and so does what it says of persons."""
    told = "\n".join((holder.reference, holder.name, holder.organisation, holder.kind))
    if holder.kind is HolderKind.PERSON:
        told += f"\n{FOR_SOMEBODY}"
    return f"holders/{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _write(path: Path, content: bytes) -> None:
    """Write a file readable by its owner only; a reader sees the old one or the new one whole."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _key(path: Path) -> PrivateKey:
    try:
        mode, read = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise KeyFileFault(f"the key file {path} cannot be read: {error}") from error
    if mode & 0o077:
        raise KeyFileFault(f"the key file {path} is open to others (mode {mode & 0o777:o}); it must be 600")
    key = serialization.load_pem_private_key(read, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyFileFault(f"the key file {path} holds another kind of key")
    return key


def _name(common: str, organisation: str, reference: str = "", unit: str = "") -> x509.Name:
    """A distinguished name; X.520 allows 64 characters a part, longer names are cut."""
    parts = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, UNTRUSTED),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.COMMON_NAME, common),
        (NameOID.SERIAL_NUMBER, reference),
    ]
    return x509.Name([x509.NameAttribute(kind, text[:64]) for kind, text in parts if text])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    now: datetime,
    life: timedelta,
    *,
    below: Credential | None = None,
) -> x509.CertificateBuilder:
    """A certificate that begins no later than the root: one made while the clock was ahead can be used once it is right."""
    begins = now - _BACKDATED
    if below is not None:
        begins = min(begins, below.certificate.not_valid_before_utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _below(built: x509.CertificateBuilder, root: Credential) -> x509.CertificateBuilder:
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return built.add_extension(_issuer_key(root), critical=False)


def _issuer_key(root: Credential) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())


def _usage(**uses: bool) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: uses.get(name, False) for name in every})

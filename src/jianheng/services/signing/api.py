"""The door of signing: seal, sign, and judge signatures, through the port.

``settings.JIANHENG_SIGNER`` names the class behind the port (default: the demonstration stand-in); it is given
``settings.JIANHENG_SIGNING_HOME``, and whose personal key is in force when (``held``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from jianheng.kernel.mandates import SignedMandate
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.signing.errors import (
    CertificateExpiredError,
    CertificateRevokedError,
    KeyFileFault,
    MandateMissingError,
    MandateRefusedError,
    UnreadablePdfError,
)
from jianheng.services.signing.ports import (
    Box,
    Holder,
    HolderKind,
    PaperRef,
    Report,
    SignatureReport,
    Signer,
    Signing,
    Verdict,
)

__all__ = [
    "Box",
    "CertificateExpiredError",
    "CertificateRevokedError",
    "Holder",
    "HolderKind",
    "KeyFileFault",
    "MandateMissingError",
    "MandateRefusedError",
    "PaperRef",
    "Report",
    "SignatureReport",
    "SignedMandate",
    "Signer",
    "Signing",
    "UnreadablePdfError",
    "Verdict",
    "check",
    "identity",
    "sign_all",
    "signer",
]

STAND_IN = "jianheng.services.signing.local.LocalSigner"


def signer() -> Signer:
    """Whoever holds the keys here."""
    return _signer(getattr(settings, "JIANHENG_SIGNER", STAND_IN), Path(settings.JIANHENG_SIGNING_HOME))


@lru_cache(maxsize=4)
def _signer(path: str, home: Path) -> Signer:
    made: Signer = import_string(path)(home, held=personalkeys.held)
    return made


def sign_all(pdf: bytes, signings: Sequence[Signing], *, now: datetime) -> bytes:
    """Add signatures in the order given; all are made or none."""
    return signer().sign_all(pdf, signings, now=now)


def identity(*, now: datetime) -> str:
    """What tells the authority behind the port from another: the same on every machine."""
    return signer().identity(now=now)


def check(pdf: bytes, *, now: datetime) -> Report:
    """Judge every signature of a file as of ``now``."""
    return signer().check(pdf, now=now)

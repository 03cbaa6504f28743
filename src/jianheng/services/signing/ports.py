"""The port of signing: what the platform needs of whoever holds the keys.

Behind it stands a certification service (电子认证服务机构) in production and a stand-in here. Invariants every
implementation keeps: signatures are PAdES B-LT (ETSI EN 319 142-1): with a time-stamp (RFC 3161) and, inside
the file, everything needed to check them without any network; signing adds to a file and never changes what
was there; the last signature covers the whole file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from jianheng.kernel.mandates import SignedMandate


class HolderKind(StrEnum):
    """What kind of holder a certificate names."""

    BODY = "BODY"  # 单位: its signature is a seal (电子签章)
    PERSON = "PERSON"  # 个人: appraisers and others who sign by name
    PLATFORM = "PLATFORM"  # the platform itself, preserving papers nobody signed


@dataclass(frozen=True, slots=True)
class Holder:
    """Who signs: a stable reference ("organisation:12", "person:7"), the name certified, and for whom."""

    reference: str
    name: str
    kind: HolderKind
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Where on a page the signature answers a click: page from 1, points from the page's top left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PaperRef:
    """The paper a mandate must be for: matter, kind, number, frozen content."""

    matter: int
    kind: str
    number: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature to be made; without ``box`` it is in the file but nowhere on a page.

    A person's is made by ``mandate`` for ``paper``. Without one it is made for persons only who had no key of their own in
    force at ``given_at`` (now, where nobody says): the platform's own signature, in a certificate that says so.
    """

    as_: Holder
    reason: str
    location: str = ""
    box: Box | None = None
    mandate: SignedMandate | None = None
    paper: PaperRef | None = None
    given_at: datetime | None = None


class Verdict(StrEnum):
    """ETSI EN 319 102-1 §5.1.3: a third answer beside yes and no is that nobody can tell."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INDETERMINATE = "INDETERMINATE"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What was found of one signature. ``indication`` is the standard's sub-indication, ``text`` says it to a clerk.

    ``signed_at`` is the time of a trusted time-stamp, ``None`` where there is none.
    """

    field: str
    signer: str
    organisation: str
    verdict: Verdict
    indication: str
    text: str
    reason: str
    signed_at: datetime | None
    covers_whole_file: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of a file: its signatures in the order they were made."""

    verdict: Verdict
    text: str
    signatures: tuple[SignatureReport, ...]


class Signer(Protocol):
    """Signs and checks."""

    def sign(
        self, pdf: bytes, *, as_: Holder, reason: str, now: datetime, location: str = "", box: Box | None = None
    ) -> bytes:
        """Add one signature; refuses with ``CertificateRevokedError``, ``CertificateExpiredError``."""
        ...

    def sign_all(self, pdf: bytes, signings: Sequence[Signing], *, now: datetime) -> bytes:
        """Add several signatures in the order given, each covering those before it.

        Refuses with ``MandateMissingError`` and ``MandateRefusedError`` a person's without a mandate that holds.
        """
        ...

    def identity(self, *, now: datetime) -> str:
        """What tells this authority from another, the same on every machine; makes what is made on first use."""
        ...

    def check(self, pdf: bytes, *, now: datetime) -> Report:
        """Judge every signature as of ``now``; refuses with ``UnreadablePdfError`` what is no PDF."""
        ...

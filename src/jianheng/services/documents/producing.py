"""Making the paper whose number is decided: set, sign, store, log, issued. Resumable, and once done, done.

Nothing is written before everything is made; a worker that dies leaves the document waiting, and the next run
starts again. Two runs at once make two files, and the one whose row lock comes first is the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jianheng.kernel import canonical
from jianheng.services.documents import presentation, seals, signatures, typesetting
from jianheng.services.documents.form import Form
from jianheng.services.documents.forms import form
from jianheng.services.documents.journal import logged
from jianheng.services.documents.models import Document
from jianheng.services.documents.shapes.parts import Picture, Shape
from jianheng.services.documents.terms import PLATFORM, Issuer, Seal, Status
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.signing import api as signing

PDF = "application/pdf"
PRESERVED = "平台存证"


class Storage(Protocol):
    """Where contents are kept by their hash."""

    def store(self, content: bytes, *, kind: str, now: datetime) -> str:
        """Keep a content; returns its SHA-256."""
        ...

    def read(self, sha256: str) -> bytes:
        """A content."""
        ...


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues a paper, by the name it seals with."""

    name: str
    is_demo: bool


def produce(document_id: int, *, now: datetime | None = None, storage: Storage | None = None) -> None:
    """See :func:`jianheng.services.documents.api.produce`."""
    row = Document.objects.select_related("series").filter(pk=document_id, status=Status.REQUESTED).first()
    if row is None:
        return
    moment, store = (
        max(now or timezone.now(), row.requested_at),
        storage or _files,
    )  # never signed before it was asked for
    try:
        issuing = _issuing(row)
        pdf = made(row, issuing, now=moment, storage=store)
        sha256 = store.store(pdf, kind=PDF, now=moment)
    except Exception as error:
        Document.objects.filter(pk=document_id, status=Status.REQUESTED).update(
            attempts=F("attempts") + 1, last_error=f"{type(error).__name__}: {error}"[:2000]
        )
        raise
    _issue(document_id, issuing, sha256=sha256, size=len(pdf), now=moment)


class _Files:
    """The platform's own storage."""

    def store(self, content: bytes, *, kind: str, now: datetime) -> str:
        return files.store(content, kind=kind, now=now)

    def read(self, sha256: str) -> bytes:
        return files.read(sha256)


_files: Storage = _Files()


def made(row: Document, issuing: Issuing, *, now: datetime, storage: Storage) -> bytes:
    """The paper of a row, set and signed."""
    wanted = form(row.kind)
    content = wanted.shape.model_validate(row.data["content"])
    plan = signatures.Plan.of_json(row.data["signers"])
    paper = typesetting.typeset(
        row.kind,
        content,
        marks=marks_of(row, wanted, plan, issuing),
        date=row.requested_at.astimezone(presentation.CHINA).date(),
        pictures={digest: storage.read(digest) for digest in pictures_in(content)},
    )
    return signing.sign_all(paper.pdf, _signings(row, plan, issuing, paper), now=now)


def _issuing(row: Document) -> Issuing:
    if row.issuer_id is None:
        return Issuing("", row.is_demo)
    organisation = people.organisation(row.issuer_id)
    return Issuing(organisation.name, row.is_demo or organisation.is_demo)


def site() -> str:
    """The address a verification code can be typed at."""
    return f"{settings.PUBLIC_URL}{getattr(settings, 'JIANHENG_VERIFY_PATH', '/verify/')}"


def marks_of(row: Document, wanted: Form, plan: signatures.Plan, issuing: Issuing) -> typesetting.Marks:
    return typesetting.Marks(
        title=row.title,
        issuer="" if wanted.issuer is Issuer.PARTY else issuing.name,
        number=row.number,
        code=row.code,
        address=f"{site()}{row.code}/",
        site=site(),
        seals={seal.key: _drawn(seal, issuing) for seal in plan.seals},
        signed={hand.key: hand.name for hand in plan.hands},
        demo=issuing.is_demo,
    )


def _drawn(seal: signatures.BodySeal, issuing: Issuing) -> seals.Seal:
    name = seal.name or issuing.name
    return seals.appraisal_seal(name) if seal.key == Seal.INSTITUTION else seals.court_seal(name)


def _signings(
    row: Document, plan: signatures.Plan, issuing: Issuing, paper: typesetting.Paper
) -> list[signing.Signing]:
    """Persons first, then the seals over them; a paper nobody signs by certificate is preserved by the platform."""
    boxes = {p.key: signing.Box(p.page, p.x, p.y, p.width, p.height) for p in paper.places}
    hands = [_by_hand(row, hand, issuing, boxes.get(hand.key)) for hand in plan.hands if hand.person_id is not None]
    bodies = [
        signing.Signing(
            signing.Holder(
                f"organisation:{seal.organisation_id or row.issuer_id}",
                seal.name or issuing.name,
                signing.HolderKind.BODY,
            ),
            reason=f"出具《{row.title}》",
            box=boxes.get(seal.key),
        )
        for seal in plan.seals
    ]
    if hands or bodies:
        return [*hands, *bodies]
    platform = signing.Holder(PLATFORM, "鉴衡平台", signing.HolderKind.PLATFORM)
    return [signing.Signing(platform, reason=PRESERVED)]


def _by_hand(row: Document, hand: signatures.Hand, issuing: Issuing, box: signing.Box | None) -> signing.Signing:
    """A person's signature: by the mandate kept with the paper, or, for who never had a key, by the platform."""
    holder = signing.Holder(f"person:{hand.person_id}", hand.name, signing.HolderKind.PERSON, issuing.name)
    kept: Mapping[str, Any] = next(
        (one for one in row.data.get("mandates", ()) if one["person"] == hand.person_id), {}
    )
    if "mandate" not in kept:
        given_at = canonical.read_instant(kept["signed_at"]["at"]) if kept else row.requested_at
        reason = f"平台代签《{row.title}》，非签名人本人密钥"
        return signing.Signing(holder, reason=reason, box=box, given_at=given_at)
    paper = signing.PaperRef(row.matter_id, row.kind, row.number, row.data["content"])
    mandate = signing.SignedMandate.of_json(kept)
    return signing.Signing(holder, reason=f"签署《{row.title}》", box=box, mandate=mandate, paper=paper)


def pictures_in(value: Any) -> set[str]:
    """The hashes of all pictures in a shape."""
    match value:
        case Picture():
            return {value.sha256}
        case Shape():
            return {digest for name in type(value).model_fields for digest in pictures_in(getattr(value, name))}
        case tuple():
            return {digest for item in value for digest in pictures_in(item)}
        case _:
            return set()


def _issue(document_id: int, issuing: Issuing, *, sha256: str, size: int, now: datetime) -> None:
    with transaction.atomic():
        row = Document.objects.select_for_update(of=("self",)).select_related("series").get(pk=document_id)
        if row.status != Status.REQUESTED:
            return
        row.issuer_name, row.is_demo = issuing.name, issuing.is_demo
        row.template_version = typesetting.template_version()
        row.sha256, row.size, row.file_key = sha256, size, sha256
        row.status = Status.CORRECTED if row.superseded_by else Status.ISSUED
        row.issued_at = now
        row.attempts, row.last_error = row.attempts + 1, ""
        keep(row, now=now)
        if row.status_note:  # withdrawn while it was being made
            row.status = Status.WITHDRAWN
            keep(row, now=now)


def keep(row: Document, *, now: datetime) -> None:
    """Save a changed row together with the log entry that says so.

    An entry is always later than the one before it, whatever the clock did: the newest one is the paper's state.
    """
    row.logged_at = max(now, row.logged_at + timedelta(milliseconds=1))
    salt, entry, commitment = logged(values_of(row), now=row.logged_at)
    ledger.append(entry)
    row.salt, row.commitment, row.entry_id = salt, commitment, entry.id
    row.save(update_fields=Document.CHANGING)


def values_of(row: Document) -> Mapping[str, Any]:
    """A row as :mod:`journal` reads it."""
    fields = {field.attname: getattr(row, field.attname) for field in Document._meta.concrete_fields}
    return {**fields, "series": row.series.key if row.series else None}

"""The door of documents: decide a paper, make it, find it, tell what became of it.

What passes through is ids and frozen values. A paper's content is a mapping with the fields of its form's shape
(:data:`FORMS`); what does not fit is refused before a number is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from jianheng.services.documents import codes, mandating, presentation, producing, requesting, typesetting
from jianheng.services.documents.again import SetAgain, set_again
from jianheng.services.documents.changing import erase, mark_corrected, mark_withdrawn, open_to, restrict
from jianheng.services.documents.checking import checked
from jianheng.services.documents.errors import (
    DocumentDataError,
    DocumentStateError,
    IssuerFault,
    MissingGlyphError,
    NoSuchDocumentError,
    PaperPendingError,
    SignatureMissingError,
    UnknownFormError,
)
from jianheng.services.documents.figures import figures
from jianheng.services.documents.form import Form
from jianheng.services.documents.forms import FORMS, form
from jianheng.services.documents.mandating import Deed
from jianheng.services.documents.producing import Storage, site
from jianheng.services.documents.queries import by_code, get, of_act, of_family, of_matter
from jianheng.services.documents.refs import DocumentRef
from jianheng.services.documents.requesting import Paper
from jianheng.services.documents.terms import Confidentiality, Seat, Status

__all__ = [
    "FORMS",
    "Confidentiality",
    "Deed",
    "DocumentDataError",
    "DocumentRef",
    "DocumentStateError",
    "Form",
    "IssuerFault",
    "MissingGlyphError",
    "NoSuchDocumentError",
    "Paper",
    "PaperPendingError",
    "Seat",
    "SetAgain",
    "SignatureMissingError",
    "Status",
    "Storage",
    "UnknownFormError",
    "by_code",
    "decide",
    "erase",
    "figures",
    "form",
    "frozen",
    "get",
    "mandate",
    "mark_corrected",
    "mark_withdrawn",
    "next_serial",
    "of_act",
    "of_family",
    "of_matter",
    "open_to",
    "plain_code",
    "preview",
    "produce",
    "restrict",
    "set_again",
    "site",
    "write",
]


def decide(
    *,
    kind: str,
    region: str,
    matter_id: int,
    data: Mapping[str, Any],
    issuer: int | None,
    signers: Iterable[Mapping[str, Any]] = (),
    audience: Iterable[str] | None = None,
    now: datetime,
    number_parts: Mapping[str, Any] | None = None,
    root_id: int | None = None,
    deed: Deed | None = None,
) -> Paper:
    """Decide a paper inside the caller's transaction: its number is taken here, :func:`write` keeps it.

    ``issuer`` is the organisation that gives it, and seals it where the form is sealed. ``signers`` are mappings
    of ``role``, ``name`` and ``person_id`` (or ``organisation_id`` of a body that seals beside the issuer); who
    has no place on the form is left out. ``audience`` are the seats it is sent to, by default the form's.
    ``number_parts`` may give ``short_name``, ``field``, ``year`` or ``entrustment_number`` where the content and
    the day do not say them rightly. ``root_id`` is the family of matters it can be found under, ``deed`` the act
    of the matter that asks, with the pen of whoever does it: who signs and has a key of his own signs by it. A mandate
    made before comes with the signer (``mandate``, from :func:`mandate`).

    Takes the serial, in one statement, where the paper has a number. Refuses with ``UnknownFormError``,
    ``DocumentDataError`` (all fields at once), ``MissingGlyphError``, ``SignatureMissingError``; then no number
    is taken. Refuses by what :mod:`jianheng.services.personalkeys` refuses a hand without the phrase, and a mandate
    that does not fit; the number falls with the transaction then.
    """
    return requesting.decide(
        kind=kind,
        region=region,
        matter_id=matter_id,
        data=data,
        issuer=issuer,
        signers=signers,
        audience=audience,
        now=now,
        number_parts=number_parts,
        root_id=root_id,
        deed=deed,
    )


def frozen(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a paper as it is signed and kept; refuses what :func:`decide` refuses of content."""
    return checked(form(kind), data).model_dump(mode="json")


def mandate(
    kind: str, content: Mapping[str, Any], *, name: str, role: str, person_id: int, deed: Deed, now: datetime
) -> dict[str, Any] | None:
    """The mandate of somebody who signs a paper others will issue, over its frozen content; ``None`` without a key.

    Refuses with ``PhraseNeededError`` who has one and did not give the phrase.
    """
    return mandating.mandate(form(kind), content, name=name, role=role, person_id=person_id, deed=deed, now=now)


def write(papers: Sequence[Paper]) -> tuple[DocumentRef, ...]:
    """Write decided papers and their log entries, in this order and in one statement; their files are made later.

    In the transaction that decided them: a number whose paper was not written would be a gap.
    """
    return requesting.write(papers)


def produce(document_id: int, *, now: datetime | None = None, storage: Storage | None = None) -> None:
    """Make the paper of a requested document: set, sign, store, log, issued.

    May be run again at any time: what was not finished is begun anew, what is issued is left as it is. A failure
    is counted and kept with the document, and raised again.
    """
    producing.produce(document_id, now=now, storage=storage)


def preview(kind: str, data: Mapping[str, Any], *, issuer_name: str, now: datetime | None = None) -> bytes:
    """The paper as it would look, crossed 草稿 on every page: no number, no code, no seal; nothing is written."""
    wanted = form(kind)
    marks = typesetting.Marks(title=wanted.title, issuer=issuer_name, draft=True, demo=bool(settings.DEMO))
    day = (now or timezone.now()).astimezone(presentation.CHINA).date()
    return typesetting.render(kind, checked(wanted, data), marks=marks, date=day)


def next_serial(key: str) -> int:
    """The next serial of a series that counts something else than papers, such as entrusted cases.

    Locks the series until the caller's transaction ends; a rollback gives the serial back.
    """
    return requesting.take_serial(key)[1]


def plain_code(typed: str) -> str:
    """A verification code as printed, from however somebody typed it; "" if it cannot be one."""
    return codes.read_code(typed) or ""

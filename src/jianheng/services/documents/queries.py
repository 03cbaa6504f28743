"""Reading papers: by matter, by number, by the code printed on them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from jianheng.services.documents import codes
from jianheng.services.documents.errors import NoSuchDocumentError
from jianheng.services.documents.forms import LASTING
from jianheng.services.documents.models import Document
from jianheng.services.documents.refs import DocumentRef
from jianheng.services.documents.terms import Status
from jianheng.services.people import api as people

# What a list needs; the content stays in the database.
_SHOWN = Document.objects.defer("data", "salt", "last_error")


def reference(row: Document) -> DocumentRef:
    """A row as others know it."""
    return DocumentRef(
        id=row.pk,
        region=row.region,
        matter_id=row.matter_id,
        root_id=row.root_id,
        is_restricted=row.restricted_to is not None,
        is_erased=bool(row.sha256) and not row.file_key,
        kind=row.kind,
        title=row.title,
        number=row.number,
        code=row.code,
        status=Status(row.status),
        audience=tuple(row.audience),
        requested_at=row.requested_at,
        issuer_id=row.issuer_id,
        issuer_name=row.issuer_name,
        is_demo=row.is_demo,
        entry=str(row.entry_id or ""),
        sha256=row.sha256,
        size=row.size or 0,
        issued_at=row.issued_at,
        superseded_by=row.superseded_by,
        status_note=row.status_note,
    )


def of_matter(matter_id: int, *, seats: Iterable[str] | None = None) -> tuple[DocumentRef, ...]:
    """The papers of a matter in the order they were asked for, narrowed to what the seats were sent."""
    return _listed(_SHOWN.filter(matter_id=matter_id), seats)


def of_act(matter_id: int, seq: int) -> tuple[DocumentRef, ...]:
    """The papers one act of a matter asked for, in that order."""
    return _listed(_SHOWN.filter(matter_id=matter_id, act_seq=seq), None)


def of_family(root_id: int, *, seats: Iterable[str] | None = None) -> tuple[DocumentRef, ...]:
    """The papers of all matters of a family, likewise."""
    return _listed(_SHOWN.filter(root_id=root_id), seats)


def _listed(rows: QuerySet[Document], seats: Iterable[str] | None) -> tuple[DocumentRef, ...]:
    return tuple(reference(row) for row in _seen(rows, seats).order_by("pk"))


def _seen(rows: QuerySet[Document], seats: Iterable[str] | None) -> QuerySet[Document]:
    """What was sent to the seats; to one with a moment (a mapping) what was asked for since, or is lasting."""
    return rows.filter(people.sent_to(seats, since=lambda at: Q(requested_at__gte=at) | Q(kind__in=LASTING)))


def get(document_id: int, *, matter_id: int | None = None, seats: Iterable[str] | None = None) -> DocumentRef:
    """One paper the seats were sent; ``NoSuchDocumentError`` otherwise, whether or not it exists."""
    rows = _SHOWN.filter(pk=document_id)
    row = _seen(rows if matter_id is None else rows.filter(matter_id=matter_id), seats).first()
    if row is None:
        raise NoSuchDocumentError
    return reference(row)


def by_code(code: str) -> DocumentRef | None:
    """The paper that bears this code, however it was typed; ``None`` where there is none."""
    read = codes.read_code(code)
    row = _SHOWN.filter(code=read).first() if read else None
    return reference(row) if row else None

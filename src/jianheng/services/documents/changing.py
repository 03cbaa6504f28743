"""What may still happen to a paper after its number is decided: corrected, withdrawn, opened to a seat."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from jianheng.services.documents.errors import DocumentStateError, NoSuchDocumentError
from jianheng.services.documents.models import Document
from jianheng.services.documents.producing import keep
from jianheng.services.documents.terms import Status

# From which states each state may be reached; a trigger of the database allows no others but void.
_FROM = {
    Status.CORRECTED: (Status.ISSUED, Status.CORRECTED),
    Status.WITHDRAWN: (Status.ISSUED, Status.CORRECTED),
}


def mark_corrected(number: str, *, issuer: int | None, by: str, now: datetime) -> None:
    """The paper an ``issuer`` gave under that number was corrected by its paper numbered ``by``.

    One still being made is issued as corrected.
    """
    with transaction.atomic():
        row = _newest(_locked().filter(number=number, issuer_id=issuer), number)
        if row.status == Status.REQUESTED:
            row.superseded_by = by
            keep(row, now=now)
        else:
            _change(row, Status.CORRECTED, superseded_by=by, note="", now=now)


def mark_withdrawn(number: str, *, matter_root: int | None = None, by: str = "", reason: str, now: datetime) -> None:
    """The paper of that number is withdrawn (撤回、撤销); ``by`` numbers the paper that says so, if one does.

    One still being made is withdrawn as soon as it is issued.
    """
    with transaction.atomic():
        row = _newest(_in_family(_locked().filter(number=number), matter_root), number)
        if row.status == Status.REQUESTED:
            row.superseded_by, row.status_note = by, reason[:500]
            keep(row, now=now)
        else:
            _change(row, Status.WITHDRAWN, superseded_by=by, note=reason, now=now)


def open_to(
    number: str, *, matter_root: int | None = None, seats: Iterable[str], now: datetime | None = None
) -> None:
    """Let further seats see the paper of that number, as when a court serves copies."""
    with transaction.atomic():
        row = _newest(_in_family(_locked().filter(number=number), matter_root), number)
        wider = list(dict.fromkeys([*row.audience, *seats]))
        if wider != row.audience:
            row.audience = wider
            keep(row, now=now or timezone.now())


def restrict(document_id: int, *, root_id: int, to: Iterable[str] | None, now: datetime) -> None:
    """Show a paper only to those named by their keys, of those it was sent to, from now on; ``None`` opens it again."""
    with transaction.atomic():
        row = _newest(_locked().filter(pk=document_id, root_id=root_id), str(document_id))
        row.restricted_to = None if to is None else sorted(set(to))
        keep(row, now=now)


def erase(matter_ids: Collection[int]) -> tuple[list[UUID], list[str]]:
    """Empty the papers of some matters: (newest log entries, hashes of the files) of those emptied.

    Number, kind, hash and code stay: whoever holds a copy can still ask whether it was genuine. One that was never made
    is void.
    """
    rows = Document.objects.filter(matter_id__in=matter_ids, salt__isnull=False)
    found = list(rows.order_by("pk").values_list("entry_id", "sha256"))
    left = Case(When(status=Status.REQUESTED, then=Value(Status.VOID)), default=F("status"))
    rows.update(data={}, salt=None, file_key="", status_note="", status=left)
    return [entry for entry, _ in found if entry], [sha256 for _, sha256 in found if sha256]


def _locked() -> QuerySet[Document]:
    return Document.objects.select_for_update(of=("self",)).select_related("series").order_by("-pk")


def _in_family(rows: QuerySet[Document], root_id: int | None) -> QuerySet[Document]:
    if root_id is None:
        return rows
    return rows.filter(Q(root_id=root_id) | Q(root_id=None))


def _newest(rows: QuerySet[Document], named: str) -> Document:
    row = rows.first()
    if row is None:
        raise NoSuchDocumentError(f"没有编号为“{named}”的文书。")
    return row


def _change(row: Document, to: Status, *, superseded_by: str, note: str, now: datetime) -> None:
    if row.status not in _FROM[to]:
        raise DocumentStateError(f"《{row.title}》（{row.number}）的状态不允许变更为“{to}”。", document=row.number)
    row.status, row.superseded_by, row.status_note = to, superseded_by, note[:500]
    keep(row, now=now)

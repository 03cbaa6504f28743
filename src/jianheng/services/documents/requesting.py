"""Asking for a paper inside the transaction of an act: content checked, number decided, row and log entry written.

Two statements: one takes the next serial under the lock of its series' row, one writes the document together with
its log entry. A paper nobody numbers needs only the second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from jianheng.services.documents import codes, signatures
from jianheng.services.documents.checking import checked
from jianheng.services.documents.errors import IssuerFault
from jianheng.services.documents.form import Form
from jianheng.services.documents.forms import form
from jianheng.services.documents.journal import logged
from jianheng.services.documents.numbering import (
    Numbering,
    NumberKind,
    field_abbreviation,
    numbering,
    short_name,
)
from jianheng.services.documents.refs import DocumentRef
from jianheng.services.documents.shapes.parts import Shape
from jianheng.services.documents.terms import Status

CHINA = timezone(timedelta(hours=8))

_TAKE = """
insert into documents_series (key, last) values (%s, 1)
on conflict (key) do update set last = documents_series.last + 1
returning id, last
"""
_WRITE = """
with written as (
  insert into documents_document (
    region, matter_id, root_id, act_seq, kind, title, number, series_id, serial, code, status, data, issuer_id,
    issuer_name, template_version, audience, sha256, file_key, requested_at, superseded_by, status_note, salt,
    commitment, entry_id, logged_at, attempts, last_error, is_demo
  ) values (
    %(region)s, %(matter_id)s, %(root_id)s, %(act_seq)s, %(kind)s, %(title)s, %(number)s, %(series_id)s, %(serial)s,
    %(code)s, %(status)s, %(data)s::jsonb, %(issuer_id)s, '', '', %(audience)s, '', '', %(requested_at)s, '', '',
    %(salt)s, %(commitment)s, %(entry_id)s, %(requested_at)s, 0, '', %(is_demo)s
  ) returning id
)
select written.id, ledger_append(
  %(entry_id)s, %(region)s, 'document', %(matter_id)s, %(entry_body)s, %(entry_leaf)s, %(entry_digest)s,
  %(requested_at)s
) from written
"""


def take_serial(key: str) -> tuple[int, int]:
    """The next serial of a series, locked until the transaction ends: (series id, serial)."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key])
        series_id, serial = cursor.fetchone()
    return int(series_id), int(serial)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an act asks for, as checked."""

    form: Form
    content: Shape
    plan: signatures.Plan
    numbering: Numbering | None


def prepare(
    *,
    kind: str,
    data: Mapping[str, Any],
    issuer: int | None,
    signers: Iterable[Mapping[str, Any]],
    now: datetime,
    number_parts: Mapping[str, Any] | None,
) -> Wanted:
    """Check everything that can be checked without the database."""
    wanted = form(kind)
    content = checked(wanted, data)
    plan = signatures.plan(wanted, content, signers=signers)
    if wanted.sealed and issuer is None:
        raise IssuerFault(f"{kind} is sealed and needs the organisation that issues it")
    return Wanted(wanted, content, plan, _numbering(wanted, content, issuer, now, number_parts or {}))


def request(
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
    act_seq: int | None = None,
) -> DocumentRef:
    """See :func:`jianheng.services.documents.api.request`."""
    wanted = prepare(kind=kind, data=data, issuer=issuer, signers=signers, now=now, number_parts=number_parts)
    series_id = serial = None
    number = ""
    if wanted.numbering is not None:
        series_id, serial = take_serial(wanted.numbering.series)
        number = wanted.numbering.number(serial)
    row: dict[str, Any] = {
        "region": region,
        "matter_id": matter_id,
        "root_id": root_id,
        "act_seq": act_seq,
        "kind": kind,
        "title": wanted.form.title,
        "number": number,
        "series": wanted.numbering.series if wanted.numbering else None,
        "serial": serial,
        "code": codes.new_code(),
        "status": str(Status.REQUESTED),
        "data": {"content": wanted.content.model_dump(mode="json"), "signers": wanted.plan.as_json()},
        "issuer_id": issuer,
        "audience": list(dict.fromkeys(audience if audience is not None else wanted.form.audience)),
        "requested_at": now,
        "is_demo": bool(settings.DEMO),
    }
    salt, entry, commitment = logged(row, now=now)
    row |= {"series_id": series_id, "salt": salt, "commitment": commitment, "entry_id": entry.id}
    row |= {"entry_body": entry.body, "entry_leaf": entry.leaf_hash, "entry_digest": entry.digest}
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {**row, "data": json.dumps(row["data"], ensure_ascii=False)})
        (document_id, _) = cursor.fetchone()
    return _ref(row, int(document_id), entry.id)


def _ref(row: Mapping[str, Any], document_id: int, entry_id: UUID) -> DocumentRef:
    return DocumentRef(
        id=document_id,
        region=row["region"],
        matter_id=row["matter_id"],
        kind=row["kind"],
        title=row["title"],
        number=row["number"],
        code=row["code"],
        status=Status(row["status"]),
        audience=tuple(row["audience"]),
        requested_at=row["requested_at"],
        issuer_id=row["issuer_id"],
        is_demo=row["is_demo"],
        entry=str(entry_id),
        root_id=row["root_id"],
    )


def _numbering(
    wanted: Form, content: Shape, issuer: int | None, now: datetime, parts: Mapping[str, Any]
) -> Numbering | None:
    """The series of a paper: what the caller says, filled from the content and the day."""
    if wanted.number is None:
        return None
    given: dict[str, Any] = {"year": now.astimezone(CHINA).year}
    if wanted.number is NumberKind.COURT:
        given["entrustment_number"] = getattr(content, "entrustment_number", None) or content.case_number  # type: ignore[attr-defined]
    else:
        given["short_name"] = short_name(content.institution.name)  # type: ignore[attr-defined]
        given["field"] = field_abbreviation(getattr(content, "category", ""))
    patterns = getattr(settings, "JIANHENG_NUMBER_PATTERNS", {})
    return numbering(
        wanted.number,
        issuer=f"organisation:{issuer}",
        word=wanted.word,
        parts={**given, **{name: value for name, value in parts.items() if value}},
        pattern=patterns.get(wanted.number),
    )

"""Asking for a paper inside the transaction of an act: content checked, number decided, row and log entry written.

One statement a paper takes the next serial under the lock of its series' row (none for a paper nobody numbers); one
statement writes all papers of an act, each together with its log entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from django.conf import settings
from django.db import connection

from jianheng.services.documents import codes, signatures
from jianheng.services.documents.checking import checked
from jianheng.services.documents.errors import IssuerFault
from jianheng.services.documents.form import Form
from jianheng.services.documents.forms import form
from jianheng.services.documents.journal import logged
from jianheng.services.documents.mandating import Deed, mandated
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
from jianheng.services.ledger import api as ledger

CHINA = timezone(timedelta(hours=8))

_TAKE = """
insert into documents_series (key, last) values (%s, 1)
on conflict (key) do update set last = documents_series.last + 1
returning id, last
"""
_DECIDED = (
    *(
        "region",
        "matter_id",
        "root_id",
        "act_seq",
        "kind",
        "title",
        "number",
        "series_id",
        "serial",
        "code",
        "status",
    ),
    *("data", "issuer_id", "audience", "requested_at", "salt", "commitment", "entry_id", "logged_at", "is_demo"),
)
_LATER = "'', '', '', '', '', '', 0, ''"
_WRITE = f"""
with written as (
  insert into documents_document (
    {", ".join(_DECIDED)},
    issuer_name, template_version, sha256, file_key, superseded_by, status_note, attempts, last_error
  ) values {{rows}} returning id, region, matter_id, requested_at, entry_id
)
select written.id, ledger_append(
  entry_id, region, 'document', matter_id, entry.body, entry.leaf, entry.digest, requested_at
)
from unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::text[]) with ordinality
     as entry (entry_id, body, leaf, digest, place) join written using (entry_id)
order by place
"""  # noqa: S608 - our own constants
_ROW = f"({', '.join(['%s'] * len(_DECIDED))}, {_LATER})"


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


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper whose number and content are decided and whose row is still to be written."""

    number: str
    row: Mapping[str, Any]
    entry: ledger.Entry


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
    """See :func:`jianheng.services.documents.api.decide`."""
    signers = list(signers)
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
        "act_seq": deed.seq if deed else None,
        "kind": kind,
        "title": wanted.form.title,
        "number": number,
        "series": wanted.numbering.series if wanted.numbering else None,
        "serial": serial,
        "code": codes.new_code(),
        "status": str(Status.REQUESTED),
        "data": _data(wanted, number=number, deed=deed or Deed(matter_id, 0, ""), signers=signers, now=now),
        "issuer_id": issuer,
        "audience": list(dict.fromkeys(audience if audience is not None else wanted.form.audience)),
        "requested_at": now,
        "is_demo": bool(settings.DEMO),
    }
    salt, entry, commitment = logged(row, now=now)
    row |= {"series_id": series_id, "salt": salt, "commitment": commitment, "entry_id": entry.id, "logged_at": now}
    return Paper(number, row, entry)


def _data(
    wanted: Wanted, *, number: str, deed: Deed, signers: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    """What is frozen of a paper: its content, who signs, and by which mandates, where somebody signs by a key."""
    content = wanted.content.model_dump(mode="json")
    found = mandated(wanted.form, content, wanted.plan, number=number, deed=deed, signers=signers, now=now)
    return {"content": content, "signers": wanted.plan.as_json()} | ({"mandates": found} if found else {})


def write(papers: Sequence[Paper]) -> tuple[DocumentRef, ...]:
    """See :func:`jianheng.services.documents.api.write`."""
    if not papers:
        return ()
    values = [
        paper.row[name] if name != "data" else json.dumps(paper.row["data"], ensure_ascii=False)
        for paper in papers
        for name in _DECIDED
    ]
    entries = [paper.entry for paper in papers]
    logs = [[getattr(entry, name) for entry in entries] for name in ("id", "body", "leaf_hash", "digest")]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(rows=", ".join([_ROW] * len(papers))), [*values, *logs])
        return tuple(_ref(paper, int(row[0])) for paper, row in zip(papers, cursor.fetchall(), strict=True))


def _ref(paper: Paper, document_id: int) -> DocumentRef:
    row = paper.row
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
        entry=str(paper.entry.id),
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
        given["entrustment_number"] = getattr(content, "entrustment_number", None) or content.case_number  # type: ignore[attr-defined]  # as all of a court
    else:
        given["short_name"] = short_name(content.institution.name)  # type: ignore[attr-defined]  # as all of an institution
        given["field"] = field_abbreviation(getattr(content, "category", ""))
    patterns = getattr(settings, "JIANHENG_NUMBER_PATTERNS", {})
    return numbering(
        wanted.number,
        issuer=f"organisation:{issuer}",
        word=wanted.word,
        parts={**given, **{name: value for name, value in parts.items() if value}},
        pattern=patterns.get(wanted.number),
    )

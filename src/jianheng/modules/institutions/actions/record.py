"""One act of the register, one entry of the log: what it stated and superseded is committed to, and can be proven.

The content of an act is read from the statements' own columns, when it is written and again at every export: a
licence changed behind the register's back no longer fits the commitment that stands in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jianheng.kernel import canonical
from jianheng.modules.institutions.models import (
    Appraiser,
    Institution,
    Licence,
    PracticeRegistration,
    PracticeStatus,
    Recorded,
    RegisterAct,
    Registration,
)
from jianheng.services.ledger import api as ledger

KINDS: dict[str, type[Recorded]] = {
    "registration": Registration,
    "licence": Licence,
    "practice": PracticeRegistration,
    "status": PracticeStatus,
}
OF_INSTITUTION = ("registration", "licence", "status")
OF_APPRAISER = ("practice", "status")


def record(subject: Institution | Appraiser, *, code: str, now: datetime, source: str = "") -> str:
    """Log what is new about a subject since its last act; the entry's id, "" when nothing is.

    ``code`` says what was done: ``roster``, ``practice``, ``stop``, ``resume``, ``link``, ``upgrade``. Belongs inside the
    transaction of the act; holds the subject's row until it ends, so that the subject's acts are counted in order.
    """
    subject = type(subject)._default_manager.select_for_update().get(pk=subject.pk)
    before = list(RegisterAct.objects.filter(subject=_key(subject)).order_by("serial"))
    rows = [(kind, row) for kind in _kinds(subject) for row in _statements(kind, subject)]
    stated = _new([[kind, row.pk] for kind, row in rows], [act.stated for act in before])
    superseded = _new([[kind, row.pk] for kind, row in rows if row.superseded_at], [act.superseded for act in before])
    held = _held(subject)
    if not stated and not superseded and (before[-1].held if before else {}) == held:
        return ""
    salt = ledger.new_salt()
    act = RegisterAct(
        region=_region(subject),
        subject=_key(subject),
        serial=len(before) + 1,
        code=code,
        at=now,
        source=source,
        stated=stated,
        superseded=superseded,
        held=held,
        salt=salt,
    )
    act.commitment = ledger.commitment(salt, content(act, held=held))
    entry = ledger.entry(
        "register",
        region=act.region,
        matter_id=None,
        data={"register": str(act), "code": code, "commitment": act.commitment},
        now=now,
    )
    ledger.append(entry)
    act.entry = entry.id
    act.save(force_insert=True)
    return str(entry.id)


@transaction.atomic
def log_what_came_before(*, now: datetime) -> int:
    """Give a register kept before its acts were logged one act for each subject; how many.

    Only where no act was ever logged: a statement slipped in later stays without one, and is found.
    """
    if RegisterAct.objects.exists():
        return 0
    subjects: list[Institution | Appraiser] = [*Institution.objects.order_by("pk"), *Appraiser.objects.order_by("pk")]
    return sum(bool(record(subject, code="upgrade", now=now)) for subject in subjects)


def _new(all_of_them: list[Any], before: list[list[Any]]) -> list[Any]:
    known = [one for listed in before for one in listed]
    return [one for one in all_of_them if one not in known]


def _key(subject: Institution | Appraiser) -> str:
    return subject.uscc if isinstance(subject, Institution) else subject.certificate_number


def _kinds(subject: Institution | Appraiser) -> tuple[str, ...]:
    return OF_INSTITUTION if isinstance(subject, Institution) else OF_APPRAISER


def _statements(kind: str, subject: Institution | Appraiser) -> Iterator[Recorded]:
    whose = "institution" if isinstance(subject, Institution) else "appraiser"
    yield from KINDS[kind]._default_manager.filter(**{whose: subject}).order_by("pk")


def _held(subject: Institution | Appraiser) -> dict[str, Any]:
    """What the subject's own row says, which later acts may change."""
    if isinstance(subject, Institution):
        return {"region": subject.region, "organisation": subject.organisation_id, "demo": subject.is_demo}
    return {"person": subject.person_id, "demo": subject.is_demo}


def _region(subject: Institution | Appraiser) -> str:
    if isinstance(subject, Institution):
        return subject.region
    newest = subject.practices.select_related("institution").order_by("pk").last()
    return newest.institution.region if newest else "000000"


def content(act: RegisterAct, *, held: dict[str, Any]) -> dict[str, Any]:
    """The full content of an act, as its commitment covers it; ``held`` is the subject's row then, or as it is now."""
    return {
        "id": str(act),
        "code": act.code,
        "at": canonical.instant(act.at),
        "source": act.source,
        "stated": [_statement(kind, pk) for kind, pk in act.stated],
        "superseded": [_superseded(kind, pk) for kind, pk in act.superseded],
        "held": held,
    }


def _statement(kind: str, pk: int) -> dict[str, Any]:
    row = KINDS[kind]._default_manager.filter(pk=pk).first()
    if row is None:
        return {"statement": kind, "id": pk, "gone": True}
    said = {"statement": kind, **_columns(row)}
    if isinstance(row, Licence):
        said["scope"] = [_columns(item) for item in row.scope.order_by("position")]
    return said


def _superseded(kind: str, pk: int) -> dict[str, Any]:
    row = KINDS[kind]._default_manager.filter(pk=pk).first()
    at = row.superseded_at if row else None
    return {"statement": kind, "id": pk, "at": canonical.instant(at) if at else None}


def _columns(row: Any) -> dict[str, Any]:
    """Every column of a statement but the one that is set later, by another act."""
    names = [field.attname for field in row._meta.concrete_fields if field.attname != "superseded_at"]
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return canonical.instant(value)
    return value.isoformat() if isinstance(value, date) else value


def exported(_directory: object) -> Iterator[dict[str, Any]]:
    """Every act of the register for the log's export; then every statement that no act accounts for."""
    subjects: dict[str, Institution | Appraiser] = {one.uscc: one for one in Institution.objects.all()}
    subjects |= {one.certificate_number: one for one in Appraiser.objects.all()}
    newest = {act.subject: act.pk for act in RegisterAct.objects.order_by("serial")}
    stated: set[tuple[str, int]] = set()
    superseded: set[tuple[str, int]] = set()
    for act in RegisterAct.objects.order_by("subject", "serial"):
        stated |= {(kind, pk) for kind, pk in act.stated}
        superseded |= {(kind, pk) for kind, pk in act.superseded}
        now_held = act.pk == newest[act.subject] and act.subject in subjects
        held = _held(subjects[act.subject]) if now_held else act.held
        yield {
            "id": str(act),
            "code": act.code,
            "entry": str(act.entry),
            "salt": bytes(act.salt).hex(),
            "row": content(act, held=held),
            "commitment": act.commitment,
        }
    yield from _unaccounted(stated, superseded)


def _unaccounted(stated: set[tuple[str, int]], superseded: set[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    """Statements somebody put in, or superseded, behind the register's back: they have no entry to show."""
    for kind, model in KINDS.items():
        for row in model._default_manager.order_by("pk").iterator():
            accounted = (kind, row.pk) in stated and (row.superseded_at is None or (kind, row.pk) in superseded)
            if not accounted:
                bare = {"id": f"{kind}/{row.pk}", "code": "", "entry": "", "salt": "", "commitment": ""}
                yield {**bare, "row": _statement(kind, row.pk)}

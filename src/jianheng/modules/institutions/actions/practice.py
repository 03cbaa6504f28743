"""Registering appraisers, stopping and resuming practice, linking the register to the platform's accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from jianheng.kernel.identifiers import check_certificate_number
from jianheng.modules.institutions import queries
from jianheng.modules.institutions.actions.record import record
from jianheng.modules.institutions.errors import (
    RegisterConflictError,
    UnknownAppraiserError,
    UnknownInstitutionError,
)
from jianheng.modules.institutions.models import Appraiser, Institution, PracticeRegistration, PracticeStatus
from jianheng.modules.institutions.rules.names import sort_key
from jianheng.modules.institutions.terms import AppraiserRef, StatusKind
from jianheng.services.lawbook import api as lawbook


@transaction.atomic
def register_appraiser(
    *,
    institution_id: int,
    certificate_number: str,
    name: str,
    categories: Iterable[str],
    valid_from: date,
    valid_to: date | None,
    now: datetime,
    title: str = "",
    is_senior: bool = False,
    person_id: int | None = None,
    is_demo: bool = False,
    source: str = "",
) -> AppraiserRef:
    """Register an appraiser's practice (执业登记) at an institution in categories, for the certificate's days.

    Saying the same again changes nothing. Refuses a malformed certificate number, an unknown category, and a
    person registered on the same days elsewhere or otherwise.

    Law: 司法鉴定人登记管理办法 第十四条 (one institution only).
    """
    institution = _institution(institution_id)
    codes = [lawbook.categories()[code].code for code in categories]
    number = check_certificate_number(certificate_number).require()
    appraiser, _ = Appraiser.objects.get_or_create(
        certificate_number=number, defaults={"person_id": person_id, "is_demo": is_demo}
    )
    said = {
        "institution": institution,
        "name": name.strip(),
        "title": title,
        "is_senior": is_senior,
        "categories": codes,
        "valid_to": valid_to,
    }
    held = queries.known(PracticeRegistration.objects.filter(appraiser=appraiser, valid_from=valid_from)).first()
    if held is None or any(getattr(held, field) != value for field, value in said.items()):
        try:
            with transaction.atomic():
                held = PracticeRegistration.objects.create(
                    **said,
                    appraiser=appraiser,
                    sort_key=sort_key(name, person=True),
                    valid_from=valid_from,
                    recorded_at=now,
                    source=source,
                )
        except IntegrityError as overlap:
            raise RegisterConflictError(
                f"执业证号{number}在这段时间已有执业登记；一名鉴定人只能在一家机构执业。",
                law=("司法鉴定人登记管理办法 第十四条",),
                about="certificate_number",
            ) from overlap
    record(appraiser, code="practice", now=now, source=source)
    return queries.appraiser_ref(held)


@transaction.atomic
def stop_practice(
    *,
    kind: StatusKind,
    first: date,
    now: datetime,
    last: date | None = None,
    institution_id: int | None = None,
    appraiser_id: int | None = None,
    category: str = "",
    reason: str = "",
    basis: str = "",
    source: str = "",
) -> int:
    """Record that an institution or an appraiser may not practise from ``first`` to ``last``; its id.

    Exactly one of ``institution_id`` and ``appraiser_id`` is given. ``category`` "" stops everything.
    """
    if (institution_id is None) == (appraiser_id is None):
        raise TypeError("either an institution or an appraiser is stopped")
    if category:
        category = lawbook.categories()[category].code
    if last is not None and last < first:
        raise RegisterConflictError("停止执业的截止日早于起始日。", about="last")
    institution = _institution(institution_id) if institution_id is not None else None
    appraiser = _appraiser(appraiser_id) if appraiser_id is not None else None
    row = PracticeStatus.objects.create(
        institution=institution,
        appraiser=appraiser,
        kind=kind,
        category=category,
        reason=reason,
        basis=basis,
        valid_from=first,
        valid_to=last,
        recorded_at=now,
        source=source,
    )
    record(_whose(row), code="stop", now=now, source=source)
    return row.pk


def _whose(row: PracticeStatus) -> Institution | Appraiser:
    """Whose practice a stop is about: exactly one of the two."""
    found = row.institution or row.appraiser
    assert found is not None
    return found


@transaction.atomic
def resume_practice(status_id: int, *, last: date, now: datetime) -> int:
    """State anew that a stop ended on ``last``; the earlier statement is superseded. The new statement's id."""
    row = queries.known(PracticeStatus.objects.select_for_update().filter(pk=status_id)).first()
    if row is None:
        raise RegisterConflictError("没有这条停止执业的登记，或者它已被更正。")
    if last < row.valid_from:
        raise RegisterConflictError("恢复执业之前的最后一日早于停止执业的起始日。", about="last")
    row.superseded_at = now
    row.save(update_fields=["superseded_at"])
    row.pk, row.superseded_at, row.recorded_at, row.valid_to = None, None, now, last
    row.save(force_insert=True)
    record(_whose(row), code="resume", now=now, source=row.source)
    return int(row.pk)


def link_organisation(institution_id: int, *, organisation_id: int | None, now: datetime | None = None) -> None:
    """Say which organisation of the platform an institution is; None unlinks it. Refuses one already linked."""
    institution = _institution(institution_id)
    try:
        with transaction.atomic():
            Institution.objects.filter(pk=institution.pk).update(organisation_id=organisation_id)
            record(institution, code="link", now=now or timezone.now())
    except IntegrityError as taken:
        raise RegisterConflictError("该平台单位已对应另一家机构。", about="organisation_id") from taken


def link_person(appraiser_id: int, *, person_id: int | None, now: datetime | None = None) -> None:
    """Say which person of the platform an appraiser is; None unlinks. Refuses one already linked."""
    appraiser = _appraiser(appraiser_id)
    try:
        with transaction.atomic():
            Appraiser.objects.filter(pk=appraiser.pk).update(person_id=person_id)
            record(appraiser, code="link", now=now or timezone.now())
    except IntegrityError as taken:
        raise RegisterConflictError("该平台人员已对应另一名鉴定人。", about="person_id") from taken


def _institution(pk: int) -> Institution:
    found = Institution.objects.filter(pk=pk).first()
    if found is None:
        raise UnknownInstitutionError
    return found


def _appraiser(pk: int) -> Appraiser:
    found = Appraiser.objects.filter(pk=pk).first()
    if found is None:
        raise UnknownAppraiserError
    return found

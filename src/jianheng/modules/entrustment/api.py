"""The door of entrustments: what a case asks, and how selection and casework report back.

Everything here runs in the caller's transaction, as the platform's own act on the entrustment's matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jianheng.modules.entrustment import queries
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.queries import ErasureLine, SealLine, erasable, erasures, sealed_by_court, seals
from jianheng.modules.entrustment.terms import MATERIAL, ExitKind, Origin, SelectionMode
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

__all__ = [
    "MATERIAL",
    "Brief",
    "ErasureLine",
    "ExitKind",
    "Origin",
    "SealLine",
    "SelectionMode",
    "brief",
    "erasable",
    "erasures",
    "open_at",
    "report_back",
    "sealed_by_court",
    "seals",
]


@dataclass(frozen=True, slots=True)
class Brief:
    """What an entrustment asks, as other modules need it."""

    root_id: int
    region: str
    court_id: int
    court: str
    unit_id: int
    case_number: str
    number: str
    cause: str
    category: str
    category_title: str
    subject: str
    purpose: str
    basic_facts: str
    scope: str
    is_re_appraisal: bool
    is_complex: bool
    applicant: str
    respondent: str
    institution_id: int | None
    institution_organisation_id: int | None
    institution_name: str
    term_working_days: int | None
    entrusted_on: date | None
    lead: str
    paid_on: date | None
    fee_fen: int | None


def brief(root_id: int) -> Brief:
    """The brief of an entrustment; raises ``Entrustment.DoesNotExist`` for anything else."""
    row = Entrustment.objects.get(matter_id=root_id)
    return Brief(
        root_id=row.matter_id,
        region=row.region,
        court_id=row.court_id,
        court=row.court_name,
        unit_id=row.unit_id,
        case_number=row.case_number,
        number=row.number,
        cause=row.cause,
        category=row.category,
        category_title=row.category_title,
        subject=row.subject,
        purpose=row.purpose,
        basic_facts=row.basic_facts,
        scope=row.scope,
        is_re_appraisal=row.is_re_appraisal,
        is_complex=row.complexity == "COMPLEX",
        applicant=row.applicant,
        respondent=row.respondent,
        institution_id=row.institution_id,
        institution_organisation_id=row.institution_organisation_id,
        institution_name=row.institution_name,
        term_working_days=row.term_working_days,
        entrusted_on=row.entrusted_on,
        lead=row.lead,
        paid_on=row.paid_on,
        fee_fen=row.fee_fen,
    )


def open_at(institution_ids: Collection[int]) -> dict[int, int]:
    """How many entrustments each of some institutions has at hand, that are not over; those with none are left out."""
    return queries.open_at(institution_ids)


def report_back(root_id: int, act: str, *, now: datetime, **given: Any) -> None:
    """Do one of the acts the declaration keeps for the platform (``receive_…``, ``record_selection``)."""
    content: Mapping[str, Any] = given
    procedures.perform(root_id, act=act, by=people.PLATFORM, given=content, now=now)

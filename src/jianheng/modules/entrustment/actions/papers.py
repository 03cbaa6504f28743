"""What every paper of an entrustment says, taken from the case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import MATERIAL
from jianheng.modules.institutions import api as institutions
from jianheng.services.files import api as files
from jianheng.services.procedures import api as procedures

EVERYBODY = ("court", "unit", "institution", "applicant", "respondent")


def of(turn: procedures.Turn) -> Entrustment:
    """The entrustment of a turn."""
    return Entrustment.objects.get(matter_id=turn.matter_id)


def heading(entrustment: Entrustment, *, numbered: bool = True) -> dict[str, Any]:
    """Court, case number, cause, parties; with the unit's own number once there is one."""
    said: dict[str, Any] = {
        "court": entrustment.court_name,
        "case_number": entrustment.case_number,
        "cause": entrustment.cause or None,
        "parties": [
            {"role": "申请人" if entrustment.origin != "EX_OFFICIO" else "原告", "name": entrustment.applicant},
            {"role": "被申请人" if entrustment.origin != "EX_OFFICIO" else "被告", "name": entrustment.respondent},
        ],
    }
    if numbered:
        said["entrustment_number"] = entrustment.number or None
    return said


def institution(entrustment: Entrustment) -> dict[str, Any]:
    """The institution as a paper names it."""
    if entrustment.institution_id is None:
        return {"name": entrustment.institution_name}
    return institutions.letterhead(entrustment.institution_id)


def listed(entrustment: Entrustment) -> tuple[files.ItemRef, ...]:
    """The case's materials."""
    return files.items(entrustment.matter_id, volume=MATERIAL)


def materials(items: Iterable[files.ItemRef], *, only_fit: bool = True, inside: bool = False) -> list[dict[str, Any]]:
    """Materials as rows of a paper's list; only a paper that stays ``inside`` names what not everybody may know."""
    return [
        {
            "name": item.title if inside else item.told_title,
            "kind": item.section,
            "quantity": item.quantity or None,
            "properties": item.properties or None,
            "provided_by": item.source,
            "cross_examination": item.examination_title,
        }
        for item in items
        if item.may_be_handed_over or not only_fit
    ]


def by_judge(turn: procedures.Turn) -> list[dict[str, Any]]:
    """The person acting, as the one who signs a paper."""
    return [{"name": turn.by.name, "person_id": turn.by.person_id, "role": turn.role}]


def application(turn: procedures.Turn, entrustment: Entrustment, *, reasons: str) -> None:
    """鉴定申请书, in the name of the party."""
    turn.issue(
        "appraisal_application",
        data={
            **heading(entrustment, numbered=False),
            "applicants": [{"role": "申请人", "name": entrustment.applicant}],
            "respondents": [{"role": "被申请人", "name": entrustment.respondent}],
            "matters": [entrustment.subject],
            "purpose": entrustment.purpose,
            "facts_and_reasons": reasons,
            "materials": materials(listed(entrustment), only_fit=False),
            "applied_on": turn.today,
        },
        issuer_id=entrustment.court_id,
    )

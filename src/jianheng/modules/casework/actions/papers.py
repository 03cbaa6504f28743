"""What every paper of an appraisal says, and who its appraisers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jianheng.modules.casework.errors import NotAssignedError
from jianheng.modules.casework.models import Appraisal
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.files import api as files
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Turn


def of(turn: Turn) -> Appraisal:
    """The appraisal of a turn."""
    return Appraisal.objects.get(matter_id=turn.matter_id)


def tell(turn: Turn, appraisal: Appraisal, *roles: str, text: str) -> None:
    """Put a line into the inboxes of posts of the institution."""
    holders = [people.post_holder(appraisal.organisation_id, role) for role in roles]
    turn.tell(holders, text=f"{turn.reference}：{text}")


def heading(
    appraisal: Appraisal, brief: entrustment.Brief, *, institution: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What every paper of an institution names; ``institution`` is its letterhead where that is known already."""
    return {
        "institution": institution or institutions.letterhead(appraisal.institution_id),
        "client": brief.court,
        "case_number": brief.case_number,
        "file_number": appraisal.file_number or None,
        "matter": brief.subject,
    }


def named(appraiser: dict[str, Any], *, specialty: str) -> dict[str, Any]:
    """An appraiser as a paper names one."""
    return {
        "name": appraiser["name"],
        "certificate_number": appraiser["certificate_number"],
        "title": appraiser.get("title") or None,
        "specialty": specialty,
    }


def materials(root_id: int) -> list[dict[str, Any]]:
    """The handed-over materials as rows of a paper's list."""
    return [
        {
            "name": item.told_title,
            "number": f"{root_id}-{position}",
            "kind": item.section,
            "quantity": item.quantity or None,
            "properties": item.properties or None,
            "provided_by": item.source,
        }
        for position, item in enumerate(handed_over(root_id), start=1)
    ]


def handed_over(root_id: int) -> tuple[files.ItemRef, ...]:
    """The materials handed over to the institution."""
    listed = files.items(root_id, volume=entrustment.MATERIAL)
    return tuple(item for item in listed if item.handed_over_at is not None)


def signer(turn: Turn) -> list[dict[str, Any]]:
    """The person acting, as the one who signs."""
    return [{"name": turn.by.name, "person_id": turn.by.person_id, "role": turn.role}]


SIGNED = ("signed", "content", "hands")  # what the signatures of an opinion left


def sign_anew(appraisal: Appraisal) -> None:
    """The opinion is another than was signed: it is set anew, and everybody signs again (通则 第三十七条)."""
    appraisal.signed, appraisal.content, appraisal.hands = {}, {}, {}


def must_be_assigned(turn: Turn, appraisal: Appraisal) -> dict[str, Any]:
    """The appraiser who is acting; refuses anybody not assigned to the case (通则 第十八条)."""
    for appraiser in appraisal.appraisers:
        if appraiser["person_id"] == turn.by.person_id:
            return dict(appraiser)
    raise NotAssignedError


def person_ids(appraisal: Appraisal) -> list[int]:
    """The persons assigned, first appraiser first."""
    return [appraiser["person_id"] for appraiser in appraisal.appraisers]

"""The list of one choosing: who may be chosen today, and every reason against the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import Field

from jianheng.kernel.errors import Reason
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection import rules
from jianheng.modules.selection.errors import NotACandidateError
from jianheng.modules.selection.models import Selection
from jianheng.services.procedures.api import Turn

InstitutionId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", json_schema_extra={"widget": "select"})]


def of(turn: Turn) -> Selection:
    """The selection of a turn."""
    return Selection.objects.get(matter_id=turn.matter_id)


def sifted(
    turn: Turn, selection: Selection, *, only: Collection[int] | None = None
) -> tuple[list[institutions.Candidate], list[tuple[institutions.Candidate, tuple[Reason, ...]]]]:
    """(those who may be chosen, those who may not with their reasons), in the order of their credit codes.

    ``only`` judges some institutions alone.
    """
    province = f"{selection.region[:2]}"
    left = {entry["id"]: entry["reason"] for entry in selection.left}
    recused = {int(pk): reason for pk, reason in selection.recused.items()}
    minimum = turn.law("appraisal.appraisers.minimum").number
    fit, unfit = [], []
    listed = institutions.candidates(selection.category, on=turn.today, region_scope=province, only=only)
    for candidate in sorted(listed, key=lambda one: one.uscc):
        reasons = rules.reasons_against(
            candidate, on=turn.today, minimum_appraisers=minimum, left=left, recused=recused
        )
        if reasons:
            unfit.append((candidate, reasons))
        else:
            fit.append(candidate)
    return fit, unfit


def gone(selection: Selection) -> set[str]:
    """The ids of institutions that left this entrustment or must recuse: not to be chosen in whatever way."""
    return {str(entry["id"]) for entry in selection.left} | set(selection.recused)


def options(turn: Turn) -> list[tuple[str, str]]:
    """The institutions that may be chosen today, for a form."""
    fit, _ = sifted(turn, of(turn))
    return [(str(candidate.id), candidate.name) for candidate in fit]


def must_be_fit(
    turn: Turn, selection: Selection, institution_ids: Sequence[int]
) -> dict[int, institutions.Candidate]:
    """The candidates of these ids; refuses the first who may not be chosen, with the reasons."""
    fit, unfit = sifted(turn, selection, only=institution_ids)
    found, against = {candidate.id: candidate for candidate in fit}, {each.id: reasons for each, reasons in unfit}
    for pk in institution_ids:
        if pk not in found:
            raise NotACandidateError(reasons=against[pk]) if pk in against else NotACandidateError
    return found


def must_be_listed(turn: Turn, selection: Selection, ids: Sequence[str]) -> dict[int, institutions.Candidate]:
    """The institutions of the register for this item with these ids, by id; refuses one that is not among them."""
    fit, unfit = sifted(turn, selection)
    known = {one.id: one for one in (*fit, *(one for one, _ in unfit))}
    for number, pk in enumerate(ids):
        if int(pk) not in known:
            raise NotACandidateError(
                f"第{number + 1}家应当回避的机构（编号{pk}）不在本类别的名册中，请核对。",
                about=f"recused.{number}.institution",
            )
    return known


def choose(
    turn: Turn, selection: Selection, *, institution_id: int, organisation_id: int, name: str, mode: str
) -> None:
    """Record who is chosen and tell the entrustment."""
    selection.chosen_id, selection.chosen_name, selection.mode = institution_id, name, mode
    selection.save(update_fields=["chosen_id", "chosen_name", "mode"])
    turn.publish(
        "selection.chosen", institution_id=institution_id, organisation_id=organisation_id, name=name, mode=mode
    )

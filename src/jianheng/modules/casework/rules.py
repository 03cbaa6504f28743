"""Pure decisions of an appraisal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from jianheng.kernel.errors import Reason
from jianheng.modules.casework.errors import (
    FourEyesError,
    RecusedError,
    SeniorNeededError,
    TooFewAppraisersError,
    UnqualifiedAppraiserError,
)


def may_assign(
    chosen: Sequence[int],
    *,
    qualified: Collection[int],
    seniors: Collection[int],
    recused: Collection[int],
    minimum: int,
    is_re_appraisal: bool,
) -> tuple[Reason, ...]:
    """Every reason against assigning these appraisers (register ids); empty when they may be assigned.

    Law: 司法鉴定程序通则 第十八条, 第十九条, 第二十条, 第三十二条.
    """
    found: list[Reason] = []
    if len(set(chosen)) < minimum:
        found += TooFewAppraisersError(
            f"应当指派至少{minimum}名鉴定人，已选{len(set(chosen))}名。", about="appraisers"
        ).reasons
    if unqualified := set(chosen) - set(qualified):
        found += UnqualifiedAppraiserError(
            f"有{len(unqualified)}名人员不具备本项执业类别，或者执业证无效。", about="appraisers"
        ).reasons
    if set(chosen) & set(recused):
        found += RecusedError(about="appraisers").reasons
    if is_re_appraisal and not set(chosen) & set(seniors):
        found += SeniorNeededError(about="appraisers").reasons
    return tuple(found)


def may_review(
    reviewer_id: int | None, *, appraisers: Collection[int | None], drafter: int | None
) -> tuple[Reason, ...]:
    """Why a person may not review an opinion: four eyes (通则 第三十五条)."""
    if reviewer_id is None or reviewer_id in appraisers or reviewer_id == drafter:
        return FourEyesError().reasons
    return ()


def everyone(people: Collection[int | None], *, done: Collection[str]) -> bool:
    """Whether everybody of a group is among those who have done something."""
    return all(str(person) in done for person in people)

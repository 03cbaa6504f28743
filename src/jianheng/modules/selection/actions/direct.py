"""Designation and choice outside the list: always with a recorded reason."""

from __future__ import annotations

from pydantic import Field

from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection.actions import candidates, orders, papers
from jianheng.modules.selection.errors import NoReachableInstitutionError, NotACandidateError, OrderGoesOnError
from jianheng.modules.selection.models import Selection
from jianheng.services.procedures.api import Given, Text, Turn, carries_out


class Designation(Given):
    """指定."""

    institution: candidates.InstitutionId = Field(title="指定的机构")
    reason: Text = Field(title="指定的理由", description="如：当事人协商不成且仅有一家符合条件；人民法院依职权委托")


def _options(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {"institution": candidates.options(turn)}


@carries_out("selection", "designate", given=Designation, choices=_options)
def designate(turn: Turn, given: Designation) -> None:
    """Designate a qualified institution, with the reason (证据规定 第三十二条); not past an order that goes on."""
    selection = candidates.of(turn)
    _must_not_bypass(selection)
    asked = int(given.institution)
    candidate = candidates.must_be_fit(turn, selection, [asked])[asked]
    selection.reason = given.reason
    candidates.choose(
        turn,
        selection,
        institution_id=candidate.id,
        organisation_id=int(candidate.organisation_id or 0),
        name=candidate.name,
        mode="BY_DESIGNATION",
    )
    papers.record(turn, selection, entrustment.brief(turn.root_id), mode="BY_DESIGNATION", reason=given.reason)


def _must_not_bypass(selection: Selection) -> None:
    earlier = orders.of_case(selection)
    if earlier is not None and orders.goes_on(earlier):
        raise OrderGoesOnError


class OutsideList(Given):
    """名册外选择."""

    institution: candidates.InstitutionId = Field(title="名册外的机构")
    reason: Text = Field(title="名册中没有该专业机构的情况和选择理由")


def _outside(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    barred = {value for value, _ in candidates.options(turn)} | candidates.gone(candidates.of(turn))
    reachable = institutions.reachable(on=turn.today)
    return {"institution": [(str(ref.id), ref.name) for ref in reachable if str(ref.id) not in barred]}


@carries_out("selection", "choose_outside_list", given=OutsideList, choices=_outside)
def choose_outside_list(turn: Turn, given: OutsideList) -> None:
    """Choose outside the list (法释〔2002〕8号 第十一条).

    Refuses when the list has a qualified institution, an institution that left this entrustment or must recuse, and
    one whose licence does not cover the item.
    """
    selection = candidates.of(turn)
    _must_not_bypass(selection)
    if given.institution in candidates.gone(selection):
        raise NotACandidateError("该机构已退出本次委托或者应当回避，不能选择。", about="institution")
    if candidates.options(turn):
        raise NotACandidateError("名册中有符合条件的机构，不能在名册外选择。", about="institution")
    chosen = institutions.institution(int(given.institution))
    if chosen.organisation_id is None:
        raise NoReachableInstitutionError(about="institution")
    institutions.must_be_licensed(chosen.id, selection.category, on=turn.today)
    selection.reason = given.reason
    candidates.choose(
        turn,
        selection,
        institution_id=chosen.id,
        organisation_id=chosen.organisation_id,
        name=chosen.name,
        mode="OUTSIDE_LIST",
    )
    papers.record(turn, selection, entrustment.brief(turn.root_id), mode="OUTSIDE_LIST", reason=given.reason)


class DrawReason(Given):
    """理由."""

    reason: Text = Field(title="采用摇号的理由", description="如：双方协商不成")


@carries_out("selection", "go_to_draw", given=DrawReason)
def go_to_draw(turn: Turn, given: DrawReason) -> str:
    """Leave agreement for a draw; where this case and category has an order with somebody left, that goes on."""
    selection = candidates.of(turn)
    selection.reason = given.reason
    selection.save(update_fields=["reason"])
    earlier = orders.of_case(selection)
    if earlier is not None and orders.goes_on(earlier):
        outcome = orders.take_over(turn, selection, earlier)
        return {"done": "waits", "continued": "continued"}.get(outcome, "done")
    turn.text_parties(
        f"{turn.reference}将摇号选择鉴定机构；名单公布前，双方可在公众网站各写一段随机文字，不写也不影响。"
    )
    return "done"

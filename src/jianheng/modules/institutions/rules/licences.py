"""How a licence stands on a day, and which of several speaks for an institution."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jianheng.kernel.categories import Categories
from jianheng.kernel.errors import Reason
from jianheng.modules.institutions.rules import scopes
from jianheng.modules.institutions.terms import (
    STATE_TITLES,
    Coverage,
    LicencePeriod,
    LicenceState,
    StatusKind,
    Suspension,
)

SCOPE_LAW = "司法鉴定程序通则 第十五条"
LICENCE_LAW = "全国人民代表大会常务委员会关于司法鉴定管理问题的决定 第六条"


def governing_licence(licences: Iterable[LicencePeriod], *, on: date) -> LicencePeriod | None:
    """The licence in force on a day; else the one that ran out last; else the one that begins first."""
    known = sorted(licences, key=lambda licence: licence.valid_from)
    in_force = [licence for licence in known if _begun(licence, on) and not _over(licence, on)]
    over = [licence for licence in known if _over(licence, on)]
    return next(iter(in_force[-1:] or over[-1:] or known[:1]), None)


def licence_state(licence: LicencePeriod | None, suspensions: Iterable[Suspension], *, on: date) -> LicenceState:
    """How a licence stands on a day. An end (注销、撤销) outweighs a suspension, which outweighs the dates."""
    if licence is None:
        return LicenceState.NONE
    kinds = {suspension.kind for suspension in suspensions if suspension.holds(on)}
    if kinds & {StatusKind.DEREGISTERED, StatusKind.WITHDRAWN}:
        return LicenceState.ENDED
    if not _begun(licence, on):
        return LicenceState.NOT_YET
    if _over(licence, on):
        return LicenceState.EXPIRED
    return LicenceState.SUSPENDED if StatusKind.SUSPENDED in kinds else LicenceState.VALID


def concerning(suspensions: Iterable[Suspension], code: str, categories: Categories) -> tuple[Suspension, ...]:
    """The suspensions that reach ``code``: those of everything, and those of a category around it."""
    asked = categories.licensed_as(code)
    return tuple(each for each in suspensions if not each.category or categories.within(asked, each.category))


def reasons_against(
    licence: LicencePeriod | None,
    suspensions: Iterable[Suspension],
    code: str,
    categories: Categories,
    *,
    on: date,
) -> tuple[Reason, ...]:
    """Why an institution may not take the item ``code`` on a day; empty if it may."""
    reasons = []
    state = licence_state(licence, concerning(suspensions, code, categories), on=on)
    if state is not LicenceState.VALID:
        until = f"，有效期至{licence.valid_to:%Y-%m-%d}" if licence and licence.valid_to else ""
        reasons.append(
            Reason(
                code=f"LICENCE_{state.name}",
                text=f"许可证{STATE_TITLES[state]}{until if state is LicenceState.EXPIRED else ''}。",
                law=(LICENCE_LAW,),
                next_step="请另行选择许可证在有效期内的机构。",
            )
        )
    coverage = scopes.covers(licence.lines, code, categories) if licence else Coverage.NO
    if licence and coverage is not Coverage.YES:
        name = categories[code].name
        text = (
            f"业务范围不包括“{name}”。"
            if coverage is Coverage.NO
            else f"业务范围的限制不明确，不能确认包括“{name}”。"
        )
        reasons.append(
            Reason(
                code=f"SCOPE_{coverage.name}",
                text=text,
                law=(SCOPE_LAW,),
                next_step="请另行选择业务范围包括本事项的机构；限制不明确的，请向登记机关核实。",
            )
        )
    return tuple(reasons)


def _begun(licence: LicencePeriod, on: date) -> bool:
    return licence.valid_from <= on


def _over(licence: LicencePeriod, on: date) -> bool:
    return licence.valid_to is not None and licence.valid_to < on

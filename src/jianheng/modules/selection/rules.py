"""Who may be drawn, and why the others may not. Neither popularity nor rating is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from jianheng.kernel.errors import Reason
from jianheng.modules.institutions.api import Candidate
from jianheng.modules.selection.terms import SMALLEST_LIST

R95 = "司法鉴定机构登记管理办法"
GR = "司法鉴定程序通则"


def reasons_against(
    candidate: Candidate, *, on: date, minimum_appraisers: int, left: Mapping[int, str], recused: Mapping[int, str]
) -> tuple[Reason, ...]:
    """Every reason that keeps an institution out of the list on a day; empty when it may be chosen.

    ``left`` and ``recused`` map institution ids to why they left this entrustment or may not take it.
    """
    found = list(_licence_reasons(candidate, on=on))
    if candidate.covers == "no":
        found.append(Reason("OUT_OF_SCOPE", "业务范围不包括本项鉴定。", (f"{GR} 第十五条",)))
    elif candidate.covers == "unclear":
        text = f"业务范围的限制不明确，不能确认包括本项鉴定（{candidate.limit_text}）。"
        found.append(Reason("SCOPE_UNCLEAR", text, (f"{GR} 第十五条",)))
    if candidate.qualified_appraisers < minimum_appraisers:
        text = f"具备本项执业类别的鉴定人{candidate.qualified_appraisers}名，不足{minimum_appraisers}名。"
        found.append(Reason("TOO_FEW_APPRAISERS", text, (f"{GR} 第十九条",)))
    if candidate.organisation_id is None:
        found.append(Reason("NOT_ON_PLATFORM", "尚未在平台开通账户，无法接受在线委托。"))
    if candidate.id in left:
        found.append(Reason("ALREADY_LEFT", f"已退出本次委托：{left[candidate.id]}", ("法释〔2002〕8号 第十二条",)))
    if candidate.id in recused:
        found.append(Reason("RECUSED", f"应当回避：{recused[candidate.id]}", (f"{GR} 第二十条",)))
    return tuple(found)


def _licence_reasons(candidate: Candidate, *, on: date) -> Iterable[Reason]:
    law = (f"{R95} 第三条",)
    if candidate.state == "expired":
        yield Reason("LICENCE_EXPIRED", f"许可证有效期至{candidate.valid_to:%Y年%-m月%-d日}，已经届满。", law)
    elif candidate.state == "not_yet":
        yield Reason("LICENCE_NOT_YET", f"许可证自{candidate.valid_from:%Y年%-m月%-d日}起有效，尚未生效。", law)
    elif candidate.state == "suspended":
        yield Reason("SUSPENDED", "正在停业期间。", (f"{R95} 第四十条",))
    elif candidate.state != "valid":
        yield Reason("NOT_LICENSED", f"{on:%Y年%-m月%-d日}没有有效的许可证。", law)


def alarming(size: int, *, before: int) -> str:
    """Why a list is to be told above, "" for nothing: fewer than three, or a third fewer than before."""
    if size < SMALLEST_LIST:
        return f"只有{size}家，不足{SMALLEST_LIST}家"
    return f"由{before}家减少到{size}家，减少三分之一以上" if 3 * (before - size) >= before > 0 else ""


def overlap(rankings: Sequence[Sequence[int]]) -> int | None:
    """The institution both sides named, best by the sum of its ranks; ties go to the better worst rank, then id.

    ``rankings`` holds institution ids, best first; ``None`` when no institution is on every list.
    """
    if not rankings or any(not ranking for ranking in rankings):
        return None
    common = set(rankings[0]).intersection(*rankings[1:])
    if not common:
        return None

    def merit(institution_id: int) -> tuple[int, int, int]:
        ranks = [list(ranking).index(institution_id) for ranking in rankings]
        return sum(ranks), max(ranks), institution_id

    return min(common, key=merit)

"""Named reads of entrustments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from jianheng.kernel.money import yuan_text
from jianheng.modules.entrustment.models import Entrustment, Erasure, Predecessor, Seal
from jianheng.modules.entrustment.terms import RecusalState
from jianheng.services.lawbook import api as lawbook
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


def facts(matter_id: int, seats: Collection[str]) -> list[tuple[str, str]]:
    """What an entrustment's page tells at the top, as (label, value); empty values are left out.

    What was paid to a predecessor is told to court and parties, not to the successor.
    """
    row = Entrustment.objects.filter(matter_id=matter_id).first()
    if row is None:
        return []
    told = [
        ("案号", row.case_number),
        ("委托鉴定案号", row.number),
        ("案由", row.cause),
        ("审理法院", row.court_name),
        ("启动方式", row.get_origin_display()),
        ("鉴定类别", row.category_title),
        ("鉴定事项", row.subject),
        ("鉴定目的", row.purpose),
        ("简要案情", row.basic_facts),
        ("申请人", row.applicant),
        ("对方当事人", row.respondent),
        ("难易程度", row.get_complexity_display()),
        ("督办人", "、".join(name for name in (row.lead, row.assistant) if name)),
        ("回避", _recusal(row.staff_recusal)),
        ("鉴定机构", row.institution_name),
        ("选择方式", row.get_mode_display() if row.mode else ""),
        ("鉴定期限", f"{row.term_working_days}个工作日" if row.term_working_days else ""),
        ("鉴定费", f"{yuan_text(row.fee_fen)}元" if row.fee_fen is not None else ""),
        ("已交", f"{yuan_text(row.paid_fen)}元" if row.paid_fen else ""),
        ("鉴定书编号", row.report_number),
        ("评价得分", str(row.score) if row.score is not None else ""),
        ("退费", "应退还鉴定费" if row.refund_due else ""),
    ]
    if set(seats) - {"institution"}:
        before = row.predecessors.order_by("pk")
        told += [(f"前任鉴定机构（{one.left_on:%Y-%m-%d}退出）", _said(one)) for one in before]
    told += _sealed(matter_id) if {"court", "unit"} & set(seats) else []
    return [(label, value) for label, value in told if value]


def _recusal(asked: Mapping[str, Any]) -> str:
    """How it stands with the recusal of somebody of the unit."""
    if not asked:
        return ""
    return f"{asked['name']}（{asked['ground']}）：{RecusalState(asked['state']).label}"


def _sealed(matter_id: int) -> list[tuple[str, str]]:
    """What of the case is sealed, since when and for whom, and what is proposed: for the court's own eyes."""
    told = []
    for one in Seal.objects.filter(matter_id=matter_id, opened_at=None, refused_at=None).order_by("pk"):
        what = "整个案件" if not one.target else "一份材料"
        named = "、".join(people.person_names(one.readers).values())
        since = one.confirmed_at or one.asked_at
        said = f"{what}，{one.get_ground_display()}，{timezone.localdate(since)}"
        told.append(
            ("已经封存" if one.confirmed_at else "提请封存", f"{said}；知悉人员：{named}；理由：{one.reason}")
        )
    return told


@dataclass(frozen=True, slots=True)
class SealLine:
    """A seal as those above see it: when, where, on which ground, by whom, how late the case was; nothing of the case."""

    court: str
    whole: bool
    ground: str
    sealed_at: datetime
    asked_by: str
    confirmed_by: str
    overdue: int
    opened_at: datetime | None
    opening_ground: str


def seals(court_ids: Collection[int], *, limit: int = 200) -> list[SealLine]:
    """The seals of some courts, those that hold first, the newest first."""
    rows = Seal.objects.filter(court_id__in=list(court_ids), confirmed_at__isnull=False)
    found = list(rows.order_by(F("opened_at").desc(nulls_first=True), "-confirmed_at")[:limit])
    courts = people.organisation_names(one.court_id for one in found)
    return [
        SealLine(
            court=courts.get(one.court_id, ""),
            whole=not one.target,
            ground=one.get_ground_display(),
            sealed_at=one.confirmed_at,
            asked_by=one.asked_by,
            confirmed_by=one.confirmed_by,
            overdue=one.overdue,
            opened_at=one.opened_at,
            opening_ground=one.get_opening_ground_display(),
        )
        for one in found
        if one.confirmed_at
    ]


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """An erasing, asked for or done: of which case by its number, why, by whom, how far."""

    matter_id: int
    reference: str
    ground: str
    asked_by: str
    approved_by: str
    state: str
    at: datetime


def erasures(court_ids: Collection[int], *, by: people.Actor, limit: int = 100) -> list[ErasureLine]:
    """The erasings of some courts, the newest first, without those of cases sealed to whoever asks."""
    rows = Erasure.objects.filter(court_id__in=list(court_ids)).exclude(procedures.withheld(by))
    found = list(rows.order_by("-pk")[:limit])
    numbers = dict(
        Entrustment.objects.filter(matter_id__in=[one.matter_id for one in found]).values_list(
            "matter_id", "case_number"
        )
    )
    return [
        ErasureLine(
            matter_id=one.matter_id,
            reference=numbers.get(one.matter_id, ""),
            ground=one.get_ground_display(),
            asked_by=one.asked_by,
            approved_by=one.approved_by,
            state=_state(one),
            at=one.carried_at or one.stopped_at or one.approved_at or one.asked_at,
        )
        for one in found
    ]


def _state(one: Erasure) -> str:
    if one.carried_at:
        return "已销毁"
    if one.stopped_at:
        return "不予销毁"
    return "异议期内" if one.approved_at else "待批准"


def erasable(
    court_ids: Collection[int], *, by: people.Actor, on: date, region: str
) -> tuple[procedures.OverRow, ...]:
    """The cases of some courts whose term of keeping has ended by a day, the oldest first."""
    years = lawbook.book().value("archive.retention", on=on, region=region).number
    until = datetime.combine(years_earlier(on, years), time(), tzinfo=timezone.get_current_timezone())
    return procedures.over_before(until, procedure="entrustment", organisation_ids=court_ids, actor=by)


def years_earlier(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def sealed_by_court(court_ids: Collection[int]) -> list[tuple[str, int]]:
    """(court, how many cases are sealed now), the most first: for the courts' leaders, who otherwise count without them."""
    rows = Seal.objects.filter(court_id__in=list(court_ids), confirmed_at__isnull=False, opened_at=None)
    whole = (
        rows.filter(document_id=None, item_id=None).values("court_id").annotate(n=Count("matter_id", distinct=True))
    )
    counted = {row["court_id"]: row["n"] for row in whole}
    names = people.organisation_names(counted)
    return sorted(((names.get(court, ""), n) for court, n in counted.items()), key=lambda one: (-one[1], one[0]))


def _said(one: Predecessor) -> str:
    """A predecessor with what was paid to it and whether it has to return it."""
    paid = f"已交{yuan_text(one.paid_fen)}元" if one.paid_fen else "未交费"
    return "，".join(filter(None, (one.name, paid, "应退还鉴定费" if one.refund_due else "")))


_OPEN_AT = """
select e.institution_id, count(*) from entrustment_entrustment e join procedures_matter m on m.id = e.matter_id
where e.institution_id = any(%s) and m.closed_at is null group by e.institution_id
"""


def open_at(institution_ids: Collection[int]) -> dict[int, int]:
    """How many entrustments each institution has that are not over."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_AT, [list(institution_ids)])
        return dict(cursor.fetchall())

"""Importing a roster of appraisers: each row whole or not at all, the same roster twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from jianheng.kernel import sheets
from jianheng.kernel.errors import Refusal
from jianheng.modules.institutions.actions.practice import link_person, register_appraiser
from jianheng.modules.institutions.errors import RegisterConflictError, UnknownInstitutionError
from jianheng.modules.institutions.models import Institution, PracticeRegistration
from jianheng.modules.institutions.queries import known
from jianheng.modules.institutions.rules.scopes import parse_scope
from jianheng.services.lawbook import api as lawbook
from jianheng.services.people import api as people

COLUMNS = {
    "institution": ("institution", "机构统一社会信用代码"),
    "certificate": ("certificate", "执业证号"),
    "name": ("name", "姓名"),
    "categories": ("categories", "执业类别"),
    "valid_from": ("valid_from", "有效期自"),
    "valid_to": ("valid_to", "有效期至"),
    "title": ("title", "职称"),
    "senior": ("senior", "高级职称"),
    "login": ("login", "登录名"),
}
YES = {"是", "yes", "1"}


def read_appraisers(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a roster of appraisers (CSV), each with its line number."""
    required = ("institution", "certificate", "name", "categories", "valid_from", "valid_to")
    return sheets.rows(content, columns=COLUMNS, required=required)


def import_appraisers(
    rows: Iterable[tuple[int, Mapping[str, str]]], *, source: str, now: datetime
) -> tuple[sheets.Told, ...]:
    """Register the appraisers of a roster and tie them to the accounts their rows name; what became of each row.

    Law: 司法鉴定人登记管理办法 第十四条 (one institution only).
    """
    return tuple(_told(line, cells, source=source, now=now) for line, cells in rows)


def _told(line: int, cells: Mapping[str, str], *, source: str, now: datetime) -> sheets.Told:
    try:
        with transaction.atomic():
            changed = _register(sheets.tidied(cells, columns=COLUMNS), source=source, now=now)
    except Refusal as refused:
        return sheets.Told(line, cells["name"], "REFUSED", refused.reasons)
    return sheets.Told(line, cells["name"], "ADDED" if changed else "UNCHANGED")


def _register(cells: Mapping[str, str], *, source: str, now: datetime) -> bool:
    institution = Institution.objects.filter(uscc=cells["institution"].upper()).first()
    if institution is None:
        raise UnknownInstitutionError(f"名册中没有信用代码为“{cells['institution']}”的机构。", about="institution")
    if not cells["name"]:
        raise RegisterConflictError("姓名没有填写。", about="name")
    held = known(PracticeRegistration.objects.filter(appraiser__certificate_number=cells["certificate"]))
    before = set(held.values_list("pk", flat=True))
    appraiser = register_appraiser(
        institution_id=institution.pk,
        certificate_number=cells["certificate"],
        name=cells["name"],
        categories=_categories(cells["categories"]),
        valid_from=_day(cells, "valid_from"),
        valid_to=_day(cells, "valid_to"),
        title=cells.get("title", ""),
        is_senior=cells.get("senior", "").lower() in YES,
        now=now,
        source=source,
    )
    if login := cells.get("login", ""):
        actor = people.actor_of_login(login, today=timezone.localdate())
        if actor is None:
            raise RegisterConflictError(f"没有登录名“{login}”。", about="login", next_step="请先导入工作人员名册。")
        link_person(appraiser.id, person_id=actor.person_id, now=now)
    return set(held.all().values_list("pk", flat=True)) != before


def _categories(text: str) -> list[str]:
    """The codes of categories written as a licence writes them; a part that names none is refused."""
    reading = parse_scope(text, lawbook.categories(), lawbook.scope_synonyms())
    if reading.kept or not reading.lines:
        raise RegisterConflictError(f"执业类别“{'、'.join(reading.kept) or text}”无法识别。", about="categories")
    return [line.category for line in reading.lines]


def _day(cells: Mapping[str, str], column: str) -> date:
    try:
        return date.fromisoformat(cells[column])
    except ValueError as bad:
        raise RegisterConflictError(f"“{cells[column]}”不是日期，应如 2026-03-02。", about=column) from bad

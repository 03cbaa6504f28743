"""The door of the register of institutions and appraisers.

What passes through is ids and frozen values. Every answer is for a day: licences, names and suspensions are
found as they hold on it; ``known_at`` asks what the register said at an instant (audit of an old draw).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.utils import timezone

from jianheng.kernel.categories import Category
from jianheng.modules.institutions import queries
from jianheng.modules.institutions.actions.import_appraisers import import_appraisers, read_appraisers
from jianheng.modules.institutions.actions.import_institutions import (
    OUTCOMES,
    ImportReport,
    RowReport,
    import_institutions,
    read_sheet,
)
from jianheng.modules.institutions.actions.practice import (
    link_organisation,
    link_person,
    register_appraiser,
    resume_practice,
    stop_practice,
)
from jianheng.modules.institutions.errors import (
    NotLicensedError,
    RegisterConflictError,
    UnknownAppraiserError,
    UnknownInstitutionError,
)
from jianheng.modules.institutions.models import Appraiser
from jianheng.modules.institutions.rules import licences
from jianheng.modules.institutions.rules.licences import licence_state
from jianheng.modules.institutions.terms import (
    STATE_TITLES,
    STATUS_TITLES,
    AppraiserRef,
    Candidate,
    Coverage,
    InstitutionFacts,
    InstitutionRef,
    LicencePeriod,
    LicenceState,
    LimitKind,
    ScopeLine,
    StatusKind,
    Suspension,
)
from jianheng.services.lawbook import api as lawbook

__all__ = [
    "OUTCOMES",
    "STATE_TITLES",
    "STATUS_TITLES",
    "AppraiserRef",
    "Candidate",
    "Category",
    "Coverage",
    "ImportReport",
    "InstitutionFacts",
    "InstitutionRef",
    "LicencePeriod",
    "LicenceState",
    "LimitKind",
    "NotLicensedError",
    "RegisterConflictError",
    "RowReport",
    "ScopeLine",
    "StatusKind",
    "Suspension",
    "UnknownAppraiserError",
    "UnknownInstitutionError",
    "appraiser",
    "appraisers_of",
    "candidates",
    "category",
    "category_choices",
    "field_choices",
    "find",
    "import_appraisers",
    "import_institutions",
    "institution",
    "letterhead",
    "licence_state",
    "link_organisation",
    "link_person",
    "must_be_licensed",
    "reachable",
    "read_appraisers",
    "read_sheet",
    "register_appraiser",
    "resume_practice",
    "search",
    "several",
    "short_name",
    "stop_practice",
]


def category(code: str) -> Category:
    """A category or item by its code (``.code``, ``.name``); refuses an unknown one."""
    return lawbook.categories()[code]


def category_choices() -> list[tuple[str, str]]:
    """(code, name) of every item a court may ask for, named with its practice category, for a form."""
    tree = lawbook.categories()
    return [
        (
            each.code,
            each.name if tree.field(each.code) == each.code else f"{tree[tree.field(each.code)].name}·{each.name}",
        )
        for each in tree
        if each.parent and not each.maps_to and not tree.within(each.code, "CT")
    ]


def field_choices() -> list[tuple[str, str]]:
    """(code, name) of the practice categories those items belong to (执业类别)."""
    tree = lawbook.categories()
    return [(code, tree[code].name) for code in dict.fromkeys(tree.field(code) for code, _ in category_choices())]


def institution(institution_id: int, *, on: date | None = None, known_at: datetime | None = None) -> InstitutionFacts:
    """What the register says of an institution on a day (default: today); refuses an unknown id."""
    return _known("id", institution_id, on=on, known_at=known_at)


def several(institution_ids: Iterable[int], *, on: date | None = None) -> dict[int, InstitutionFacts]:
    """The same of several institutions, by id, in one query; none for nobody. Refuses an unknown id."""
    asked = set(institution_ids)
    found = queries.facts_of(asked, on=on or timezone.localdate()) if asked else {}
    if found.keys() != asked:
        raise UnknownInstitutionError
    return found


def find(uscc: str, *, on: date | None = None, known_at: datetime | None = None) -> InstitutionFacts:
    """The same by credit code; refuses one the register does not know."""
    return _known("uscc", uscc.strip().upper(), on=on, known_at=known_at)


def _known(by: str, key: int | str, *, on: date | None, known_at: datetime | None) -> InstitutionFacts:
    found = queries.facts(by, key, on=on or timezone.localdate(), known_at=known_at)
    if found is None:
        raise UnknownInstitutionError
    return found


def short_name(institution_id: int, *, on: date | None = None) -> str:
    """机构简称: how the institution abbreviates itself in the numbers of its papers."""
    return institution(institution_id, on=on).short_name


def letterhead(institution_id: int, *, on: date | None = None) -> dict[str, str | None]:
    """The institution as a paper names it; who has its facts already, has it there."""
    return institution(institution_id, on=on).letterhead


def must_be_licensed(institution_id: int, category: str, *, on: date) -> InstitutionFacts:
    """What the register says of an institution; refuses, with every reason, one that may not take an item on a day.

    Law: 司法鉴定程序通则 第十五条第一项 (out of the registered scope).
    """
    found = institution(institution_id, on=on)
    stops = found.suspensions
    if reasons := licences.reasons_against(found.licence, stops, category, lawbook.categories(), on=on):
        raise NotLicensedError(reasons=reasons)
    return found


def candidates(category: str, *, on: date, region_scope: str, only: Collection[int] | None = None) -> list[Candidate]:
    """Every institution of a region whose licence speaks of the category's field, with the facts to judge it.

    ``region_scope`` is a division code or its first two or four digits, "" for the nation. Institutions that
    may not take the item are listed too: whoever chooses says why they are left out. ``only`` asks about some.
    """
    tree = lawbook.categories()
    return queries.candidates(tree[category].code, on=on, region_scope=region_scope, categories=tree, only=only)


def reachable(*, on: date) -> list[InstitutionRef]:
    """The institutions on the platform with a valid licence on a day, wherever they are, by name."""
    return queries.reachable(on=on)


def search(text: str, *, on: date | None = None, region_scope: str = "", limit: int = 20) -> list[InstitutionRef]:
    """Institutions by part of the name, beginning of the pinyin, or beginning of the credit code."""
    return queries.search(text, on=on or timezone.localdate(), region_scope=region_scope, limit=limit)


def appraisers_of(institution_id: int, category: str = "", *, on: date) -> list[AppraiserRef]:
    """The appraisers of an institution who may take an item on a day ("" = any), by name."""
    return queries.appraisers([institution_id], category, on=on, categories=lawbook.categories())


def appraiser(appraiser_id: int, *, on: date) -> AppraiserRef:
    """An appraiser as registered on a day; refuses one who is not."""
    row = Appraiser.objects.filter(pk=appraiser_id).first()
    held = queries.as_of(row.practices.select_related("appraiser"), on).first() if row else None
    if held is None:
        raise UnknownAppraiserError
    return queries.appraiser_ref(held)

"""The door of the register of institutions and appraisers.

What passes through is ids and frozen values. Every answer is for a day: licences, names and suspensions are
found as they hold on it; ``known_at`` asks what the register said at an instant (audit of an old draw).
"""

from __future__ import annotations

from collections.abc import Iterable
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
    "appraiser_of_person",
    "appraisers_of",
    "candidates",
    "category",
    "category_choices",
    "field_choices",
    "find",
    "import_appraisers",
    "import_institutions",
    "institution",
    "institution_of_organisation",
    "letterhead",
    "licence_state",
    "link_organisation",
    "link_person",
    "listed",
    "must_be_licensed",
    "reachable",
    "read_appraisers",
    "read_sheet",
    "register_appraiser",
    "resume_practice",
    "search",
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


def listed(refs: Iterable[InstitutionRef], *, on: date) -> list[InstitutionFacts]:
    """What the register says of several institutions on a day, in their order, in one statement."""
    ids = [ref.id for ref in refs]
    by_id = {found.id: found for found in queries.facts_of("id", ids, on=on)}
    return [by_id[pk] for pk in ids]


def find(uscc: str, *, on: date | None = None, known_at: datetime | None = None) -> InstitutionFacts:
    """The same by credit code; refuses one the register does not know."""
    return _known("uscc", uscc.strip().upper(), on=on, known_at=known_at)


def _known(by: str, key: int | str, *, on: date | None, known_at: datetime | None) -> InstitutionFacts:
    found = queries.facts(by, key, on=on or timezone.localdate(), known_at=known_at)
    if found is None:
        raise UnknownInstitutionError
    return found


def institution_of_organisation(organisation_id: int, *, on: date | None = None) -> InstitutionFacts | None:
    """The institution an organisation of the platform is, or None."""
    return queries.facts("organisation_id", organisation_id, on=on or timezone.localdate())


def short_name(institution_id: int, *, on: date | None = None) -> str:
    """机构简称: how the institution abbreviates itself in the numbers of its papers."""
    return institution(institution_id, on=on).short_name


def letterhead(institution_id: int, *, on: date | None = None) -> dict[str, str | None]:
    """The institution as a paper names it: name, licence_number, address, postcode, contact, phone."""
    found = institution(institution_id, on=on)
    return {
        "name": found.name,
        "licence_number": (found.licence.number if found.licence else "") or None,
        "address": found.address or None,
        "postcode": found.postcode or None,
        "contact": found.contact or None,
        "phone": found.phone or None,
    }


def must_be_licensed(institution_id: int, category: str, *, on: date) -> None:
    """Refuse, with every reason, an institution that may not take an item on a day.

    Law: 司法鉴定程序通则 第十五条第一项 (out of the registered scope).
    """
    found = institution(institution_id, on=on)
    stops = found.suspensions
    if reasons := licences.reasons_against(found.licence, stops, category, lawbook.categories(), on=on):
        raise NotLicensedError(reasons=reasons)


def candidates(category: str, *, on: date, region_scope: str, only: int | None = None) -> list[Candidate]:
    """Every institution of a region whose licence speaks of the category's field, with the facts to judge it.

    ``region_scope`` is a division code or its first two or four digits, "" for the nation. Institutions that
    may not take the item are listed too: whoever chooses says why they are left out. ``only`` asks about one.
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
    return _appraiser(on=on, pk=appraiser_id)


def appraiser_of_person(person_id: int, *, on: date) -> AppraiserRef:
    """The appraiser a person of the platform is on a day; refuses one who is none."""
    return _appraiser(on=on, person_id=person_id)


def _appraiser(*, on: date, **asked: int) -> AppraiserRef:
    row = Appraiser.objects.filter(**asked).first()
    held = queries.as_of(row.practices.select_related("appraiser"), on).first() if row else None
    if held is None:
        raise UnknownAppraiserError
    return queries.appraiser_ref(held)

"""Named reads of the register, each for a day and, where history is asked, for what was known at an instant."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from jianheng.kernel.categories import Categories
from jianheng.modules.institutions.models import (
    Institution,
    Licence,
    PracticeRegistration,
    PracticeStatus,
    Registration,
    ScopeItem,
)
from jianheng.modules.institutions.rules import licences, scopes
from jianheng.modules.institutions.rules.names import normalised, short_name, sort_key
from jianheng.modules.institutions.terms import (
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

_Row = TypeVar("_Row", bound=Model)


def known(rows: QuerySet[_Row], *, at: datetime | None = None) -> QuerySet[_Row]:
    """The rows the register stands by: now, or as it stood at an instant."""
    if at is None:
        return rows.filter(superseded_at__isnull=True)
    return rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=at), recorded_at__lte=at)


def as_of(rows: QuerySet[_Row], on: date, *, known_at: datetime | None = None) -> QuerySet[_Row]:
    """The rows that hold on a day, as known now or at an instant."""
    return known(rows, at=known_at).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def in_region(rows: QuerySet[_Row], scope: str) -> QuerySet[_Row]:
    """The rows of a division and everything below it; ``scope`` is a code, or its first two or four digits."""
    prefix = _division(scope)
    return rows.filter(region__startswith=prefix) if prefix else rows


def _division(scope: str) -> str:
    """The digits that a division's code shares with everything below it."""
    while len(scope) > 2 and len(scope) % 2 == 0 and scope.endswith("00"):
        scope = scope[:-2]
    return scope


def periods(institution_ids: Iterable[int], *, known_at: datetime | None = None) -> Mapping[int, list[LicencePeriod]]:
    """Every licence of each institution with its scope (two queries)."""
    found = list(known(Licence.objects.filter(institution_id__in=institution_ids), at=known_at))
    lines: dict[int, list[ScopeLine]] = defaultdict(list)
    for row in ScopeItem.objects.filter(licence__in=[licence.pk for licence in found]).order_by("position"):
        lines[row.licence_id].append(scope_line(row))
    by_institution: dict[int, list[LicencePeriod]] = defaultdict(list)
    for licence in found:
        by_institution[licence.institution_id].append(
            LicencePeriod(
                licence.number, licence.valid_from, licence.valid_to, licence.scope_text, tuple(lines[licence.pk])
            )
        )
    return by_institution


def scope_line(row: ScopeItem) -> ScopeLine:
    """A stored line of a scope as the rules read it."""
    return ScopeLine(row.category, LimitKind(row.kind), tuple(row.items), tuple(row.texts), row.limit_text)


def suspensions(
    *, institutions: Iterable[int] = (), appraisers: Iterable[int] = (), known_at: datetime | None = None
) -> tuple[Mapping[int, list[Suspension]], Mapping[int, list[Suspension]]]:
    """(those of each institution, those of each appraiser), in one query."""
    of_institutions: dict[int, list[Suspension]] = defaultdict(list)
    of_appraisers: dict[int, list[Suspension]] = defaultdict(list)
    asked = Q(institution_id__in=institutions) | Q(appraiser_id__in=appraisers)
    for row in known(PracticeStatus.objects.filter(asked), at=known_at).order_by("valid_from"):
        told = Suspension(StatusKind(row.kind), row.valid_from, row.valid_to, row.category, row.reason, row.basis)
        if row.institution_id is not None:
            of_institutions[row.institution_id].append(told)
        elif row.appraiser_id is not None:
            of_appraisers[row.appraiser_id].append(told)
    return of_institutions, of_appraisers


_KNOWN = (
    "(superseded_at is null or superseded_at > %(at)s) and (%(at)s::timestamptz is null or recorded_at <= %(at)s)"
)
_FACTS = f"""
select i.id, i.organisation_id, i.uscc, i.region, i.is_demo,
  array(select to_jsonb(told) from (
    select valid_from, valid_to, name, name_received, short_name, region, address, postcode, contact, phone
    from institutions_registration where institution_id = i.id and {_KNOWN} order by valid_from desc) told),
  array(select to_jsonb(told) from (
    select number, valid_from, valid_to, scope_text, array(select to_jsonb(line) from (
      select category, kind, items, texts, limit_text
      from institutions_scopeitem where licence_id = l.id order by position) line) as lines
    from institutions_licence l where institution_id = i.id and {_KNOWN}) told),
  array(select to_jsonb(told) from (
    select kind, valid_from, valid_to, category, reason, basis
    from institutions_practicestatus where institution_id = i.id and {_KNOWN} order by valid_from) told)
from institutions_institution i where
"""  # noqa: S608 - texts of our own
_FACTS_BY = {column: f"{_FACTS} i.{column} = %(key)s" for column in ("id", "uscc", "organisation_id")}
_SPEAKING = f"""{_FACTS} i.id in (
    select l.institution_id from institutions_scopeitem s join institutions_licence l on l.id = s.licence_id
    where s.category = any(%(speaking)s) and l.superseded_at is null)
  and i.region like %(region)s and (%(only)s::bigint[] is null or i.id = any(%(only)s))
order by i.uscc
"""  # noqa: S608 - likewise


def facts(by: str, key: int | str, *, on: date, known_at: datetime | None = None) -> InstitutionFacts | None:
    """What the register says of one institution on a day; ``None`` for one it does not know.

    ``by`` is the column it is found by: "id", "uscc" or "organisation_id". An unregistered day takes the newest
    registration. One statement, written by hand: every paper of an institution asks for its letterhead.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FACTS_BY[by], {"key": key, "at": known_at})
        found = cursor.fetchone()
    return None if found is None else _facts(found, on=on)


def facts_of(institution_ids: Iterable[int], *, on: date) -> dict[int, InstitutionFacts]:
    """The same of several institutions as known now, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_FACTS} i.id = any(%(ids)s)", {"ids": list(institution_ids), "at": None})
        return {row[0]: _facts(row, on=on) for row in cursor.fetchall()}


def _facts(found: Sequence[Any], *, on: date) -> InstitutionFacts:
    pk, organisation_id, uscc, region, is_demo = found[:5]
    registered, licensed, stopped = ([json.loads(told) for told in column] for column in found[5:])
    row = next((row for row in registered if _holds(row, on)), registered[0] if registered else {})
    licence = licences.governing_licence(map(_period, licensed), on=on)
    stops = tuple(map(_suspension, stopped))
    name = row.get("name") or uscc
    return InstitutionFacts(
        id=pk,
        organisation_id=organisation_id,
        name=name,
        name_received=row.get("name_received", ""),
        short_name=row.get("short_name") or short_name(name),
        uscc=uscc,
        region=row.get("region") or region,
        address=row.get("address", ""),
        postcode=row.get("postcode", ""),
        contact=row.get("contact", ""),
        phone=row.get("phone", ""),
        is_demo=is_demo,
        state=licences.licence_state(licence, [stop for stop in stops if not stop.category], on=on),
        licence=licence,
        suspensions=stops,
    )


def _holds(told: Mapping[str, Any], on: date) -> bool:
    first, last = _days(told)
    return first <= on and (last is None or on <= last)


def _days(told: Mapping[str, Any]) -> tuple[date, date | None]:
    last = told["valid_to"]
    return date.fromisoformat(told["valid_from"]), date.fromisoformat(last) if last else None


def _period(told: Mapping[str, Any]) -> LicencePeriod:
    lines = (
        ScopeLine(
            line["category"],
            LimitKind(line["kind"]),
            tuple(line["items"]),
            tuple(line["texts"]),
            line["limit_text"],
        )
        for line in told["lines"]
    )
    return LicencePeriod(told["number"], *_days(told), told["scope_text"], tuple(lines))


def _suspension(told: Mapping[str, Any]) -> Suspension:
    return Suspension(StatusKind(told["kind"]), *_days(told), told["category"], told["reason"], told["basis"])


def candidates(
    category: str, *, on: date, region_scope: str, categories: Categories, only: Collection[int] | None = None
) -> list[Candidate]:
    """Every institution of a region whose licences speak of a category's field, with the facts to judge it by.

    Two queries, however many institutions there are; in the order of their credit codes. ``only`` asks about some.
    """
    speaking = _speaking(category, categories)
    asked = {
        "speaking": list(speaking),
        "region": f"{_division(region_scope)}%",
        "only": None if only is None else list(only),
        "at": None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPEAKING, asked)
        found = [_facts(row, on=on) for row in cursor.fetchall()]
    qualified = Counter(
        appraiser.institution_id
        for appraiser in appraisers([told.id for told in found], category, on=on, categories=categories)
    )
    return [
        _candidate(told, touching, category, on=on, categories=categories, qualified=qualified[told.id])
        for told in found
        if told.licence and (touching := [line for line in told.licence.lines if line.category in speaking])
    ]


def _candidate(
    told: InstitutionFacts,
    touching: Iterable[ScopeLine],
    category: str,
    *,
    on: date,
    categories: Categories,
    qualified: int,
) -> Candidate:
    stops = licences.concerning(told.suspensions, category, categories)
    return Candidate(
        id=told.id,
        organisation_id=told.organisation_id,
        name=told.name,
        uscc=told.uscc,
        region=told.region,
        is_demo=told.is_demo,
        covers=scopes.covers(told.licence.lines if told.licence else (), category, categories),
        limit_text="；".join(line.limit_text for line in touching if line.limit_text),
        state=licences.licence_state(told.licence, stops, on=on),
        valid_from=told.licence.valid_from if told.licence else None,
        valid_to=told.licence.valid_to if told.licence else None,
        suspensions=stops,
        qualified_appraisers=qualified,
    )


def names(institutions: Mapping[int, Institution], *, on: date) -> dict[int, str]:
    """The name each institution bore on a day, or its nearest one (one query)."""
    told = {pk: institution.uscc for pk, institution in institutions.items()}
    rows = known(Registration.objects.filter(institution_id__in=institutions)).order_by("valid_from")
    for row in rows:
        if row.valid_from <= on or told[row.institution_id] == institutions[row.institution_id].uscc:
            told[row.institution_id] = row.name
    return told


# Written by hand: whoever is drawn, ranked or assigned is judged by it, over all appraisers of a province.
_PRACTISING = """
select r.appraiser_id, a.person_id, r.name, a.certificate_number, r.title, r.is_senior, r.categories, r.institution_id,
  a.is_demo,
  array(select to_jsonb(told) from (
    select kind, valid_from, valid_to, category, reason, basis from institutions_practicestatus
    where appraiser_id = a.id and superseded_at is null order by valid_from) told)
from institutions_practiceregistration r join institutions_appraiser a on a.id = r.appraiser_id
where r.institution_id = any(%(institutions)s) and r.superseded_at is null
  and r.valid_from <= %(on)s and (r.valid_to is null or r.valid_to >= %(on)s)
  and (%(speaking)s::text[] is null or r.categories && %(speaking)s::varchar[])
order by r.sort_key, r.id
"""


def appraisers(
    institution_ids: Iterable[int], category: str, *, on: date, categories: Categories
) -> list[AppraiserRef]:
    """The appraisers who may take an item on a day: registered in its category, not stopped; by name (one query).

    ``category`` "" asks for everyone registered and not wholly stopped.
    """
    speaking = list(_speaking(category, categories)) if category else None
    with connection.cursor() as cursor:
        cursor.execute(_PRACTISING, {"institutions": list(institution_ids), "on": on, "speaking": speaking})
        rows = cursor.fetchall()
    told = []
    for *row, stopped in rows:
        appraiser = AppraiserRef(*(*row[:6], tuple(row[6]), *row[7:]))
        if category and not _registered_for(appraiser.categories, category, categories):
            continue
        stops = [_suspension(json.loads(stop)) for stop in stopped]
        reaching = (
            licences.concerning(stops, category, categories)
            if category
            else [stop for stop in stops if not stop.category]
        )
        if not any(stop.holds(on) for stop in reaching):
            told.append(appraiser)
    return told


@lru_cache(maxsize=1000)
def _speaking(category: str, categories: Categories) -> frozenset[str]:
    """The codes a licence or registration may speak of this category's field with."""
    return frozenset(each.code for each in categories if scopes.touches(ScopeLine(each.code), category, categories))


@lru_cache(maxsize=10_000)  # appraisers are registered in few combinations
def _registered_for(held: tuple[str, ...], category: str, categories: Categories) -> bool:
    lines = [ScopeLine(code) for code in held if code in categories]
    return scopes.covers(lines, category, categories) is Coverage.YES


def appraiser_ref(row: PracticeRegistration) -> AppraiserRef:
    """A practice registration as others see it."""
    return AppraiserRef(
        id=row.appraiser_id,
        person_id=row.appraiser.person_id,
        name=row.name,
        certificate_number=row.appraiser.certificate_number,
        title=row.title,
        is_senior=row.is_senior,
        categories=tuple(row.categories),
        institution_id=row.institution_id,
        is_demo=row.appraiser.is_demo,
    )


def search(text: str, *, on: date, region_scope: str = "", limit: int = 20) -> list[InstitutionRef]:
    """Institutions whose name contains ``text``, or whose pinyin or credit code begins with it; by pinyin."""
    asked = normalised(text)
    if not asked or "\x00" in asked:
        return []
    rows = known(Registration.objects.select_related("institution")).filter(
        Q(name__icontains=asked)
        | Q(sort_key__startswith=asked.lower())
        | Q(institution__uscc__startswith=asked.upper())
    )
    told: dict[int, InstitutionRef] = {}
    for row in in_region(rows, region_scope).order_by("sort_key", "-valid_from")[: limit * 4]:
        told.setdefault(row.institution_id, ref(row.institution, row.name))
    return list(told.values())[:limit]


def ref(institution: Institution, name: str) -> InstitutionRef:
    """An institution in one line."""
    return InstitutionRef(
        institution.pk,
        institution.organisation_id,
        name,
        institution.uscc,
        institution.region,
        institution.is_demo,
    )


def reachable(*, on: date) -> list[InstitutionRef]:
    """The institutions with an organisation on the platform and a valid licence on a day, by name."""
    found = {row.pk: row for row in Institution.objects.filter(organisation_id__isnull=False)}
    licensed, stopped, named = periods(found), suspensions(institutions=found)[0], names(found, on=on)
    valid = [
        row
        for pk, row in found.items()
        if licences.licence_state(
            licences.governing_licence(licensed.get(pk, ()), on=on),
            [stop for stop in stopped.get(pk, ()) if not stop.category],
            on=on,
        )
        is LicenceState.VALID
    ]
    return sorted((ref(row, named[row.pk]) for row in valid), key=lambda told: sort_key(told.name))

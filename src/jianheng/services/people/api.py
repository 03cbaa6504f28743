"""The door of people: organisations, persons and posts; who is acting; tokens, passes, the access log.

What passes through is ids and frozen values. Everything here is keyword-only past the first argument.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Q, QuerySet

from jianheng.services.ledger import api as ledger
from jianheng.services.people import readings
from jianheng.services.people.acting import actor_of_login, actor_of_person, actor_of_token
from jianheng.services.people.bodies import add_organisation, pinyin_key
from jianheng.services.people.models import (
    AccessRecord,
    Account,
    ClientToken,
    Organisation,
    Person,
    Post,
)
from jianheng.services.people.operators import TwoOperatorsError, two_operators
from jianheng.services.people.passes import (
    CODE_LIFE,
    PASS_CODE,
    PASS_KEY,
    PassCodeError,
    PassCodeTooOftenError,
    PassLockedError,
    PasswordNeededError,
    actor_of_pass,
    add_parties,
    check_pass_code,
    code_again,
    keyed,
    move_party,
    parties_of,
    send_pass_code,
)
from jianheng.services.people.readings import LISTED, asked_for, reading, shown
from jianheng.services.people.requests import MemberRequest, Request
from jianheng.services.people.roster import (
    FirstPassword,
    RosterError,
    close_account,
    enrol,
    issue_password,
    read_bodies,
    read_people,
    register_bodies,
)
from jianheng.services.people.second_factor import CodeNeededError, has_codes, has_second_factor, must_give_code
from jianheng.services.people.sight import Seats, admitted, sent_to
from jianheng.services.people.terms import (
    PLATFORM,
    REGULATORS,
    ROLES_OF_KIND,
    SEE_WHEN_OWING,
    SYSTEM_HOLDER,
    Actor,
    OrganisationKind,
    PostRef,
    Role,
    Side,
    person_key,
    post_holder,
    side_holder,
)
from jianheng.services.people.waiting import failed, forgiven, minutes_to_wait, must_wait_no_more

__all__ = [
    "CODE_LIFE",
    "LISTED",
    "PASS_CODE",
    "PASS_KEY",
    "PLATFORM",
    "REGULATORS",
    "ROLES_OF_KIND",
    "SEE_WHEN_OWING",
    "SYSTEM_HOLDER",
    "Actor",
    "CodeNeededError",
    "FirstPassword",
    "MemberRequest",
    "OrganisationKind",
    "OrganisationRef",
    "PassCodeError",
    "PassCodeTooOftenError",
    "PassLockedError",
    "PasswordNeededError",
    "PostRef",
    "Request",
    "Role",
    "RosterError",
    "Seats",
    "Side",
    "TwoOperatorsError",
    "Ways",
    "access_log",
    "account_of_login",
    "actor_of_account",
    "actor_of_login",
    "actor_of_pass",
    "actor_of_person",
    "actor_of_token",
    "add_account",
    "add_organisation",
    "add_parties",
    "add_person",
    "add_post",
    "admitted",
    "asked_for",
    "check_pass_code",
    "close_account",
    "code_again",
    "court_above",
    "enrol",
    "failed",
    "find_organisation",
    "forget_readers",
    "forgiven",
    "has_codes",
    "has_second_factor",
    "hash_password",
    "issue_password",
    "issue_token",
    "keyed",
    "minutes_to_wait",
    "move_party",
    "must_give_code",
    "must_wait_no_more",
    "note_access",
    "organisation",
    "organisation_names",
    "organisations",
    "parties_of",
    "people_with_role",
    "person_key",
    "person_name",
    "person_names",
    "post_holder",
    "posts_in",
    "read_bodies",
    "read_people",
    "reading",
    "register_bodies",
    "revoke_token",
    "send_pass_code",
    "sent_to",
    "shown",
    "side_holder",
    "tokens_of",
    "two_operators",
    "ways_to",
]


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """An organisation as other services know it."""

    id: int
    name: str
    kind: str
    region: str
    code: str
    level: str
    is_demo: bool


def _ref(row: Organisation) -> OrganisationRef:
    return OrganisationRef(row.pk, row.name, row.kind, row.region, row.code, row.level, row.is_demo)


def organisation(organisation_id: int) -> OrganisationRef:
    """One organisation; raises ``Organisation.DoesNotExist`` for an unknown id."""
    return _ref(Organisation.objects.get(pk=organisation_id))


def court_above(organisation_id: int) -> int | None:
    """The body above one, by id; ``None`` for the highest, and for one that is not known."""
    return Organisation.objects.filter(pk=organisation_id).values_list("parent_id", flat=True).first()


def find_organisation(name: str, *, kind: str) -> OrganisationRef | None:
    """The organisation of this kind and exact name, if registered."""
    row = Organisation.objects.filter(kind=kind, name=name).first()
    return _ref(row) if row else None


def organisations(
    *, kind: str, region_prefix: str = "", ids: Iterable[int] | None = None
) -> tuple[OrganisationRef, ...]:
    """Organisations of a kind in pinyin order, narrowed by region prefix and ids."""
    rows = Organisation.objects.filter(kind=kind, region__startswith=region_prefix)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return tuple(_ref(row) for row in rows.order_by("sort_key", "pk"))


def organisation_names(ids: Iterable[int]) -> dict[int, str]:
    """The names of some organisations, by id."""
    return dict(Organisation.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


@ledger.operation("people.person")
def add_person(name: str, *, phone: str = "", is_demo: bool = False) -> int:
    """Register a person."""
    return Person.objects.create(name=name, phone=phone, is_demo=is_demo).pk


def person_name(person_id: int | None) -> str:
    """The person's name, "" for nobody."""
    if person_id is None:
        return ""
    return Person.objects.filter(pk=person_id).values_list("name", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person is reached outside the platform; "" where no such way is known."""

    phone: str
    email: str


def ways_to(person_id: int) -> Ways:
    """How a person is reached."""
    row = Person.objects.filter(pk=person_id).values_list("phone", "account__email").first()
    return Ways(*(way or "" for way in row)) if row else Ways("", "")


@ledger.operation("people.post")
def add_post(person_id: int, *, organisation_id: int, role: str, since: date) -> None:
    """Give a person a role in an organisation from a day on; once."""
    Post.objects.get_or_create(person_id=person_id, organisation_id=organisation_id, role=role, valid_from=since)


def hash_password(password: str) -> str:
    """A password as it may be stored. Slow on purpose."""
    return make_password(password)


@ledger.operation("people.account")
def add_account(username: str, *, password_hash: str, person_id: int) -> int:
    """An account for a person to sign in with."""
    return Account.objects.create(username=username, password=password_hash, person_id=person_id).pk


def people_with_role(organisation_id: int, *, role: str, today: date) -> tuple[tuple[int, str], ...]:
    """(person id, name) of everyone holding a role today, in pinyin order."""
    rows = _posts_on(today).filter(organisation_id=organisation_id, role=role)
    people = {post.person_id: post.person.name for post in rows.select_related("person")}
    return tuple(sorted(people.items(), key=lambda item: pinyin_key(item[1])))


def person_names(ids: Iterable[int]) -> dict[int, str]:
    """The names of some persons, by id."""
    return dict(Person.objects.filter(pk__in=set(ids)).order_by("pk").values_list("pk", "name"))


def posts_in(organisation_ids: Iterable[int], *, today: date, role: str = "") -> tuple[tuple[int, str, str], ...]:
    """(person id, name, "body, post") of everyone with a post in some bodies today, or of one role, once each."""
    rows = _posts_on(today).filter(organisation_id__in=list(organisation_ids))
    rows = rows.filter(role=role) if role else rows
    found: dict[int, tuple[int, str, str]] = {}
    for post in rows.select_related("person", "organisation").order_by("organisation_id", "role", "person_id"):
        place = f"{post.organisation.name}，{Role(post.role).label}"
        found.setdefault(post.person_id, (post.person_id, post.person.name, place))
    return tuple(found.values())


def _posts_on(today: date) -> QuerySet[Post]:
    return Post.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today)


def actor_of_account(account: Account, *, today: date) -> Actor | None:
    """Who a signed-in account is today; ``None`` for an account without a person."""
    return actor_of_person(account.person_id, today=today)


@ledger.operation("people.token")
def issue_token(
    *,
    organisation_id: int,
    person_id: int,
    label: str,
    now: datetime,
    days: int | None = 365,
    acts: Iterable[str] = (),
) -> str:
    """A new bearer token for an organisation's client; only its digest is stored, so it is shown once.

    ``acts`` limits it to procedures ("entrustment") and acts ("entrustment.screen"); none is no limit.
    """
    token = f"jh_{secrets.token_urlsafe(32)}"
    ClientToken.objects.create(
        organisation_id=organisation_id,
        person_id=person_id,
        label=label,
        acts=list(acts),
        digest=hashlib.sha256(token.encode()).hexdigest(),
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    return token


def account_of_login(username: str) -> Account:
    """The account of a login; raises ``Account.DoesNotExist``."""
    return Account.objects.get(username=username)


def tokens_of(person_id: int) -> list[Mapping[str, object]]:
    """A person's live tokens: id, label, organisation, dates; never the token itself."""
    rows = ClientToken.objects.filter(person_id=person_id, revoked_at=None).order_by("-pk")
    return list(rows.values("id", "label", "acts", "organisation__name", "created_at", "expires_at"))


@ledger.operation("people.token_ended")
def revoke_token(token_id: int, *, person_id: int, now: datetime) -> None:
    """End a token at once; somebody else's is left alone."""
    ClientToken.objects.filter(pk=token_id, person_id=person_id, revoked_at=None).update(revoked_at=now)


def note_access(
    actor: Actor | None,
    *,
    what: str,
    path: str,
    now: datetime,
    matter_id: int | None = None,
    refused: str = "",
    request_id: str = "",
) -> None:
    """Record the reading of a content or a refused attempt (访问记录), outside any act's transaction.

    A refusal is about the matter that was asked for, where none is said. Readings of matters are noted by the gate.
    """
    matter_id = readings.already_noted(matter_id)
    AccessRecord.objects.create(
        at=now,
        person_id=actor.person_id if actor else None,
        who=readings.described(actor),
        what=what,
        matter_id=matter_id,
        path=path[:300],
        refused=refused[:60],
        request_id=request_id[:36],
    )


def forget_readers(matter_ids: Collection[int]) -> None:
    """Take the names of the parties out of the access log of some matters; those of officials stay."""
    with connection.cursor() as cursor:
        cursor.execute("select people_forget_readers(%s)", [list(matter_ids)])


def access_log(matter_id: int, *, limit: int = 100) -> list[Mapping[str, object]]:
    """Who looked at a matter, newest first: at, who, what, refused."""
    rows = AccessRecord.objects.filter(matter_id=matter_id).order_by("-at")[:limit]
    return list(rows.values("at", "who", "what", "refused"))

"""Rosters an operator keeps: bodies, and the people who work in them. Each row goes in whole or not at all.

The same roster twice changes nothing. A row about a known login adds posts and corrects the telephone number; a day
in ``until`` ends the posts named. Nothing is deleted: who held which post on which day stays answerable.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from jianheng.kernel import sheets
from jianheng.kernel.errors import Refusal
from jianheng.services.ledger import api as ledger
from jianheng.services.people.bodies import add_organisation
from jianheng.services.people.models import Account, Organisation, Person, Post
from jianheng.services.people.terms import ROLES_OF_KIND, OrganisationKind, Role

BODY_COLUMNS = {
    "kind": ("kind", "类别"),
    "name": ("name", "单位名称"),
    "region": ("region", "行政区划代码"),
    "level": ("level", "级别"),
    "code": ("code", "代字或代码"),
    "parent": ("parent", "上级单位"),
}
PEOPLE_COLUMNS = {
    "organisation": ("organisation", "单位名称"),
    "name": ("name", "姓名"),
    "login": ("login", "登录名"),
    "roles": ("roles", "岗位"),
    "phone": ("phone", "手机号码"),
    "since": ("since", "起始日"),
    "until": ("until", "终止日"),
}
LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,59}")
SEPARATORS = re.compile(r"[、,，;；/ ]+")


class RosterError(Refusal):
    """名册中的这一行不能导入。"""

    code = "ROSTER_ROW"
    next_step = "请更正这一行后重新导入；已导入的行不会重复。"


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A login and the password to hand over; it must be changed at the first sign-in."""

    login: str
    password: str


def read_bodies(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a roster of bodies (CSV)."""
    return sheets.rows(content, columns=BODY_COLUMNS, required=("kind", "name", "region"))


def read_people(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a roster of people (CSV)."""
    return sheets.rows(content, columns=PEOPLE_COLUMNS, required=("organisation", "name", "login", "roles"))


def _wrong(about: str, text: str) -> RosterError:
    return RosterError(text, about=about)


def _choice(word: str, choices: type[OrganisationKind] | type[Role], about: str) -> str:
    """A kind or role by its code or its Chinese label."""
    for value, label in choices.choices:
        if word in (value, label):
            return value
    offered = "、".join(str(label) for _, label in choices.choices)
    raise _wrong(about, f"没有“{word}”这一项，可以填写：{offered}。")


def _day(cells: Mapping[str, str], about: str) -> date | None:
    if not (text := cells.get(about, "").strip()):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as bad:
        raise _wrong(about, f"“{text}”不是日期，应如 2026-03-02。") from bad


def register_bodies(
    rows: Iterable[tuple[int, Mapping[str, str]]], *, tie: Callable[[str, int, str], None]
) -> tuple[sheets.Told, ...]:
    """Register the bodies of a roster; a body above must stand in an earlier row or be registered already.

    ``tie(kind, organisation id, code)`` joins a body to what else is known of it; what it refuses, refuses the row.
    """
    return tuple(_told(line, cells, BODY_COLUMNS, lambda one: _register_body(one, tie)) for line, cells in rows)


def _told(
    line: int,
    cells: Mapping[str, str],
    columns: Mapping[str, tuple[str, ...]],
    act: Callable[[Mapping[str, str]], str],
) -> sheets.Told:
    try:
        with ledger.operation("people.roster"):
            return sheets.Told(line, cells.get("name", ""), act(sheets.tidied(cells, columns=columns)))
    except Refusal as refused:
        return sheets.Told(line, cells.get("name", ""), "REFUSED", refused.reasons)


def _register_body(cells: Mapping[str, str], tie: Callable[[str, int, str], None]) -> str:
    kind, name, code = _choice(cells["kind"], OrganisationKind, "kind"), cells["name"], cells.get("code", "")
    if not name:
        raise _wrong("name", "单位名称没有填写。")
    if not re.fullmatch(r"[0-9]{6}", cells["region"]):
        raise _wrong("region", "行政区划代码应为6位数字（GB/T 2260）。")
    parent = None
    if above := cells.get("parent", ""):
        parent = Organisation.objects.filter(kind=kind, name=above).first()
        if parent is None:
            raise _wrong("parent", f"上级单位“{above}”还没有登记，应排在前面。")
    known = Organisation.objects.filter(kind=kind, name=name).exists()
    body = add_organisation(
        name,
        kind=kind,
        region=cells["region"],
        level=cells.get("level", ""),
        code=code,
        parent_id=parent.pk if parent else None,
    )
    tie(kind, body, code)
    return "UNCHANGED" if known else "ADDED"


def enrol(
    rows: Iterable[tuple[int, Mapping[str, str]]], *, today: date
) -> tuple[tuple[sheets.Told, ...], tuple[FirstPassword, ...]]:
    """Enrol the people of a roster: what became of each row, and the first passwords of new accounts."""
    issued: list[FirstPassword] = []
    told = tuple(_told(line, cells, PEOPLE_COLUMNS, lambda one: _enrol(one, today, issued)) for line, cells in rows)
    return told, tuple(issued)


def _enrol(cells: Mapping[str, str], today: date, issued: list[FirstPassword]) -> str:
    body = _body(cells["organisation"])
    roles = _roles(cells["roles"], body)
    login, name = cells["login"].lower(), cells["name"]
    if not LOGIN.fullmatch(login):
        raise _wrong("login", "登录名应为3至60位小写字母、数字、点、横线，以字母开头。")
    if not name:
        raise _wrong("name", "姓名没有填写。")
    since, until = _day(cells, "since") or today, _day(cells, "until")
    account = Account.objects.select_related("person").filter(username=login).first()
    if account is None:
        person = Person.objects.create(name=name, phone=cells.get("phone", ""))
        password = secrets.token_urlsafe(12)
        Account.objects.create(username=login, password=make_password(password), person=person, password_issued=True)
        _hold(person, body, roles, since, until)
        issued.append(FirstPassword(login, password))
        return "ADDED"
    known = account.person
    if known is None or known.name != name:
        raise _wrong("login", f"登录名“{login}”已由他人使用，请另取一个。")
    changed = _hold(known, body, roles, since, until)
    if (phone := cells.get("phone", "")) and phone != known.phone:
        changed = bool(Person.objects.filter(pk=known.pk).update(phone=phone))
    return "CHANGED" if changed else "UNCHANGED"


def _body(name: str) -> Organisation:
    found = list(Organisation.objects.filter(name=name)[:2])
    if len(found) != 1:
        raise _wrong("organisation", f"单位“{name}”{'不止一个' if found else '还没有登记'}。")
    return found[0]


def _roles(text: str, body: Organisation) -> list[str]:
    """The roles a cell names, each one that a body of this kind has."""
    roles = [_choice(word, Role, "roles") for word in SEPARATORS.split(text) if word]
    allowed = ROLES_OF_KIND[body.kind]
    if not roles or (strange := [role for role in roles if role not in allowed]):
        said = "、".join(str(Role(role).label) for role in strange) if roles else "（空）"
        offered = "、".join(str(role.label) for role in allowed)
        raise _wrong("roles", f"{body.get_kind_display()}没有岗位{said}，可以填写：{offered}。")
    return roles


def _hold(person: Person, body: Organisation, roles: Iterable[str], since: date, until: date | None) -> bool:
    """Let a person hold roles from a day on, or end them; whether that changed anything."""
    if until is not None and until < since:
        raise _wrong("until", f"终止日{until}早于起始日{since}。")
    changed = False
    for role in roles:
        post = Post.objects.filter(person=person, organisation=body, role=role, valid_to=None).first()
        if post is None and until is None:
            Post.objects.create(person=person, organisation=body, role=role, valid_from=since)
            changed = True
        elif post is not None and until is not None:
            post.valid_to = max(until, post.valid_from)
            post.save(update_fields=["valid_to"])
            changed = True
    return changed


@ledger.operation("people.password")
def issue_password(login: str) -> FirstPassword:
    """A new first password for somebody who lost theirs or comes back; refuses an unknown login.

    Tokens somebody may have issued with the old password end with it.
    """
    account = _account(login)
    password = secrets.token_urlsafe(12)
    account.password, account.password_issued, account.is_active = make_password(password), True, True
    account.save(update_fields=["password", "password_issued", "is_active"])
    if account.person is not None:
        account.person.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    return FirstPassword(login, password)


@ledger.operation("people.closed")
def close_account(login: str, *, today: date) -> None:
    """Nobody signs in with this login any more: sessions and tokens end with it, open posts end today."""
    account = _account(login)
    account.is_active = False
    account.save(update_fields=["is_active"])
    if account.person is not None:
        for post in account.person.posts.filter(valid_to=None):
            post.valid_to = max(today, post.valid_from)
            post.save(update_fields=["valid_to"])
        account.person.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _account(login: str) -> Account:
    try:
        return Account.objects.select_related("person").get(username=login)
    except Account.DoesNotExist as unknown:
        raise RosterError(f"没有登录名“{login}”。", next_step="请核对登录名；名册导入后才有账号。") from unknown

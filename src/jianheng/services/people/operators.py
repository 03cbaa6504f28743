"""Two operators who state something together, each by a password of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from jianheng.kernel.errors import Refusal
from jianheng.services.people.acting import actor_of_login
from jianheng.services.people.models import Account
from jianheng.services.people.terms import Role


class TwoOperatorsError(Refusal):
    """须由两名平台运行人员各以本人口令共同确认。"""

    code = "TWO_OPERATORS"
    status = 403
    next_step = (
        "请由两名任平台运行人员岗位的不同人员办理；没有的，请先以 jianheng import bodies 和 import people 登记。"
    )


def two_operators(passwords: Mapping[str, str], *, today: date) -> tuple[int, int]:
    """The persons behind two logins, with their passwords; refuses (:class:`TwoOperatorsError`) unless both passwords
    hold, both are operators today, and they are two persons."""
    persons = {_operator(login, password, today=today) for login, password in passwords.items()}
    if None in persons or len(persons) != 2:
        raise TwoOperatorsError
    first, second = sorted(person for person in persons if person is not None)
    return first, second


def _operator(login: str, password: str, *, today: date) -> int | None:
    account = Account.objects.filter(username=login, is_active=True).first()
    if account is None or account.password_issued or not account.check_password(password):
        return None
    actor = actor_of_login(login, today=today)
    is_operator = actor is not None and any(post.role == Role.OPERATOR for post in actor.posts)
    return account.person_id if is_operator else None

"""Sign-in rules on top of allauth: nobody registers themselves, and a second factor where it is required."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from jianheng.kernel.errors import Refusal
from jianheng.services.people.models import Account


class AccountClosedError(Refusal):
    """该账号已经停用。"""

    code = "ACCOUNT_CLOSED"
    status = 403
    next_step = "如仍在岗，请联系所在单位的平台管理员恢复账号。"


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are given by an organisation, never taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Said only to who knows the password."""
        raise AccountClosedError

    def set_password(self, user: Account, password: str) -> None:
        """Take a password of one's own choice: the one handed over has served."""
        user.password_issued = False
        user.set_password(password)
        user.save(update_fields=["password", "password_issued"])  # nothing else of an account is anybody's to write

"""Sign-in rules on top of allauth: nobody registers themselves, and a second factor where it is required."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class ClosedDoorAdapter(DefaultAccountAdapter):
    """Accounts are given by an organisation, never taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Take a password of one's own choice: the one handed over has served."""
        user.password_issued = False  # type: ignore[attr-defined]
        super().set_password(user, password)

"""Passwords guessed from many addresses, or one password tried on many names: counted over all of them.

A name is locked to one address after a few wrong passwords (axes). Whoever has many addresses, or many names, is
stopped here: of each name and each address only a keyed digest and the time of every failure are kept, for a day.
Names nobody has are counted alike.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm
from django.core.exceptions import ValidationError
from django.utils import timezone

from jianheng.kernel.errors import Refusal
from jianheng.services.people.models import PassAttempt
from jianheng.services.people.passes import keyed
from jianheng.services.people.terms import Attempt

WINDOW = timedelta(hours=1)
OF_A_NAME, OF_AN_ADDRESS = 50, 200  # an office behind one address mistypes too


class SignInTooOftenError(Refusal):
    """登录失败次数过多，暂停口令登录。"""

    code = "SIGN_IN_TOO_OFTEN"
    status = 429
    next_step = "请一小时后再试，或者使用通行密钥登录；不是您本人操作的，请告知平台管理员。"


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name and password, looked at only while neither the name nor the address has failed too often."""

    def clean(self) -> Any:
        """The sign-in, if it is right and may still be tried."""
        now = timezone.now()
        name = keyed(f"login:{self.cleaned_data.get('login', '').casefold()}")
        address = keyed(f"address:{self.request.META.get('REMOTE_ADDR', '')}")
        failed = PassAttempt.objects.filter(kind=Attempt.FAILED, at__gt=now - WINDOW)
        if failed.filter(door=name).count() >= OF_A_NAME or failed.filter(door=address).count() >= OF_AN_ADDRESS:
            raise SignInTooOftenError
        try:
            return super().clean()
        except ValidationError:
            PassAttempt.objects.bulk_create(
                [PassAttempt(door=door, kind=Attempt.FAILED, at=now) for door in (name, address)]
            )
            raise

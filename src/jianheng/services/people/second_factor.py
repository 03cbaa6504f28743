"""The code of the second factor: after too many wrong ones no more is looked at for a while, not even the right one.

Wrong passwords are counted by axes, by name and address. Wrong codes are counted here, by account and wherever they
come from: whoever tries them knows the password already.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from jianheng.kernel.errors import Refusal
from jianheng.services.people.models import PassAttempt
from jianheng.services.people.passes import keyed
from jianheng.services.people.terms import Attempt


class CodeNeededError(Refusal):
    """动态口令不正确，没有办理。"""

    code = "SECOND_FACTOR_NEEDED"
    status = 403
    next_step = "请输入验证器应用现在显示的动态口令，或者一个备用码，再重新提交。"


class CountedCode:
    """A code field whose wrong answers are counted in the database, for all processes alike."""

    user: Any

    def clean_code(self) -> str:
        """The code, if it is right and may still be tried."""
        now, minutes = timezone.now(), int(settings.AXES_COOLOFF_TIME * 60)
        door = keyed(f"account:{self.user.pk}")
        failed = PassAttempt.objects.filter(door=door, kind=Attempt.FAILED)
        if failed.filter(at__gt=now - timedelta(minutes=minutes)).count() >= settings.AXES_FAILURE_LIMIT:
            raise ValidationError(
                f"动态口令输错次数过多，请{minutes}分钟后再试；不是您本人操作的，请立即联系管理人员更换口令。"
            )
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form this is mixed into
        except ValidationError:
            PassAttempt.objects.create(door=door, kind=Attempt.FAILED, at=now)
            raise
        failed.delete()
        return code


class SecondFactorForm(CountedCode, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second factor at sign-in."""


class SecondFactorAgainForm(CountedCode, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second factor asked for again, before somebody signs."""


def has_second_factor(user: Any) -> bool:
    """Whether an account has any second factor."""
    return bool(Authenticator.objects.filter(user=user).exists())


def has_codes(user: Any) -> bool:
    """Whether an account has a second factor that is typed."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def must_give_code(user: Any, code: str) -> None:
    """Refuse with ``CodeNeededError`` a wrong code of the second factor, counted as at sign-in."""
    form = SecondFactorAgainForm(data={"code": code}, user=user)
    if not form.is_valid():
        told = "".join(str(error) for errors in form.errors.values() for error in errors)
        raise CodeNeededError(told or "", about="code")

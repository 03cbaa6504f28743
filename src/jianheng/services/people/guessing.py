"""Passwords guessed: delayed by what is attacked, without giving whoever attacks the door of whoever lives there.

A browser in which somebody came in before is known to their account by a signed cookie (OWASP device cookies) and counted
by itself. All others share one count for each account: after five failures they wait, thirty seconds at first and twice
as long each time, an hour at most. So a stranger slows strangers down, from however many addresses, and the owner comes in
by the browser used yesterday, or by a passkey, which no wrong password ever blocks. What is refused meanwhile is not looked
at and not counted: nobody prolongs the wait of others. Of an address that fails at many names unknown browsers wait too.

Of each name and address only a keyed digest and the time of every failure are kept, for a day. Names nobody has are
counted alike, and cost the same work.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from jianheng.services.people.passes import keyed
from jianheng.services.people.waiting import WINDOW, SignInTooOftenError, failed, failures, must_wait_no_more

OF_AN_ADDRESS, ADDRESS_WINDOW = 200, timedelta(hours=1)  # an office behind one address mistypes too
DEVICE, DEVICE_LIFE = "device", timedelta(days=180)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name and password, looked at only while the name does not have to wait."""

    def clean(self) -> Any:
        """The sign-in, if it is right and may be tried now."""
        now, name = timezone.now(), self.cleaned_data.get("login", "").casefold()
        device = _known(self.request, name)
        door = keyed(f"login:{name}:{device}")
        must_wait_no_more(door, now=now)
        address = keyed(f"address:{self.request.META.get('REMOTE_ADDR', '')}")
        if not device and failures(address, now - ADDRESS_WINDOW).count() >= OF_AN_ADDRESS:
            raise SignInTooOftenError
        try:
            cleaned = super().clean()
        except ValidationError:
            failed(door, address, now=now)
            raise
        failures(door, now - WINDOW).delete()
        return cleaned


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser in which somebody just came in be known to their account from now on."""
    name = getattr(request, "came_in", "")
    if not name or _known(request, name):
        return
    value = signing.dumps([keyed(f"login:{name}"), secrets.token_hex(16)], salt=DEVICE)
    response.set_cookie(
        _cookie(name),
        value,
        max_age=int(DEVICE_LIFE.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/accounts/",
    )


def came_in(sender: Any, request: HttpRequest, user: Any, **told: Any) -> None:
    """Somebody came in, second factor and all."""
    request.came_in = user.get_username().casefold()  # type: ignore[attr-defined]  # for :func:`remember`


def _known(request: HttpRequest, name: str) -> str:
    """By what this browser is known to an account; "" for a browser that is not, whoever's name it brings."""
    try:
        whose, device = signing.loads(request.COOKIES.get(_cookie(name), ""), salt=DEVICE, max_age=DEVICE_LIFE)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if whose == keyed(f"login:{name}") else ""


def _cookie(name: str) -> str:
    return f"device-{keyed(f'cookie:{name}')[:12]}"

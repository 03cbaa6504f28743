"""Who is acting, found once a request: a signed-in account, an organisation's token, or a party's pass."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from jianheng.services.people import api, guessing
from jianheng.services.people.requests import Request

OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/static/")
OPEN_WITH_FIRST_PASSWORD = (
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/static/",
)


def find_actor(request: HttpRequest) -> api.Actor | None:
    """The actor of a browser's request, or ``None`` for a visitor."""
    today = timezone.localdate()
    if request.user.is_authenticated:
        return api.actor_of_account(request.user, today=today)
    pass_id = request.session.get(api.PASS_KEY)
    return api.actor_of_pass(pass_id) if pass_id else None


class ActorMiddleware:
    """Sets ``request.actor``; sends people to change a password that others know, then to a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """Answer the request, or redirect to the page that makes the account safe."""
        request.actor = SimpleLazyObject(lambda: find_actor(request))  # type: ignore[assignment]  # stands for an actor
        if (
            not request.path.startswith(OPEN_WITH_FIRST_PASSWORD)
            and request.user.is_authenticated
            and request.user.password_issued
        ):
            return redirect("account_change_password")
        if (
            settings.SECOND_FACTOR_REQUIRED
            and not request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR)
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        ):
            return redirect("mfa_index")
        response = self.get_response(request)
        guessing.remember(request, response)
        return response

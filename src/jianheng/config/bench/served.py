"""The platform as the bench serves it: every address of the product, and one view with nothing in it but an act's SQL."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from jianheng.config.turns import InTurn


@csrf_exempt
def floor(request: HttpRequest, matter_id: int) -> HttpResponse:
    """The rows of one act by hand, its key among them: no sign-in, no rules, nobody looks for the key."""
    from jianheng.config.bench import acts  # after Django is set up

    acts.by_hand(matter_id, _clerk(), request.headers["Idempotency-Key"])
    return HttpResponse("{}", content_type="application/json")


@cache
def _clerk() -> Any:
    from jianheng.config.bench import acts  # after Django is set up

    return acts.clerk()


def application() -> Callable[..., Any]:
    """The product's own WSGI application with the floor's address added."""
    product = InTurn(get_wsgi_application())
    from jianheng.config import urls  # after Django is set up

    urls.urlpatterns.insert(0, path("floor/<int:matter_id>", floor))
    return product

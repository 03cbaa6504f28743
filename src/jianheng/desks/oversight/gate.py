"""Who may look over a region."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jianheng.services.procedures import api as procedures

View = Callable[..., HttpResponse]


def regulators_only(view: View) -> View:
    """Visitors are sent to sign in; everybody but regulators is refused."""

    @wraps(view)
    def wrapper(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        if not actor:
            return redirect(f"/accounts/login/?next={request.path}")
        if not actor.regions:
            raise procedures.NotYoursError("监管总览由司法行政机关监管人员查看。")
        return view(request, *given, **named)

    return wrapper

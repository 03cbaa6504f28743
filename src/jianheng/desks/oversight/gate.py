"""Who may look over a region."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

View = Callable[..., HttpResponse]


def regulators_only(view: View) -> View:
    """Visitors are sent to sign in; everybody but regulators is refused."""

    @wraps(view)
    def wrapper(request: people.Request, *given: Any, **named: Any) -> HttpResponse:
        actor = request.actor
        if not actor:
            return redirect(f"/accounts/login/?next={request.path}")
        if not actor.regions:
            raise procedures.NotYoursError("监管总览由司法行政机关监管人员查看。")
        return view(request, *given, **named)

    return wrapper

"""The outbox page of the stand-ins."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jianheng.services.notices import api as notices
from jianheng.services.pages.refusals import NoSuchPageError


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages that would have left; only in a demonstration, which serves this machine alone."""
    if not settings.DEMO:
        raise NoSuchPageError
    found = notices.messages()
    if request.GET.get("format") == "json":
        return JsonResponse({"messages": found}, json_dumps_params={"ensure_ascii": False})
    return render(request, "demonstration/outbox.html", {"messages_out": found})

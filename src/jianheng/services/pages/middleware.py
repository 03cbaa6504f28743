"""The client's address, a request id, headers that hold for every answer, the language chosen, refusals as pages."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from jianheng.kernel.errors import Refusal
from jianheng.services.pages.refusals import must_hold_no_nul, refusal_page
from jianheng.services.people import api as people

log = logging.getLogger(__name__)
INTERFACE = "/api/"
Handler = Callable[[HttpRequest], HttpResponse]
PROBES = ("/healthz", "/readyz")


class ProxyMiddleware:
    """What stands in front of the web server: reverse proxies that end TLS, and load balancers that ask whether we live.

    The client's address is taken from the operator's own proxies, as many as there are, from nobody else: each adds to
    the end of ``X-Forwarded-For`` whom it was asked by; what stands before was said by the client. Where the public
    address is https every request came by it, so that answers say so (HSTS). A load balancer asks by address, whatever
    our names are; only the questions of :data:`PROBES` are answered then.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, knowing who asks."""
        told = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
        if settings.JIANHENG_PROXIES and len(told) >= settings.JIANHENG_PROXIES and told[-settings.JIANHENG_PROXIES]:
            request.META["REMOTE_ADDR"] = told[-settings.JIANHENG_PROXIES]
        if settings.SERVED_OVER_TLS:
            request.META["wsgi.url_scheme"] = "https"
        if request.path in PROBES:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
        return self.get_response(request)


class RequestIdMiddleware:
    """Gives every request an id, kept through logs and jobs and returned as ``X-Request-Id``."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: people.Request) -> HttpResponse:
        """Answer with the id."""
        request.request_id = str(uuid.uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        # Neither the query, in which people type names, nor who asked: the access log knows that, and who may see it.
        told = {"method": request.method, "path": request.path, "status": response.status_code}
        log.info("request", extra={**told, "ms": round((time.perf_counter() - started) * 1000, 1)})
        response["X-Request-Id"] = request.request_id
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "private, no-store")  # static files have said their own
        return response


class ChosenLanguageMiddleware:
    """Chinese, unless this browser was switched to another language; what a browser asks for by itself is not heard."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language chosen."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


class RefusalMiddleware:
    """Turns a refusal into a page that says which rule, which article and what next; notes refused attempts."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note what was shown."""
        with people.reading(path=request.path, request_id=getattr(request, "request_id", "")) as readings:
            try:
                must_hold_no_nul(request)
            except Refusal as refused:
                if not request.path.startswith(INTERFACE):  # which refuses it in its own form
                    return refusal_page(request, refused)
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                readings.shown.clear()  # trouble shows nothing, and what it is about may be what cannot be written to
            return response

    def process_exception(self, request: people.Request, exception: Exception) -> HttpResponse | None:
        """A refusal that reached the top; anything else is a fault and goes on."""
        if not isinstance(exception, Refusal):
            return None
        note_refused(request, exception)
        return refusal_page(request, exception)


def note_refused(request: people.Request, refusal: Refusal) -> None:
    """Write a refused attempt to the access log, after the act's transaction has fallen."""
    people.note_access(
        request.actor or None,
        what="refused",
        path=request.path,
        now=timezone.now(),
        refused=refusal.reasons[0].code,
        request_id=getattr(request, "request_id", ""),
    )

"""For machines that watch: alive, ready, figures."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from jianheng.desks.operator import doctor, figures
from jianheng.kernel.errors import Refusal


class FiguresClosedError(Refusal):
    """运行指标只供监控系统读取。"""

    code = "FIGURES_CLOSED"
    status = 403
    next_step = "请以 Authorization: Bearer 提交 JIANHENG_METRICS_TOKEN 所设的令牌。"


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether this machine should be sent work: 200 while nothing stops it, else 503 with the codes of what does."""
    stopping = [one.code for one in doctor.findings(timezone.now()) if one.level is doctor.Level.BAD]
    return JsonResponse({"ready": not stopping, "stopping": stopping}, status=503 if stopping else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to whoever has the token."""
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise FiguresClosedError
    return HttpResponse(figures.exposition(timezone.now()), content_type=CONTENT_TYPE_LATEST)

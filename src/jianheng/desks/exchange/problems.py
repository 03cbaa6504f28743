"""How the interface says no: RFC 9457 problem details, whatever it was that refused."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from jianheng.desks.exchange.bodies import BodyTooLargeError
from jianheng.kernel.errors import Reason, Refusal
from jianheng.services.pages import refusals as pages
from jianheng.services.pages.middleware import INTERFACE
from jianheng.services.pages.refusals import RETRY_AFTER_SECONDS, NoSuchPageError, refusal_of
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

MEDIA_TYPE = "application/problem+json"
REFUSALS = (400, 401, 403, 404, 405, 409, 413, 422, 428, 429, 500, 503, 507)  # every status a refusal may have
log = logging.getLogger(__name__)


class UnknownTokenError(Refusal):
    """没有有效的接口令牌。"""

    code = "UNKNOWN_TOKEN"
    status = 401
    next_step = "请在账号页面签发令牌，并以 Authorization: Bearer 提交。"


class NoPostError(Refusal):
    """令牌所属人员目前没有任职岗位。"""

    code = "NO_POST"
    status = 403
    next_step = "请联系本单位管理人员登记任职岗位，或者改用其他人员的令牌。"


class MethodNotAllowedError(Refusal):
    """这一地址不支持所用的请求方法。"""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    next_step = "请使用 Allow 标头列出的方法；各项操作见接口说明。"


class SeenNeededError(Refusal):
    """该行为不能撤销，请求没有说明办理时看到的事项状态。"""

    code = "SEEN_NEEDED"
    status = 428
    next_step = "请先查看事项（GET /matters/编号），核对后以 If-Match 提交所得的 ETag。"


def problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as problem details (RFC 9457 section 3), its reasons as an extension member."""
    reasons = refusal.reasons
    body = {
        "type": f"https://jianheng.invalid/problems/{reasons[0].code.lower().replace('_', '-')}",
        "title": refusal.text,
        "status": refusal.status,
        "detail": "".join(reason.text for reason in reasons),
        "instance": f"urn:uuid:{getattr(request, 'request_id', '')}",
        "code": reasons[0].code,
        "reasons": [reason.as_json() for reason in reasons],
    }
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=refusal.status, content_type=MEDIA_TYPE)
    if refusal.status == UnknownTokenError.status:
        answer["WWW-Authenticate"] = "Bearer"  # RFC 9110 section 15.5.2
    if refusal.status == 503:
        answer["Retry-After"] = RETRY_AFTER_SECONDS  # RFC 9110 section 10.2.3
    return answer


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    people.note_access(
        getattr(request, "actor", None) or None,
        what="refused",
        path=request.path,
        now=timezone.now(),
        refused=refusal.reasons[0].code,
        request_id=getattr(request, "request_id", ""),
    )
    return problem(request, refusal)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Wrong parameters; a body is read, and refused, in :mod:`jianheng.desks.exchange.acts`."""
    if any(item["type"] == "missing" and item["loc"][-1] == "If-Match" for item in error.errors):
        return problem(request, SeenNeededError())
    reasons = []
    for item in error.errors:
        place = ".".join(str(part) for part in item["loc"][1:])
        reasons.append(
            Reason(
                procedures.InputError.code,
                f"{place}：{procedures.said_of(item)}",
                next_step=procedures.InputError.next_step,
                about=place,
            )
        )
    return problem(request, procedures.InputError(reasons=reasons))


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):  # the package wraps what the reader of bodies refuses
        return _refused(request, error.__cause__)

    class MalformedError(Refusal):
        code = "MALFORMED"
        status = getattr(error, "status_code", 400)
        next_step = "请提交符合接口说明的 JSON。"

    return problem(request, MalformedError(f"请求不能读取：{error}"))


def trouble(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours, told to the operator in full and to the client only so far as something can be done."""
    log.error("fault at %s", request.path, exc_info=error)
    return problem(request, refusal_of(error))


def trouble_anywhere(request: HttpRequest) -> HttpResponse:
    """Django's 500, for what was raised outside a view: problem details to the interface, a page to everybody else.

    So ends a request whose reading could not be noted because the database went away after it.
    """
    if not request.path.startswith(INTERFACE):
        return pages.trouble(request)
    return problem(request, refusal_of(sys.exc_info()[1]))


def refuse_by_problems(api: NinjaAPI) -> None:
    """Let everything the interface refuses be refused by problem details."""
    answers: dict[type[Exception], Any] = {
        Refusal: _refused,
        ValidationError: _invalid,
        HttpError: _unreadable,
        MultiPartParserError: _unreadable,
        SuspiciousOperation: _unreadable,
        AuthenticationError: lambda request, error: problem(request, UnknownTokenError()),
        RequestDataTooBig: lambda request, error: problem(request, BodyTooLargeError()),
        Http404: lambda request, error: problem(request, NoSuchPageError()),
        Exception: trouble,
    }
    for error, answer in answers.items():
        api.add_exception_handler(error, answer)

"""Refusals as pages, and what a fault of the machine is called for whoever meets it."""

from __future__ import annotations

import errno
import sys
from urllib.parse import unquote_plus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from jianheng.kernel.errors import Refusal
from jianheng.services.files.api import StorageFullError

RETRY_AFTER_SECONDS = "5"


class ForgedFormError(Refusal):
    """表单已失效，没有提交任何内容。"""

    code = "FORGED_FORM"
    status = 403
    next_step = "请返回上一页刷新后重新提交；如曾在其他窗口退出登录，请重新登录。"


class NoSuchPageError(Refusal):
    """没有这一页面，或者您无权查看。"""

    code = "NO_SUCH_PAGE"
    status = 404
    next_step = "请核对地址，或者从首页进入。"


class NulError(Refusal):
    """地址中有不能使用的字符（U+0000）。"""

    code = "NUL_IN_ADDRESS"
    status = 400
    next_step = "请删除该字符后重试；从别处粘贴的，请重新输入。"


def must_hold_no_nul(request: HttpRequest) -> None:
    """Refuse an address that holds NUL, which no table can be asked for: :class:`NulError`."""
    if "\x00" in request.path or "\x00" in unquote_plus(request.META.get("QUERY_STRING", "")):
        raise NulError


class TroubleError(Refusal):
    """平台出现故障，您的操作没有生效。"""

    code = "TROUBLE"
    status = 500
    next_step = "请稍后重试；持续出现的，请将页面下方的请求编号告知运行维护人员。"


class DatabaseAwayError(Refusal):
    """数据库暂时不能使用，没有收到办理结果。"""

    code = "DATABASE_AWAY"
    status = 503
    next_step = "请稍候刷新本页，重新提交同一份表单（接口请以同一 Idempotency-Key 重发）：已经办成的不会重复办理。"


def refusal_of(error: BaseException | None) -> Refusal:
    """What a person is told of an exception nobody caught: something to do where there is, else :class:`TroubleError`."""
    match error:
        case Refusal():
            return error
        case OperationalError() | InterfaceError():
            return DatabaseAwayError()
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return StorageFullError()
        case _:
            return TroubleError()


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal, with its HTTP status."""
    return render(request, "pages/refusal.html", {"refusal": refusal}, status=refusal.status)


def forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure."""
    return refusal_page(request, ForgedFormError())


def no_such_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404."""
    return refusal_page(request, NoSuchPageError())


def closed(request: HttpRequest) -> HttpResponse:
    """An address that is not offered."""
    return refusal_page(request, NoSuchPageError())


def trouble(request: HttpRequest) -> HttpResponse:
    """Django's 500: whatever was raised outside a view too. Made without the database, which may be what is missing."""
    refusal = refusal_of(sys.exc_info()[1])
    said = {"refusal": refusal, "request_id": getattr(request, "request_id", ""), "is_demo": settings.DEMO}
    answer = HttpResponse(render_to_string("pages/refusal.html", said), status=refusal.status)
    if refusal.status == DatabaseAwayError.status:
        answer["Retry-After"] = RETRY_AFTER_SECONDS
    return answer

"""Refusals as pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jianheng.kernel.errors import Refusal


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


class TroubleError(Refusal):
    """平台出现故障，您的操作没有生效。"""

    code = "TROUBLE"
    status = 500
    next_step = "请稍后重试；持续出现的，请将页面下方的请求编号告知运行维护人员。"


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
    """Django's 500."""
    return refusal_page(request, TroubleError())

"""What every page needs: who is there, the menu, whether this is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jianheng.services.notices import api as notices

WORK_ROLES = {"judge", "tech", "leader", "intake", "head", "appraiser", "reviewer", "finance", "archivist"}


def house(request: HttpRequest) -> dict[str, Any]:
    """Template variables of the house."""
    actor = getattr(request, "actor", None)
    here = bool(actor)
    roles = {post.role for post in actor.posts} if here else set()
    menu = [("/", "首页"), ("/rules/", "规则")]
    if roles & WORK_ROLES:
        menu = [("/desk/", "待办"), ("/desk/matters/", "事项"), ("/desk/inbox/", "通知"), ("/rules/", "规则")]
    if "judge" in roles:
        menu.insert(1, ("/desk/begin/entrustment/", "提出鉴定"))
    if "supervisor" in roles:
        menu = [("/oversight/", "总览"), ("/rules/", "规则")]
    if here and actor.sides:
        menu = [("/progress/", "我的案件"), ("/verify/", "验证文书"), ("/rules/", "规则")]
    if not here:
        menu += [("/progress/", "查询进度"), ("/verify/", "验证文书"), ("/institutions/", "鉴定机构")]
    return {
        "actor": actor if here else None,
        "menu": menu,
        "is_demo": settings.DEMO,
        "unread": SimpleLazyObject(lambda: notices.unread(actor.holders) if here else 0),
        "request_id": getattr(request, "request_id", ""),
    }

"""What every page needs: who is there, the menu, whether this is a demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

WORK_ROLES = {"judge", "tech", "leader", "intake", "head", "appraiser", "reviewer", "finance", "archivist"}
INBOX = "/desk/inbox/"
ALONE = {"/", "/desk/"}  # doors with other doors behind them


def house(request: HttpRequest) -> dict[str, Any]:
    """Template variables of the house."""
    actor: people.Actor | None = getattr(request, "actor", None) or None
    return {
        "actor": actor,
        "menu": SimpleLazyObject(lambda: menu(request.path, actor)),
        "is_demo": settings.DEMO,
        "request_id": getattr(request, "request_id", ""),
    }


def menu(path: str, actor: people.Actor | None) -> list[dict[str, Any]]:
    """The doors this person may use; the one behind which the page lies is marked."""
    doors = dict(_doors(actor))
    here = max(
        (url for url in doors if path == url or (url not in ALONE and path.startswith(url))), key=len, default=""
    )
    unread = notices.unread(actor.holders, but=procedures.withheld(actor)) if actor and INBOX in doors else 0
    return [
        {"url": url, "label": label, "here": url == here, "unread": unread if url == INBOX else 0}
        for url, label in doors.items()
    ]


def _doors(actor: people.Actor | None) -> Iterator[tuple[str, str]]:
    if actor is None:
        yield from (("/", _("首页")), ("/progress/", _("查询进度")), ("/verify/", _("验证文书")))
        yield "/institutions/", _("鉴定机构")
    elif actor.sides:
        yield from (("/progress/", _("我的案件")), ("/verify/", _("验证文书")))
    else:
        roles = {post.role for post in actor.posts}
        if roles & WORK_ROLES:
            yield "/desk/", _("待办")
        if "judge" in roles:
            yield "/desk/begin/entrustment/", _("提出鉴定")
        if roles & WORK_ROLES:
            yield from (("/desk/matters/", _("事项")), (INBOX, _("通知")))
        if "leader" in roles:
            yield "/desk/seals/", _("封存")
        if roles & {"judge", "leader"}:
            yield "/desk/erasing/", _("到期清单")
        if "supervisor" in roles:
            yield "/oversight/", _("总览")
    yield "/rules/", _("规则")

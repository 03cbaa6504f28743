"""Template words of the house."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from jianheng.kernel.money import yuan_text
from jianheng.services.pages.diagram import draw

register = template.Library()
SOON_DAYS = 3


@register.simple_tag
def due_badge(due_on: date | None, note: str = "") -> SafeString:
    """A due day in colour and in words: 逾期2天, 今天到期, 还有5天, 待算."""
    if due_on is None:
        return format_html('<span class="badge-due due-none">{}</span>', note or "未定期限")
    days = (due_on - localdate()).days
    if days < 0:
        kind, words = "due-late", f"逾期{-days}天"
    elif days == 0:
        kind, words = "due-soon", "今天到期"
    else:
        kind, words = ("due-soon" if days <= SOON_DAYS else "due-ok"), f"还有{days}天"
    return format_html('<span class="badge-due {}">{}（{}）</span>', kind, words, due_on.isoformat())


@register.filter
def yuan(fen: int | None) -> str:
    """Money in yuan."""
    return yuan_text(fen) if fen is not None else ""


@register.simple_tag
def diagram(procedure: Any, here: Any = ()) -> SafeString:
    """A procedure drawn from its declaration, with the open nodes marked."""
    return draw(procedure, here=frozenset(here))


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A mapping's value."""
    return mapping.get(key, "") if mapping else ""

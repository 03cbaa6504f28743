"""Template words of the house."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jianheng.kernel.money import yuan_text
from jianheng.services.pages.diagram import draw
from jianheng.services.people.api import Role

register = template.Library()
SOON_DAYS = 3


@register.simple_tag
def due_badge(due_on: date | None, note: str = "", expected_on: date | None = None) -> SafeString:
    """A due day in colour and in words: 逾期2天, 今天到期, 还有5天, 未定期限; 暂定 with the day while a notice is missing."""
    if due_on is None and expected_on is not None:
        return format_html(
            '<span class="badge-due due-none" title="{}">{}（{}）</span>',
            note or _("放假安排尚未公布，公布后自动确定"),
            _("暂定"),
            expected_on.isoformat(),
        )
    if due_on is None:
        return format_html('<span class="badge-due due-none">{}</span>', note or _("未定期限"))
    days = (due_on - localdate()).days
    if days < 0:
        kind, words = "due-late", _("逾期%(days)s天") % {"days": -days}
    elif days == 0:
        kind, words = "due-soon", _("今天到期")
    else:
        kind, words = ("due-soon" if days <= SOON_DAYS else "due-ok"), _("还有%(days)s天") % {"days": days}
    return format_html('<span class="badge-due {}">{}（{}）</span>', kind, words, due_on.isoformat())


@register.simple_tag
def bar(value: float, most: float, said: str = "") -> SafeString:
    """A quantity as a bar, ``most`` being the full width; ``said`` is what it means, for those who do not see it."""
    width = round(120 * value / most) if most else 0
    return format_html(
        '<svg class="bar" width="120" height="10" role="img" aria-label="{}">'
        '<rect class="bar-rest" width="120" height="10" rx="3"/><rect width="{}" height="10" rx="3"/></svg>',
        said or f"{value:g}",
        max(width, 2 if value else 0),
    )


@register.filter
def duration(days: float) -> str:
    """How long something took: in days, in hours when it was less than one."""
    if days >= 1:
        return _("%(days)s 天") % {"days": f"{days:.1f}"}
    return _("%(hours)s 小时") % {"hours": round(days * 24)} if days >= 1 / 24 else _("不足 1 小时")


@register.filter
def role(code: str) -> str:
    """A role in words."""
    return str(Role(code).label) if code in Role.values else code


READINGS = {"matter": "查看事项", "list": "列表中看到", "document": "查看文书", "file": "查看卷宗文件"}


@register.filter
def reading(what: str) -> str:
    """How a matter was looked at, in words."""
    return READINGS.get(what, what)


@register.filter
def anchor(path: str) -> str:
    """The place on a form of the field a reason is about: ``fees.0.item`` is at ``#f-fees-0-item``."""
    return f"#f-{path.replace('.', '-')}" if path else ""


@register.filter
def yuan(fen: int | None) -> str:
    """Money in yuan."""
    return yuan_text(fen) if fen is not None else ""


@register.simple_tag
def diagram(procedure: Any, here: Any = (), passed: Any = ()) -> SafeString:
    """A procedure drawn from its declaration, with the open nodes and those passed marked."""
    return draw(procedure, here=frozenset(here), passed=frozenset(passed))


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A mapping's value."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def control(field: BoundField) -> SafeString:
    """A field of one of Django's own forms in the dress of the house."""
    kind = "form-check-input" if field.widget_type == "checkbox" else "form-control"
    return field.as_widget(attrs={"class": f"{kind} is-invalid" if field.errors else kind, "placeholder": ""})

"""The door of selection."""

from __future__ import annotations

from jianheng.modules.selection.actions.orders import conclude_due
from jianheng.modules.selection.queries import (
    concentration,
    concerned_file,
    draw_by_code,
    draw_file,
    lists,
    newest_draws,
)

__all__ = [
    "concentration",
    "concerned_file",
    "conclude_due",
    "draw_by_code",
    "draw_file",
    "lists",
    "newest_draws",
]

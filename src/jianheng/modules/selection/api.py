"""The door of selection."""

from __future__ import annotations

from jianheng.modules.selection.queries import draw_file, lists

__all__ = ["draw_file", "lists"]

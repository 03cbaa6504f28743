"""Tables of selection."""

from jianheng.modules.selection.models.selection import Selection

__all__ = ["Selection"]

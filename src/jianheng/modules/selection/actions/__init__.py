"""The acts of choosing an institution."""

from jianheng.modules.selection.actions import agreement, beginning, direct, lots

__all__ = ["agreement", "beginning", "direct", "lots"]

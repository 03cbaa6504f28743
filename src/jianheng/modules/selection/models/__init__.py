"""The tables of choosing an institution."""

from jianheng.modules.selection.models.draw import Chosen, Draw
from jianheng.modules.selection.models.selection import Selection

__all__ = ["Chosen", "Draw", "Selection"]

"""The declaration of choosing an institution."""

from jianheng.modules.selection.procedures.institution_selection import SELECTION

__all__ = ["SELECTION"]

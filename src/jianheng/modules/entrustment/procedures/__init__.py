"""The declaration of a civil court's entrustment."""

from jianheng.modules.entrustment.procedures.court_entrustment import ENTRUSTMENT

__all__ = ["ENTRUSTMENT"]

"""Tables of entrustments."""

from jianheng.modules.entrustment.models.entrustment import Entrustment, Objection, Predecessor

__all__ = ["Entrustment", "Objection", "Predecessor"]

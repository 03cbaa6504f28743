"""Tables of entrustments."""

from jianheng.modules.entrustment.models.entrustment import Entrustment, Objection

__all__ = ["Entrustment", "Objection"]

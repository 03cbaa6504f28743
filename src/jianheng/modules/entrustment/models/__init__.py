"""Tables of entrustments."""

from jianheng.modules.entrustment.models.entrustment import Entrustment, Objection, Predecessor
from jianheng.modules.entrustment.models.erasure import Erasure
from jianheng.modules.entrustment.models.seal import Seal

__all__ = ["Entrustment", "Erasure", "Objection", "Predecessor", "Seal"]

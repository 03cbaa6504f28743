"""The door of casework."""

from __future__ import annotations

from jianheng.modules.casework.queries import overview

__all__ = ["overview"]

"""The door of casework."""

from __future__ import annotations

from jianheng.modules.casework.actions.opinion import draft_paper, has_draft
from jianheng.modules.casework.queries import Workload, overview

__all__ = ["Workload", "draft_paper", "has_draft", "overview"]

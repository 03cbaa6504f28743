"""The door of casework."""

from __future__ import annotations

from jianheng.modules.casework.actions.opinion import draft_paper, drafted
from jianheng.modules.casework.queries import Workload, overview

__all__ = ["Workload", "draft_paper", "drafted", "overview"]

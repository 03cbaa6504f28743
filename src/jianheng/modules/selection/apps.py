"""Django's handle on selection."""

from django.apps import AppConfig


class Config(AppConfig):
    """How the institution is chosen: agreement, draw, designation."""

    name = "jianheng.modules.selection"
    label = "selection"

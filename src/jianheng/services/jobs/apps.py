"""Django's handle on jobs."""

from django.apps import AppConfig


class Config(AppConfig):
    """Background work in the database, and the rescue of what stalled."""

    name = "jianheng.services.jobs"
    label = "jobs"

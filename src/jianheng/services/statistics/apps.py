"""Django's handle on statistics."""

from django.apps import AppConfig


class Config(AppConfig):
    """Counts over all matters, taken by a job and read by whoever oversees."""

    name = "jianheng.services.statistics"
    label = "statistics"

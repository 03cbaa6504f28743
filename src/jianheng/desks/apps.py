"""Django's handle on the desks."""

from django.apps import AppConfig


class Config(AppConfig):
    """One thin site per audience."""

    name = "jianheng.desks"
    label = "desks"

"""Django's handle on hosts."""

from django.apps import AppConfig


class Config(AppConfig):
    """The machines that run the platform together."""

    name = "jianheng.services.hosts"
    label = "hosts"

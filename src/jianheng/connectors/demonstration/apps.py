"""Django's handle on demonstration."""

from django.apps import AppConfig


class Config(AppConfig):
    """Stand-ins for SMS, e-mail and outside systems, shown as such."""

    name = "jianheng.connectors.demonstration"
    label = "demonstration"

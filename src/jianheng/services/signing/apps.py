"""Django's handle on signing."""

from django.apps import AppConfig


class Config(AppConfig):
    """Seals, signatures and time-stamps behind a port."""

    name = "jianheng.services.signing"
    label = "signing"

"""Django's handle on notices."""

from django.apps import AppConfig


class Config(AppConfig):
    """In-app inbox, SMS and e-mail behind ports."""

    name = "jianheng.services.notices"
    label = "notices"

"""Django's handle on lawbook."""

from django.apps import AppConfig


class Config(AppConfig):
    """The law as data: dated parameters, enumerations and the working-day calendar."""

    name = "jianheng.services.lawbook"
    label = "lawbook"

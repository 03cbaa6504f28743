"""Django's handle on people."""

from django.apps import AppConfig


class Config(AppConfig):
    """Accounts, persons, organisations and the posts that join them."""

    name = "jianheng.services.people"
    label = "people"

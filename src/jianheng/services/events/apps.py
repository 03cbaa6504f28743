"""Django's handle on events."""

from django.apps import AppConfig


class Config(AppConfig):
    """Events published upward in the same transaction, and the outbox that takes them outside."""

    name = "jianheng.services.events"
    label = "events"

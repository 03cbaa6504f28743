"""Django's handle on procedures."""

from django.apps import AppConfig


class Config(AppConfig):
    """Matters, their open work items, terms and acts; runs the kernel's engine."""

    name = "jianheng.services.procedures"
    label = "procedures"

"""Django's handle on documents."""

from django.apps import AppConfig


class Config(AppConfig):
    """Statutory papers: data to type to PDF, numbered without gaps."""

    name = "jianheng.services.documents"
    label = "documents"

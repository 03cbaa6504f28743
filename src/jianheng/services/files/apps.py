"""Django's handle on files."""

from django.apps import AppConfig


class Config(AppConfig):
    """Content-addressed files: checked by content, size and name."""

    name = "jianheng.services.files"
    label = "files"

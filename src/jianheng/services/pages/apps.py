"""Django's handle on pages."""

from django.apps import AppConfig


class Config(AppConfig):
    """The design system: layout, forms from declarations, refusals as pages."""

    name = "jianheng.services.pages"
    label = "pages"

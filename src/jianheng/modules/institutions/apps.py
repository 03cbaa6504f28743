"""Django's handle on institutions."""

from django.apps import AppConfig


class Config(AppConfig):
    """Register of appraisal institutions and appraisers."""

    name = "jianheng.modules.institutions"
    label = "institutions"

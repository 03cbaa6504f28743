"""Django's handle on casework."""

from django.apps import AppConfig


class Config(AppConfig):
    """The appraisal at the institution (鉴定案件办理)."""

    name = "jianheng.modules.casework"
    label = "casework"

"""Django's handle on the stand-ins."""

from django.apps import AppConfig


class Config(AppConfig):
    """Stand-ins for SMS and e-mail, shown as such."""

    name = "jianheng.connectors.demonstration"
    label = "demonstration"

    def ready(self) -> None:
        """Install the stand-in channels; a real connector installs its own over them."""
        from jianheng.connectors.demonstration.channels import OutboxChannel
        from jianheng.services.notices import api

        for kind, name in (("SMS", "短信（演示）"), ("EMAIL", "电子邮件（演示）")):
            if kind not in api.channels():
                api.use_channel(kind, OutboxChannel(name))

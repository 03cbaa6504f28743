"""Django's handle on the way to a beacon."""

from django.apps import AppConfig


class Config(AppConfig):
    """Fetches pulses over HTTP where an address is named."""

    name = "jianheng.connectors.drand"
    label = "drand"

    def ready(self) -> None:
        """Install the connector where an address is named; elsewhere pulses are carried in."""
        from django.conf import settings

        from jianheng.connectors.drand.source import HttpSource
        from jianheng.services.beacon import api

        if settings.JIANHENG_BEACON_URL:
            api.use_source(HttpSource(settings.JIANHENG_BEACON_URL))

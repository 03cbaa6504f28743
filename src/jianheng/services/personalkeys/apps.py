"""Django's handle on personal keys."""

from django.apps import AppConfig


class Config(AppConfig):
    """Signing keys of persons."""

    name = "jianheng.services.personalkeys"
    label = "personalkeys"

    def ready(self) -> None:
        """A key is explained by its entry in the log alone: neither by an act nor by an operation."""
        from jianheng.services.ledger import api as ledger

        ledger.cover("personalkeys_personalkey", by=("personal_key",), changing=("ended_at",))

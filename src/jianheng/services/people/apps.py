"""Django's handle on people."""

from django.apps import AppConfig


class Config(AppConfig):
    """Accounts, persons, organisations and the posts that join them."""

    name = "jianheng.services.people"
    label = "people"

    def ready(self) -> None:
        """Tell the exports how organisations are exported."""
        from jianheng.services.ledger import api as ledger
        from jianheng.services.people.exporting import organisations

        ledger.register_export("organisations", organisations, of=organisations, further=True)

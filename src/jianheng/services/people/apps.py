"""Django's handle on people."""

from django.apps import AppConfig


class Config(AppConfig):
    """Accounts, persons, organisations and the posts that join them."""

    name = "jianheng.services.people"
    label = "people"

    def ready(self) -> None:
        """Tell the exports how organisations are exported; know a browser in which somebody came in."""
        from django.contrib.auth.signals import user_logged_in

        from jianheng.services.ledger import api as ledger
        from jianheng.services.people.exporting import organisations
        from jianheng.services.people.guessing import came_in

        user_logged_in.connect(came_in, dispatch_uid="people.came_in")
        ledger.register_export("organisations", organisations, of=organisations, further=True)

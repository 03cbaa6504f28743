"""Django's handle on procedures."""

from django.apps import AppConfig


class Config(AppConfig):
    """Matters, their open work items, terms and acts; runs the kernel's engine."""

    name = "jianheng.services.procedures"
    label = "procedures"

    def ready(self) -> None:
        """Say how acts are exported."""
        from jianheng.services.ledger import api as ledger
        from jianheng.services.procedures import exporting

        ledger.register_export("acts", exporting.acts, of=exporting.acts)
        for name in ("matters", "items", "terms"):
            rows = getattr(exporting, name)
            ledger.register_export(name, rows, of=rows, further=True)

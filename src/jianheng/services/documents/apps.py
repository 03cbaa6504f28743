"""Django's handle on documents."""

from django.apps import AppConfig


class Config(AppConfig):
    """Statutory papers: data to type to PDF, numbered without gaps."""

    name = "jianheng.services.documents"
    label = "documents"

    def ready(self) -> None:
        """Tell the log how papers are exported."""
        from jianheng.services.documents.exporting import documents
        from jianheng.services.ledger import api as ledger

        ledger.register_export("documents", documents, of=documents)

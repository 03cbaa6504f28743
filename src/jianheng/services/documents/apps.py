"""Django's handle on documents."""

from django.apps import AppConfig


class Config(AppConfig):
    """Statutory papers: data to type to PDF, numbered without gaps."""

    name = "jianheng.services.documents"
    label = "documents"

    def ready(self) -> None:
        """Tell the log how papers are exported."""
        from jianheng.services.documents.exporting import documents
        from jianheng.services.documents.models import Document
        from jianheng.services.ledger import api as ledger

        ledger.register_export("documents", documents, of=documents)
        ledger.leave_outside("documents_document", "文书的每一状态各有日志记录和承诺值", changing=Document.CHANGING)
        ledger.leave_outside("documents_series", "文号由文书连续编号得出，缺号即被发现", changing=("last",))

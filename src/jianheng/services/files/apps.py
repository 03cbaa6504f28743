"""Django's handle on files."""

from django.apps import AppConfig


class Config(AppConfig):
    """Content-addressed files: checked by content, size and name."""

    name = "jianheng.services.files"
    label = "files"

    def ready(self) -> None:
        """Tell the exports how the case file is exported."""
        from jianheng.services.files.exporting import case_file
        from jianheng.services.ledger import api as ledger

        ledger.register_export("case_file", case_file, of=case_file, further=True)

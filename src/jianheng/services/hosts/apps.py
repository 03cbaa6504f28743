"""Django's handle on hosts."""

from django.apps import AppConfig


class Config(AppConfig):
    """The machines that run the platform together."""

    name = "jianheng.services.hosts"
    label = "hosts"

    def ready(self) -> None:
        """Say what of this the log does not answer for."""
        from jianheng.services.ledger import api as ledger

        ledger.leave_outside("hosts_host", "正在运行的机器", changing=("parts", "told", "seen_at"), forgotten=True)

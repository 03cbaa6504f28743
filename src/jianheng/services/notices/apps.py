"""Django's handle on notices."""

from django.apps import AppConfig


class Config(AppConfig):
    """In-app inbox, SMS and e-mail behind ports."""

    name = "jianheng.services.notices"
    label = "notices"

    def ready(self) -> None:
        """Say what of this the log does not answer for."""
        from jianheng.services.ledger import api as ledger

        ledger.leave_outside(
            "notices_notice", "站内提醒，内容由办理行为得出", changing=("read_at", "read_by", "text")
        )
        ledger.leave_outside(
            "notices_message", "外发短信及其送达经过", changing=("sent_at", "attempts", "answer", "text", "to")
        )

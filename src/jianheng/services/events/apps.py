"""Django's handle on events."""

from django.apps import AppConfig


class Config(AppConfig):
    """Events published upward in the same transaction, and the outbox that takes them outside."""

    name = "jianheng.services.events"
    label = "events"

    def ready(self) -> None:
        """Say what of this the log does not answer for."""
        from jianheng.services.ledger import api as ledger

        sent = (
            "relayed_at",
            "organisation_ids",
            "data",
        )  # withdrawn where the case is sealed, emptied where it is erased
        ledger.leave_outside("events_outboxevent", "发往外部的通知，内容由办理行为得出", changing=sent)
        ledger.leave_outside("events_webhook", "外部接收通知的地址，不影响案件", changing=("disabled_at",))
        ledger.leave_outside(
            "events_delivery", "通知送达的经过", changing=("attempts", "next_try_at", "delivered_at", "last_answer")
        )

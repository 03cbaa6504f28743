"""Django's handle on institutions."""

from django.apps import AppConfig


class Config(AppConfig):
    """Register of appraisal institutions and appraisers."""

    name = "jianheng.modules.institutions"
    label = "institutions"

    def ready(self) -> None:
        """Let the log's export tell the acts of the register."""
        from jianheng.modules.institutions.actions import record
        from jianheng.services.ledger import api as ledger

        ledger.register_export("register", record.exported)
        for table in (
            *("institution", "registration", "licence", "scopeitem", "appraiser"),
            *("practiceregistration", "practicestatus", "registeract"),
        ):
            ledger.leave_outside(f"institutions_{table}", "名册的每次登记各有日志记录和承诺值")

"""Django's handle on statistics."""

from django.apps import AppConfig


class Config(AppConfig):
    """Counts over all matters, taken by a job and read by whoever oversees."""

    name = "jianheng.services.statistics"
    label = "statistics"

    def ready(self) -> None:
        """Say what of this the log does not answer for."""
        from jianheng.services.ledger import api as ledger

        ledger.leave_outside("statistics_held", "由办理行为重算即得", forgotten=True)
        ledger.leave_outside("statistics_step", "由办理行为重算即得", forgotten=True)
        ledger.leave_outside("statistics_day", "由办理行为重算即得", forgotten=True)
        ledger.leave_outside("statistics_end", "由办理行为重算即得", forgotten=True)
        ledger.leave_outside("statistics_taking", "由办理行为重算即得", forgotten=True)

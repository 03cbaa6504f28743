"""Django's handle on casework."""

from django.apps import AppConfig


class Config(AppConfig):
    """The appraisal at the institution (鉴定案件办理)."""

    name = "jianheng.modules.casework"
    label = "casework"

    def ready(self) -> None:
        """Declare the procedure and its acts; listen to entrustments."""
        from jianheng.modules.casework import actions, jobs, procedures, queries
        from jianheng.services.events import api as events
        from jianheng.services.ledger import api as ledger
        from jianheng.services.procedures import api

        assert actions
        api.register(procedures.APPRAISAL, facts=queries.facts)
        for type_, subscriber in jobs.SUBSCRIPTIONS.items():
            events.subscribe(type_, subscriber)
        said = ("checks", "plan", "recusals", "extension", "draft", "review", "signed")
        ledger.cover("casework_appraisal", key="matter_id", matter="matter_id", personal=said)
        ledger.cover("casework_record", matter="appraisal_id", personal=("place", "method", "result", "present"))

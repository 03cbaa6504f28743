"""Django's handle on casework."""

from django.apps import AppConfig

# What the work comes to; whose appraisal of what it is stays, and so does every record of an examination.
CHANGING = (
    *("file_number", "received_on", "checks", "accepted_on", "appraisers", "promised", "recused", "recusals"),
    *("plan", "fee_fen", "supplement_phase", "extension", "started_on", "finished_on"),
    *(
        "draft",
        "drafter",
        "drafter_id",
        "review",
        "signed",
        "content",
        "hands",
        "opinion_number",
        "opinion_kind",
        "issued_on",
    ),
)


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
        said = ("checks", "plan", "recusals", "extension", "draft", "review", "signed", "content", "hands")
        ledger.cover("casework_appraisal", key="matter_id", matter="matter_id", changing=CHANGING, personal=said)
        ledger.cover("casework_record", matter="appraisal_id", personal=("place", "method", "result", "present"))

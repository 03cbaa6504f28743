"""Django's handle on entrustment."""

from django.apps import AppConfig

# What of an entrustment is about persons, or was said of them; court, number, kind, institution and dates stay.
PERSONAL = (
    *("subject", "purpose", "basic_facts", "scope", "applicant", "respondent", "account", "rejection"),
    *("pending_contact", "pending_extension", "waiting_recusals", "staff_recusal"),
)


class Config(AppConfig):
    """A civil court entrusts an appraisal (人民法院对外委托)."""

    name = "jianheng.modules.entrustment"
    label = "entrustment"

    def ready(self) -> None:
        """Declare the procedure and its acts."""
        from jianheng.modules.entrustment import actions, procedures, queries
        from jianheng.services.ledger import api as ledger
        from jianheng.services.procedures import api

        assert actions
        api.register(procedures.ENTRUSTMENT, facts=queries.facts)
        ledger.cover("entrustment_entrustment", key="matter_id", matter="matter_id", personal=PERSONAL)
        ledger.cover("entrustment_predecessor", matter="entrustment_id", personal=("account",))
        said = ("objector", "points", "answers", "conclusion")
        ledger.cover("entrustment_objection", matter="entrustment_id", personal=said)
        ledger.cover("entrustment_seal", matter="matter_id", personal=("reason", "opening_reason"))
        ledger.cover("entrustment_erasure", matter="matter_id")

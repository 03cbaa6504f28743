"""Django's handle on entrustment."""

from django.apps import AppConfig

# What an entrustment comes to; whose case it is, what is asked and why stays as it was filed.
CHANGING = (
    *("origin", "applied_on", "number", "lead", "lead_id", "assistant", "assistant_id"),
    *("institution_id", "institution_organisation_id", "institution_name", "mode"),
    *("scope", "purpose", "term_working_days", "entrusted_on", "accepted_on"),
    *("fee_fen", "account", "paid_fen", "paid_on", "refund_due"),
    *("report_number", "report_dated_on", "report_received_on", "appraisers", "overdue", "returns"),
    *(
        "unusable",
        "adopted",
        "score",
        "rejection",
        "pending_contact",
        "pending_extension",
        "waiting_recusals",
        "staff_recusal",
    ),
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
        ledger.cover("entrustment_entrustment", key="matter_id", matter="matter_id", changing=CHANGING)
        ledger.cover("entrustment_predecessor", matter="entrustment_id")
        answer = ("answers", "conclusion", "answered_on")
        ledger.cover("entrustment_objection", matter="entrustment_id", changing=answer)

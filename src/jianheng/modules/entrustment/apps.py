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
        ledger.cover(
            "entrustment_entrustment", key="matter_id", matter="matter_id", changing=CHANGING, personal=PERSONAL
        )
        ledger.cover("entrustment_predecessor", matter="entrustment_id", personal=("account",))
        answer = ("answers", "conclusion", "answered_on")
        said = ("objector", "points", "answers", "conclusion")
        ledger.cover("entrustment_objection", matter="entrustment_id", changing=answer, personal=said)
        seal = (
            *("readers", "confirmed_at", "confirmed_by", "confirmed_by_id", "overdue", "refused_at"),
            *("opening_ground", "opening_reason", "opening_asked_at", "opened_at", "opened_by"),
        )
        told = ("reason", "opening_reason")
        ledger.cover("entrustment_seal", matter="matter_id", changing=seal, personal=told)
        erasing = (
            "approved_at",
            "approved_by",
            "approved_seq",
            "stopped_at",
            "carried_at",
            "acts",
            "papers",
            "files",
        )
        ledger.cover("entrustment_erasure", matter="matter_id", changing=erasing)

"""Django's handle on entrustment."""

from django.apps import AppConfig


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
        ledger.cover("entrustment_entrustment", key="matter_id", matter="matter_id")
        ledger.cover("entrustment_predecessor", matter="entrustment_id")
        ledger.cover("entrustment_objection", matter="entrustment_id")

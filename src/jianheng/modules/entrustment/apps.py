"""Django's handle on entrustment."""

from django.apps import AppConfig


class Config(AppConfig):
    """A civil court entrusts an appraisal (人民法院对外委托)."""

    name = "jianheng.modules.entrustment"
    label = "entrustment"

    def ready(self) -> None:
        """Declare the procedure and its acts."""
        from jianheng.modules.entrustment import actions, procedures, queries
        from jianheng.services.procedures import api

        assert actions
        api.register(procedures.ENTRUSTMENT, facts=queries.facts)

"""Django's handle on selection."""

from django.apps import AppConfig


class Config(AppConfig):
    """How the institution is chosen: agreement, draw, designation."""

    name = "jianheng.modules.selection"
    label = "selection"

    def ready(self) -> None:
        """Declare the procedure and its acts; listen to entrustments."""
        from jianheng.modules.selection import actions, jobs, procedures, queries
        from jianheng.modules.selection import api as door
        from jianheng.services.beacon import api as beacon
        from jianheng.services.events import api as events
        from jianheng.services.ledger import api as ledger
        from jianheng.services.procedures import api

        assert actions
        api.register(procedures.SELECTION, facts=queries.facts)
        events.subscribe("entrustment.filed", jobs.on_filed)
        events.subscribe("entrustment.institution_left", jobs.on_institution_left)
        events.subscribe("entrustment.staff_barred", jobs.on_staff_barred)
        events.subscribe("selection.chosen", jobs.on_chosen)
        events.subscribe("entrustment.ended", jobs.on_ended)
        beacon.when_taken(door.conclude_due)
        ledger.cover(
            "selection_selection",
            key="matter_id",
            matter="matter_id",
            personal=("claims", "contributions", "recused", "reason", "proposed"),
        )
        by = ("act", "operation", "draw.announced", "draw.result", "draw.event")
        for table in ("selection_draw", "selection_chosen"):  # of a case, which outlives the request that made it
            ledger.cover(table, by=by)

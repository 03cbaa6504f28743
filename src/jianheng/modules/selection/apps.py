"""Django's handle on selection."""

from django.apps import AppConfig

# What a selection comes to; the case it is for stays.
CHANGING = (
    *("rankings", "contributions", "claims", "recused", "candidates", "exclusions", "lot_id"),
    *("mode", "reason", "chosen_id", "chosen_name", "left", "ended_at", "proposed"),
)


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
            changing=CHANGING,
            personal=("claims", "contributions", "recused", "reason", "proposed"),
        )
        by = ("act", "operation", "draw.announced", "draw.result", "draw.event")
        result = ("file", "result", "concluded_at", "is_void", "entries")
        # of a case, which outlives the request that made it
        ledger.cover("selection_draw", by=by, changing=result)
        ledger.cover("selection_chosen", by=by)

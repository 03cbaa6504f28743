"""What selection does when an entrustment moves, in the same transaction."""

from __future__ import annotations

from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.selection.models import Selection
from jianheng.services.events.api import Event
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


def on_filed(event: Event) -> None:
    """A filed entrustment needs an institution."""
    brief = entrustment.brief(event.root_id)
    procedures.begin(
        "selection",
        by=people.PLATFORM,
        given={},
        region=event.region,
        now=event.at,
        seats={
            **{"unit": brief.unit_id, "court": brief.court_id, "applicant": "side", "respondent": "side"},
            **procedures.barred(event.data.get("barred", ())),
        },
        root_id=event.root_id,
        parent_id=event.matter_id,
    )


def on_institution_left(event: Event) -> None:
    """The chosen institution left: the next name, or the unit chooses again."""
    matter_id = Selection.objects.values_list("matter_id", flat=True).get(root_id=event.root_id)
    procedures.perform(
        matter_id,
        act="move_on",
        by=people.PLATFORM,
        given={"kind": event.data["kind"], "reason": event.data["reason"]},
        now=event.at,
    )


def on_staff_barred(event: Event) -> None:
    """Somebody of the unit must step back, or no longer: here too."""
    matter_id, nodes = procedures.newest_of(event.root_id, "selection") or (0, frozenset())
    if nodes:
        given = {"person_ids": event.data["person_ids"]}
        procedures.perform(matter_id, act="bar_staff", by=people.PLATFORM, given=given, now=event.at)


def on_chosen(event: Event) -> None:
    """Tell the entrustment who was chosen."""
    entrustment.report_back(event.root_id, "record_selection", now=event.at, **event.data)


def on_ended(event: Event) -> None:
    """The entrustment is over."""
    matter_id, nodes = procedures.newest_of(event.root_id, "selection") or (0, frozenset())
    if nodes:
        act = "settle" if event.data.get("end") == "completed" else "cancel"
        procedures.perform(matter_id, act=act, by=people.PLATFORM, given={}, now=event.at)

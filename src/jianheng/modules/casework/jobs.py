"""What casework does when an entrustment moves, and what it reports back, in the same transaction."""

from __future__ import annotations

from typing import Any

from jianheng.modules.casework.models import Appraisal
from jianheng.modules.casework.terms import SupplementPhase
from jianheng.modules.entrustment import api as entrustment
from jianheng.services.events.api import Event
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


def _do(event: Event, act: str, **given: Any) -> None:
    """Do an act on the entrustment's newest appraisal, unless that is over."""
    matter_id, nodes = procedures.newest_of(event.root_id, "appraisal") or (0, frozenset())
    if nodes:
        procedures.perform(matter_id, act=act, by=people.PLATFORM, given=given, now=event.at)


def on_handed_over(event: Event) -> None:
    """The material is on its way: the institution's own matter begins."""
    brief = entrustment.brief(event.root_id)
    procedures.begin(
        "appraisal",
        by=people.PLATFORM,
        given={},
        region=event.region,
        now=event.at,
        seats={"institution": brief.institution_organisation_id, "unit": brief.unit_id, "court": brief.court_id},
        root_id=event.root_id,
        parent_id=event.matter_id,
    )


def on_fee_paid(event: Event) -> None:
    """The fee is paid."""
    _do(event, "fee_paid", amount_fen=event.data["amount_fen"])


def on_supplied(event: Event) -> None:
    """The court supplied material, or said there is none."""
    phases = Appraisal.objects.filter(root_id=event.root_id).order_by("-matter_id")
    phase = phases.values_list("supplement_phase", flat=True).first()
    if not phase:
        return
    act = "supplement_arrived" if phase == SupplementPhase.ACCEPTANCE else "more_arrived"
    _do(event, act, supplied=event.data["supplied"], note=event.data["note"])


def on_extension_decided(event: Event) -> None:
    """The court decided on more time."""
    if event.data["granted"]:
        _do(event, "extension_granted", days=event.data["days"], reason=event.data["reason"])
    else:
        _do(event, "extension_refused", reason=event.data["reason"])


def on_report_returned(event: Event) -> None:
    """The court sent the report back."""
    _do(event, "report_returned", reason=event.data["reason"])


def on_supplement_ordered(event: Event) -> None:
    """The court ordered a supplementary appraisal."""
    _do(event, "supplementary_ordered", reason=event.data["reason"])


def on_recusal_requested(event: Event) -> None:
    """A party or the court asks for recusal; where nobody is left to decide, whoever asks is refused, not forgotten."""
    appraisal = Appraisal.objects.filter(root_id=event.root_id).latest("matter_id")
    procedures.perform(
        appraisal.matter_id, act="recusal_requested", by=people.PLATFORM, given=event.data, now=event.at
    )


def on_ended(event: Event) -> None:
    """The entrustment is over, or goes on with another institution: archive what is done, close what is not.

    What waits to be archived was over before: it may be a predecessor's, while the successor has no matter yet.
    """
    matter_id, nodes = procedures.newest_of(event.root_id, "appraisal") or (0, frozenset())
    if not nodes or "archive" in nodes:
        return
    act = "court_finished" if "with_court" in nodes else "entrustment_ended"
    procedures.perform(matter_id, act=act, by=people.PLATFORM, given={}, now=event.at)


def on_supplement_asked(event: Event) -> None:
    """Pass the request for material to the court."""
    entrustment.report_back(event.root_id, "receive_supplement_request", now=event.at, text=event.data["text"])


def on_accepted(event: Event) -> None:
    """Tell the court that the institution has accepted."""
    entrustment.report_back(event.root_id, "receive_acceptance", now=event.at)


def on_answered(event: Event) -> None:
    """Pass the plan's fee to the court."""
    entrustment.report_back(event.root_id, "receive_answer", now=event.at, **event.data)


def on_extension_asked(event: Event) -> None:
    """Pass the request for time to the court."""
    entrustment.report_back(event.root_id, "receive_extension_request", now=event.at, **event.data)


def on_delivered(event: Event) -> None:
    """Pass the report to the court."""
    entrustment.report_back(event.root_id, "receive_report", now=event.at, **event.data)


def on_left(event: Event) -> None:
    """The institution left."""
    entrustment.report_back(
        event.root_id, "receive_exit", now=event.at, kind=event.data["kind"], reason=event.data["reason"]
    )


SUBSCRIPTIONS = {
    "entrustment.handed_over": on_handed_over,
    "entrustment.fee_paid": on_fee_paid,
    "entrustment.supplied": on_supplied,
    "entrustment.extension_decided": on_extension_decided,
    "entrustment.report_returned": on_report_returned,
    "entrustment.supplement_ordered": on_supplement_ordered,
    "entrustment.recusal_requested": on_recusal_requested,
    "entrustment.ended": on_ended,
    "entrustment.institution_left": on_ended,
    "casework.supplement_asked": on_supplement_asked,
    "casework.accepted": on_accepted,
    "casework.answered": on_answered,
    "casework.extension_asked": on_extension_asked,
    "casework.delivered": on_delivered,
    "casework.left": on_left,
}

"""Clocks that run out while nobody looks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from jianheng.services.procedures import acting
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import Term

pytestmark = pytest.mark.django_db


def test_a_matter_whose_lapse_breaks_does_not_hold_up_the_others(played, monkeypatch, caplog) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    case.next_step()
    term = Term.objects.get(matter_id=case.root_id, clock="payment", stopped_at=None)
    broken = case.newest("selection")
    Term.objects.create(
        region=term.region,
        matter_id=broken,
        clock="payment",
        start_on=term.start_on,
        length=1,
        unit="CD",
        due_on=term.due_on - timedelta(days=1),
        sort_on=term.due_on - timedelta(days=1),
        lapse=term.lapse,
        started_seq=1,
    )
    usual = acting.perform

    def perform(matter_id: int, **given: Any) -> Any:
        if matter_id == broken:
            raise LookupError("something nobody thought of")
        return usual(matter_id, **given)

    monkeypatch.setattr(acting, "perform", perform)
    morning = datetime.combine(term.due_on + timedelta(days=1), time(9), timezone.get_default_timezone())

    assert procedures.lapse_due(now=morning) == 1

    assert f"matter {broken}: {term.lapse} is due and broke" in caplog.text
    assert not Term.objects.filter(pk=term.pk, stopped_at=None).exists()


@pytest.mark.parametrize("meanwhile", ["moved", "paused", "stopped"])
def test_a_term_that_moved_while_its_matter_was_locked_does_not_lapse(played, monkeypatch, meanwhile) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    case.next_step()
    term = Term.objects.get(matter_id=case.root_id, clock="payment", stopped_at=None)
    morning = datetime.combine(term.due_on + timedelta(days=1), time(9), timezone.get_default_timezone())
    changes: dict[str, dict[str, Any]] = {
        "moved": {"due_on": term.due_on + timedelta(days=7)},
        "paused": {"due_on": None},
        "stopped": {"stopped_at": morning},
    }
    usual = acting.perform

    def perform(matter_id: int, **given: Any) -> Any:
        Term.objects.filter(pk=term.pk).update(**changes[meanwhile])  # another process was first
        return usual(matter_id, **given)

    monkeypatch.setattr(acting, "perform", perform)

    assert procedures.lapse_due(now=morning) == 0
    assert "pay" in procedures.newest_of(case.root_id, "entrustment")[1]

"""Institutions leave one after another: there is always a next way to choose."""

from __future__ import annotations

import pytest

from jianheng.kernel import draw as lots
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.selection.models import Selection
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db


def test_after_an_exhausted_draw_the_next_institution_may_leave_too(played) -> None:
    """Chosen outside the list once nobody of the draw was left: it can refuse, and another way is chosen."""
    case = played(before="entrustment.entrust", scenario="refusal_next_name")
    row = Selection.objects.get(matter_id=case.newest("selection"))
    drawn = row.lot
    while lots.holder(drawn.file) is not None:
        happened = lots.event(drawn.file, kind=lots.PASSED, matter=row.pk, ground="REFUSED", at=case.now)
        drawn.file = lots.with_event(drawn.file, happened)
    drawn.save()

    receipt = procedures.perform(
        row.matter_id,
        act="move_on",
        by=people.PLATFORM,
        given={"kind": "REFUSED", "reason": "不具备条件。"},
        now=case.now,
    )

    assert receipt.outcome == "exhausted"
    assert Selection.objects.get(pk=row.pk).lot.file == drawn.file, "the draw that was made stays on record"


def test_a_second_round_of_agreement_begins_without_the_lists_of_the_first(played) -> None:
    case = played(before="selection.invite_ranking")
    matter_id = case.newest("selection")
    Selection.objects.filter(matter_id=matter_id).update(rankings={"applicant": [1]})

    procedures.perform(matter_id, act="invite_ranking", by=case.actor("tech"), given={}, now=case.now)

    assert Selection.objects.get(matter_id=matter_id).rankings == {}


def test_the_lateness_of_an_institution_is_not_held_against_its_successor(played) -> None:
    case = played(before="entrustment.select_again", scenario="opinion_withdrawn")
    Entrustment.objects.filter(matter_id=case.root_id).update(overdue=True)
    before = Entrustment.objects.get(matter_id=case.root_id).institution_id

    case.next_step()

    row = Entrustment.objects.get(matter_id=case.root_id)
    assert row.institution_id not in {None, before}
    assert not row.overdue

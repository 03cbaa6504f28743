"""The machine's clock is set back: nothing is recorded out of order, and the operator is told."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from jianheng.kernel import notes
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.ledger.models import Checkpoint, Entry, Held
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord
from tests.safekeeping.driven import REQUEST

pytestmark = pytest.mark.django_db
SCREENING = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}


def signed_times() -> list[datetime]:
    """What the checkpoints say of their times, in the order of the log."""
    texts = Checkpoint.objects.order_by("size").values_list("note", flat=True)
    said = [notes.parse_checkpoint(notes.parse(text).text).extensions for text in texts]
    return [datetime.fromisoformat(line.removeprefix("time ")) for lines in said for line in lines if "time " in line]


def test_an_act_an_hour_before_the_last_one_is_refused_and_can_be_done_when_the_clock_is_right(played) -> None:
    case = played(before="entrustment.screen")
    before = (ActRecord.objects.count(), Entry.objects.count())

    with pytest.raises(procedures.ClockWentBackError) as refused:
        procedures.perform(
            case.root_id,
            act="screen",
            by=case.actor("judge"),
            given=SCREENING,
            now=case.now - timedelta(hours=1),
            key="same",
        )

    assert refused.value.status == 503
    assert "校准服务器时间" in refused.value.next_steps[0]
    assert (ActRecord.objects.count(), Entry.objects.count()) == before
    done = procedures.perform(
        case.root_id, act="screen", by=case.actor("judge"), given=SCREENING, now=case.now, key="same"
    )
    assert not done.repeated


def test_an_act_that_the_log_would_hold_is_refused_whatever_matter_it_is_of(played) -> None:
    case = played(before="entrustment.screen")
    sequencer.run_once(now=case.now)
    before = (ActRecord.objects.count(), Entry.objects.count())

    with pytest.raises(procedures.ClockWentBackError):
        procedures.begin("entrustment", by=case.actor("judge"), given=REQUEST, now=case.now - timedelta(minutes=16))

    assert (ActRecord.objects.count(), Entry.objects.count()) == before
    other = REQUEST | {"case_number": "（2026）吉0199民初8号"}
    done = procedures.begin("entrustment", by=case.actor("judge"), given=other, now=case.now - timedelta(minutes=13))
    sequencer.run_once(now=case.now)
    assert not Held.objects.exists()
    assert ledger.receipt(UUID(done.entry))["status"] == "sealed"


def test_a_clock_a_minute_behind_does_not_put_acts_out_of_order(played) -> None:
    case = played(before="entrustment.screen")
    last = ActRecord.objects.latest("seq").at

    done = procedures.perform(
        case.root_id, act="screen", by=case.actor("judge"), given=SCREENING, now=last - timedelta(minutes=1)
    )

    assert last < done.at < last + timedelta(seconds=1)


def test_checkpoints_never_say_an_earlier_time_than_the_one_before(played, caplog) -> None:
    case = played(before="entrustment.screen")
    last = signed_times()[-1]
    procedures.perform(case.root_id, act="screen", by=case.actor("judge"), given=SCREENING, now=case.now)

    with caplog.at_level(logging.WARNING):
        placed = sequencer.run_once(now=case.now - timedelta(days=1))

    assert placed == 2  # the act, its screening form
    assert signed_times()[-1] == last
    assert signed_times() == sorted(signed_times())
    assert "the clock is behind" in caplog.text
    assert ledger.state().waiting == 0


def test_a_load_balancer_and_the_operator_are_told(played) -> None:
    assert Client().get("/healthz").json() == {"ok": True}
    case = played(before="entrustment.screen")
    procedures.perform(case.root_id, act="screen", by=case.actor("judge"), given=SCREENING, now=case.now)
    sequencer.run_once(now=timezone.now() + timedelta(hours=3))

    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["code"] == "CLOCK_WENT_BACK"
    assert "校准服务器时间" in answer.json()["next_step"]

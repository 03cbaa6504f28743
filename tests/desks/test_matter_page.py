"""A matter's page tells whoever opens it where the time went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jianheng.desks.workbench import matters
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db


def test_time_is_counted_where_the_ball_is_and_told_in_words(played) -> None:
    case = played(before="appraisal.accept")

    held = procedures.held_by(case.root_id, now=case.now)

    assert "system" not in held, "waiting for a related matter is nobody's time"
    page = matters.page(case.newest("appraisal"), case.actor("intake@chosen"))
    assert [seat for seat, _ in page["held"] if seat.isascii()] == []
    assert "鉴定机构" in dict(page["held"])


def test_an_open_item_is_counted_until_now(played) -> None:
    case = played(before="appraisal.accept")
    before, after = (procedures.held_by(case.root_id, now=case.now + timedelta(days=days)) for days in (0, 3))

    assert after.pop("institution") == pytest.approx(before.pop("institution") + 3)
    assert after == before

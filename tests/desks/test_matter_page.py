"""A matter's page tells whoever opens it where the time went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jianheng.desks.workbench import matters
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import Matter, Term

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


def test_an_appraisal_is_found_by_everything_it_was_begun_with(played) -> None:
    case = played(before="appraisal.review_acceptance")
    matter = Matter.objects.get(pk=case.newest("appraisal"))

    for asked in (matter.reference, "李某乙（示例）", "张某甲（示例）", "人体残疾等级鉴定"):
        found = procedures.find(case.actor("intake@chosen"), text=asked)
        assert matter.pk in [row.id for row in found], asked


def test_a_text_longer_than_any_word_finds_nothing_and_breaks_nothing(played) -> None:
    case = played(before="entrustment.screen")

    assert procedures.find(case.actor("judge"), text="z" * 5000) == ()


def test_a_stopped_clock_is_no_clock_without_its_calendar(played) -> None:
    case = played(before="entrustment.add_material", scenario="supplement_with_pause")
    while case.play.acts[-1][0] != "appraisal.ask_supplement":
        case.next_step()

    assert Term.objects.filter(stopped_at=None, due_on=None).exists()
    assert procedures.figures(case.now)["terms_without_day"] == 0

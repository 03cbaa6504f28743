"""A term that runs into a year whose holiday notice is missing: the act goes through, the day is provisional and says
between which days it must fall, and the term is counted, and lapses, as soon as the notice is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jianheng.config import cli
from jianheng.kernel.calendar import CalendarYearMissingError
from jianheng.services.documents.models import Document
from jianheng.services.lawbook import api as lawbook
from jianheng.services.lawbook import calendars
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures import recounting, tasks
from jianheng.services.procedures.models import Term, WorkItem

pytestmark = pytest.mark.django_db
FIXED = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def own_law(tmp_path, monkeypatch) -> Path:
    """The operator's own law directory, empty as yet."""
    monkeypatch.setenv("JIANHENG_LAW_DIR", str(tmp_path / "law"))
    return tmp_path / "law"


@pytest.fixture
def unknown(own_law) -> int:
    """The first year without a notice."""
    return lawbook.calendar_years()[-1] + 1


@pytest.fixture
def notice(tmp_path, unknown) -> Callable[..., str]:
    """``notice("01-04")``: a file for that year with further days off."""

    def written(*more: str) -> str:
        file = tmp_path / "notice.csv"
        rows = "".join(f"{unknown}-{day},rest,\n" for day in (*FIXED, *more))
        file.write_text(f"day,kind,note\n{rows}", encoding="utf-8")
        return str(file)

    return written


def late_in_december(case: Any, year: int) -> None:
    """Go to the 29th of December of the year before."""
    case.driver.move_to(date(year - 1, 12, 29))


def payment(case: Any) -> Term:
    """The running term to pay in."""
    return Term.objects.get(matter_id=case.root_id, clock="payment", stopped_at=None)


def at(year: int, month: int, day: int) -> datetime:
    """A morning in China."""
    return datetime.combine(date(year, month, day), time(9), CHINA)


def test_material_is_asked_for_and_the_paper_says_the_day_in_words(played, unknown) -> None:
    case = played(before="appraisal.ask_supplement", scenario="supplement_with_pause")
    late_in_december(case, unknown)

    case.next_step()

    paper = Document.objects.get(kind="supplement_notice")
    assert paper.data["content"]["due_on"] is None
    assert case.play.acts[-1][0] == "appraisal.ask_supplement"
    with pytest.raises(CalendarYearMissingError):
        lawbook.calendar().is_working_day(date(unknown, 1, 11))


def test_a_term_into_an_unknown_year_has_no_day_and_does_not_lapse(played, unknown) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    late_in_december(case, unknown)
    case.next_step()

    done = procedures.lapse_due(now=at(unknown, 2, 1))

    assert payment(case).due_on is None
    assert done == 0
    shown = procedures.matter(case.root_id, case.actor("judge"), today=date(unknown, 1, 4))
    term = next(term for term in shown.terms if term.clock == "payment")
    assert f"{unknown}年的节假日安排尚未公布" in term.note and term.note.startswith("暂定")
    assert term.provisional is not None
    assert term.provisional.earliest <= term.provisional.day <= term.provisional.latest
    assert not term.overdue
    later = procedures.matter(case.root_id, case.actor("judge"), today=date(unknown, 2, 1))
    assert next(term for term in later.terms if term.clock == "payment").overdue  # whatever the notice will say


def test_a_provisional_day_sorts_in_the_work_list_and_is_marked_on_every_page(played, browser, unknown) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    late_in_december(case, unknown)
    case.next_step()
    item = WorkItem.objects.get(matter_id=case.root_id, clock="payment", closed_at=None)

    matter = browser("judge").get(f"/desk/matters/{case.root_id}/").content.decode()
    party = browser("applicant", case.root_id).get("/progress/").content.decode()

    assert item.due_on is None and item.sort_on.year == unknown
    for page in (matter, party):
        assert f"暂定（{item.sort_on.isoformat()}）" in page
        assert "未定期限" not in page


def test_importing_the_year_counts_the_term_and_lets_it_lapse(played, unknown, notice, capsys) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    late_in_december(case, unknown)
    case.next_step()
    waiting = WorkItem.objects.get(matter_id=case.root_id, clock="payment", closed_at=None)

    assert cli.main(["calendar", "import", notice()]) == 0

    due_on = date(unknown, 1, 5)
    assert due_on.weekday() < 5
    assert payment(case).due_on == due_on
    waiting.refresh_from_db()
    assert (waiting.due_on, waiting.sort_on) == (due_on, due_on)
    assert "其中1个的到期日有变化" in capsys.readouterr().out
    assert procedures.recount_terms() == procedures.recount_terms(undated=True) == 0
    assert procedures.lapse_due(now=at(unknown, 1, 5)) == 0
    assert procedures.lapse_due(now=at(unknown, 1, 6)) == 1
    assert not Term.objects.filter(matter_id=case.root_id, clock="payment", stopped_at=None).exists()


def test_a_file_put_in_place_by_hand_is_noticed_by_the_job(played, unknown, notice, own_law, monkeypatch) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    late_in_december(case, unknown)
    case.next_step()
    calendars.adopt(calendars.read(Path(notice())))
    monkeypatch.setattr(tasks.timezone, "now", lambda: at(unknown, 1, 20))

    tasks.lapse_due(timestamp=0)

    assert Term.objects.get(matter_id=case.root_id, clock="payment").stopped_at == at(unknown, 1, 20)


def test_a_corrected_notice_moves_days_that_were_known(played, unknown, notice) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    late_in_december(case, unknown)
    cli.main(["calendar", "import", notice()])
    case.next_step()
    known = payment(case).due_on

    cli.main(["calendar", "import", notice("01-05", "01-06")])

    assert known == date(unknown, 1, 5)
    assert payment(case).due_on == date(unknown, 1, 7)


def test_a_start_counts_again_what_a_notice_put_in_place_by_hand_moved(played, unknown, notice) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    late_in_december(case, unknown)
    case.next_step()
    procedures.recount_if_changed()
    calendars.adopt(calendars.read(Path(notice("01-05", "01-06"))))

    assert procedures.recount_if_changed() == 1
    assert payment(case).due_on == date(unknown, 1, 7)


def test_a_start_under_the_same_calendar_and_rules_asks_one_statement(played, django_assert_num_queries) -> None:
    played(before="entrustment.notify_fee", scenario="fee_lapse").next_step()
    procedures.recount_if_changed()

    with django_assert_num_queries(1):
        assert procedures.recount_if_changed() == 0


def test_a_start_under_other_rules_counts_again(played, monkeypatch) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    case.next_step()
    procedures.recount_if_changed()
    due_on = payment(case).due_on
    Term.objects.filter(pk=payment(case).pk).update(due_on=due_on - timedelta(days=1))

    assert procedures.recount_if_changed() == 0
    monkeypatch.setattr(recounting, "RULES", recounting.RULES[1:])
    assert procedures.recount_if_changed() == 1
    assert payment(case).due_on == due_on


def test_the_start_after_an_import_counts_what_acts_wrote_meanwhile(played, unknown, notice) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    procedures.recount_if_changed()
    late_in_december(case, unknown)
    cli.main(["calendar", "import", notice()])
    case.next_step()
    due_on = payment(case).due_on
    Term.objects.filter(pk=payment(case).pk).update(due_on=None)

    assert procedures.recount_if_changed() == 1
    assert payment(case).due_on == due_on
    assert procedures.recount_if_changed() == 0


def test_a_stopped_term_stays_without_a_day(played, unknown, notice) -> None:
    case = played(before="appraisal.ask_supplement", scenario="supplement_with_pause")
    case.next_step()

    cli.main(["calendar", "import", notice()])

    paused = Term.objects.get(matter_id=case.newest("appraisal"), clock="acceptance")
    assert (paused.due_on, paused.stopped_at) == (None, None)


def test_one_matter_that_cannot_go_on_does_not_hold_up_the_others(played) -> None:
    case = played(before="entrustment.notify_fee", scenario="fee_lapse")
    case.next_step()
    term = payment(case)
    stuck = Term.objects.create(
        **{
            field.attname: getattr(term, field.attname)
            for field in Term._meta.fields
            if field.attname not in {"id", "matter_id", "due_on"}
        },
        matter_id=case.newest("selection"),
        due_on=term.due_on - timedelta(days=9),
    )
    assert procedures.lapse_due(now=case.now + timedelta(days=30)) == 1
    assert not Term.objects.filter(pk=term.pk, stopped_at=None).exists()
    assert Term.objects.filter(pk=stuck.pk, stopped_at=None).exists()

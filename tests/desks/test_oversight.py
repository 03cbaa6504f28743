"""What the regulator reads: counts, mean days, who owes what is overdue; filtered by the address."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jianheng.desks.oversight import views
from jianheng.modules.casework import api as casework
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.statistics import api as statistics

pytestmark = pytest.mark.django_db


def cells(page: str) -> list[list[str]]:
    """The rows of all tables of a page, as the words of their cells."""
    rows = re.findall(r"<tr><td.*?</tr>", page, re.S)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.S)]
        for row in rows
    ]


def shown(browser, query: str = "") -> str:
    """The page as the regulator sees it."""
    return browser("regulator").get(f"/oversight/{query}").content.decode()


def test_an_empty_region_is_told_as_such_and_offers_no_filter(browser) -> None:
    page = shown(browser)

    assert "本地区还没有法院委托的鉴定案件。" in page
    assert "没有逾期的事项。" in page
    assert "只看有逾期的机构" not in page


def counted(browser, on: date) -> tuple[list[str], ...]:
    """The rows of both tables of the page, counted at noon of a day."""
    statistics.take(datetime.combine(on, time(12), ZoneInfo("Asia/Shanghai")))
    return tuple(cells(shown(browser)))


def test_what_is_overdue_is_told_by_holder_and_clock_beside_the_counts(played, browser) -> None:
    case = played(before="appraisal.accept")
    chosen = procedures.matter_row(case.newest("appraisal"), case.actor("judge")).seats["institution"]
    name = people.organisation(chosen).name

    institutions, overdue = counted(browser, date(2026, 11, 1))

    assert institutions == [name, "1", "0", "0", "—", "1"]
    assert overdue[:3] == [f"{name} 鉴定机构机构负责人", "受理审查期限", "1"]
    assert "2026-03-11" in overdue[3]
    assert "逾期事项统计截至 2026-11-01 12:00。" in shown(browser)


def test_what_is_due_today_is_not_overdue_and_before_the_first_count_nothing_is(played, browser) -> None:
    played(before="appraisal.accept")

    assert "尚未统计" in shown(browser)
    assert len(counted(browser, date(2026, 3, 11))) == 1
    assert len(counted(browser, date(2026, 3, 12))) == 2


def test_what_lies_in_another_region_is_not_told(played, browser) -> None:
    played(before="appraisal.accept")
    statistics.take(datetime(2026, 3, 12, 4, tzinfo=UTC))

    assert len(statistics.late_items(["22"])) == 1
    assert statistics.late_items(["44"]) == []


def test_a_party_who_is_late_is_told_without_a_name(played, browser) -> None:
    played(before="entrustment.object")

    (*_, late) = counted(browser, date(2026, 11, 1))

    assert late[:3] == ["对方当事人", "提出异议期限", "1"]


def test_mean_days_run_from_acceptance_to_issue_within_the_days_and_category_asked(played) -> None:
    played(before="entrustment.check_report")
    everything = casework.overview("22", by=people.PLATFORM)

    assert [(row.received, row.accepted, row.issued, row.mean_days) for row in everything] == [(1, 1, 1, 0.0)]
    assert (
        casework.overview("22", by=people.PLATFORM, since=date(2026, 3, 2), until=date(2026, 3, 2), category="FM02")
        == everything
    )
    assert casework.overview("22", by=people.PLATFORM, since=date(2026, 3, 3)) == []
    assert casework.overview("22", by=people.PLATFORM, until=date(2026, 3, 1)) == []
    assert casework.overview("22", by=people.PLATFORM, category="FM05") == []
    assert casework.overview("44", by=people.PLATFORM) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?category=FM02&since=2026-03-02&until=2026-03-02", True),
        ("?late=1", True),
        ("?category=FM05", False),
        ("?since=2026-03-03", False),
        ("?institution=999999", False),
        ("?institution=x&category=nonsense&since=gestern&late=2", True),
    ],
)
def test_the_address_filters_and_what_cannot_be_read_is_as_if_not_asked(played, browser, query, found) -> None:
    played(before="appraisal.accept")
    statistics.take(datetime(2026, 11, 1, tzinfo=UTC))

    page = shown(browser, query)

    assert ("没有符合条件的机构。" not in page) is found
    assert ("清除条件" not in page) is found
    assert 'name="institution"' in page


def multiplied(count: int) -> None:
    """That many more institutions, with the same case each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into casework_appraisal
               select (jsonb_populate_record(a, jsonb_build_object(
                 'matter_id', a.matter_id + 1000000 + n, 'institution_id', a.institution_id + n))).*
               from casework_appraisal a, generate_series(1, %s) n""",
            [count],
        )


def test_of_a_whole_province_the_busiest_are_listed_with_the_sum_of_all(played, browser, monkeypatch) -> None:
    monkeypatch.setattr(views, "SHOWN", 5)
    played(before="appraisal.accept")
    multiplied(20)

    first, whole = shown(browser, "?category=FM02"), shown(browser, "?category=FM02&all=1")

    assert len(cells(first)) == 5
    assert "另有 16 行未列出。" in first
    assert "合计（21家）" in first
    assert 'href="?category=FM02&amp;all=1"' in first
    assert len(cells(whole)) == 21
    assert "未列出" not in whole
    assert '<input type="hidden" name="all" value="1">' in whole


def test_a_page_asks_as_often_for_one_institution_as_for_many(played, browser) -> None:
    played(before="appraisal.accept")
    regulator = browser("regulator")
    regulator.get("/oversight/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            regulator.get("/oversight/")
        return len(queries)

    one = asked()
    multiplied(20)

    assert asked() == one

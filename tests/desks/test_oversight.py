"""What the regulator reads: counts, mean days, who owes what is overdue; filtered by the address."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jianheng.modules.casework import api as casework
from jianheng.services.procedures import api as procedures

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


def test_what_is_overdue_is_told_by_holder_and_clock_beside_the_counts(played, browser) -> None:
    case = played(before="appraisal.accept")
    chosen = procedures.matter_row(case.newest("appraisal"), case.actor("judge")).seats["institution"]
    name = next(row.organisation for row in procedures.overdue("22", today=date(2026, 11, 1)) if row.count)

    institutions, overdue = cells(shown(browser))

    assert institutions == [name, "1", "0", "0", "—", "1"]
    assert overdue[:3] == [f"{name} 鉴定机构机构负责人", "受理审查期限", "1"]
    assert "2026-03-11" in overdue[3]
    assert [row.organisation_id for row in procedures.overdue("22", today=date(2026, 11, 1))] == [chosen]


def test_what_is_due_today_or_lies_in_another_region_is_not_overdue(played) -> None:
    played(before="appraisal.accept")

    assert procedures.overdue("22", today=date(2026, 3, 11)) == []
    assert len(procedures.overdue("22", today=date(2026, 3, 12))) == 1
    assert procedures.overdue("44", today=date(2026, 3, 12)) == []


def test_a_party_who_is_late_is_told_without_a_name(played) -> None:
    played(before="entrustment.object")

    late = procedures.overdue("22", today=date(2026, 11, 1))

    told = [(row.organisation_id, row.organisation, row.holder_title, row.clock_title) for row in late]
    assert told == [(None, "", "对方当事人", "提出异议期限")]


def test_mean_days_run_from_acceptance_to_issue_within_the_days_and_category_asked(played) -> None:
    played(before="entrustment.check_report")
    everything = casework.overview("22")

    assert [(row.received, row.accepted, row.issued, row.mean_days) for row in everything] == [(1, 1, 1, 0.0)]
    assert casework.overview("22", since=date(2026, 3, 2), until=date(2026, 3, 2), category="FM02") == everything
    assert casework.overview("22", since=date(2026, 3, 3)) == []
    assert casework.overview("22", until=date(2026, 3, 1)) == []
    assert casework.overview("22", category="FM05") == []
    assert casework.overview("44") == []


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

    page = shown(browser, query)

    assert ("没有符合条件的机构。" not in page) is found
    assert ("清除条件" not in page) is found
    assert 'name="institution"' in page


def test_a_page_asks_as_often_for_one_institution_as_for_many(played, browser) -> None:
    played(before="appraisal.accept")
    regulator = browser("regulator")
    regulator.get("/oversight/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            regulator.get("/oversight/")
        return len(queries)

    one = asked()
    with connection.cursor() as cursor:  # more institutions with a case each
        cursor.execute("""
            insert into casework_appraisal
            select (jsonb_populate_record(a, jsonb_build_object(
              'matter_id', a.matter_id + 1000000 + n, 'institution_id', a.institution_id + n))).*
            from casework_appraisal a, generate_series(1, 20) n""")

    assert asked() == one

"""The counted pages: what the regulator reads of load, time, delay and bottlenecks, and what nobody may read there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jianheng.services.people import api as people
from jianheng.services.statistics import api as statistics

pytestmark = pytest.mark.django_db

PAGES = ("load", "durations", "overdue", "bottlenecks/entrustment", "bottlenecks/selection", "bottlenecks/appraisal")


@pytest.fixture
def pages(browser):
    """Every counted page as the regulator sees it."""

    def read() -> dict[str, str]:
        regulator = browser("regulator")
        return {name: regulator.get(f"/oversight/{name}/").content.decode() for name in PAGES}

    return read


def test_before_the_first_count_a_page_says_so(pages) -> None:
    for page in pages().values():
        assert "尚未统计" in page


def test_a_whole_case_is_counted_by_node_holder_step_and_end(played, pages) -> None:
    case = played()
    statistics.take(case.now)
    told = pages()

    assert "开始 1 件，结束 1 件。" in told["load"]
    assert "委托完成" in told["load"]
    assert "示例市示例区人民法院 承办法官" in told["durations"]
    assert "鉴定事项审查 → 鉴定材料质证：1 次" in told["bottlenecks/entrustment"]
    assert "没有逾期的事项。" in told["overdue"]


def test_no_page_names_a_party_or_a_case(played, pages) -> None:
    case = played(before="entrustment.pay")
    statistics.take(case.now + timedelta(days=60))

    for page in pages().values():
        assert "张某甲" not in page
        assert "李某乙" not in page
        assert "民初" not in page
        assert "委鉴" not in page


def test_what_is_overdue_is_told_at_its_node_and_by_whom(played, pages) -> None:
    case = played(before="entrustment.pay")
    statistics.take(case.now + timedelta(days=60))
    page = pages()["overdue"]

    assert "预交鉴定费" in page
    assert "当事人 申请人一方" in page


def test_another_region_has_no_part_in_the_counts(played) -> None:
    case = played()
    statistics.take(case.now)

    assert statistics.holders(("44",)) == []
    assert statistics.ends(("2202",)) == []
    assert statistics.holders(("22",)) == statistics.holders(("2201",)) == statistics.holders(("220199",))
    assert statistics.holders(("",)) == statistics.holders(("22",))


def test_times_add_up_over_nodes_and_holders(played) -> None:
    case = played()
    statistics.take(case.now)

    by_node = sum(one.days for one in statistics.nodes(("22",)))
    assert by_node == pytest.approx(sum(one.days for one in statistics.holders(("22",))))
    assert sum(one.done for one in statistics.nodes(("22",))) == sum(one.done for one in statistics.holders(("22",)))


def test_counting_again_changes_nothing(played) -> None:
    case = played()
    statistics.take(case.now)
    before = (statistics.holders(("22",)), statistics.steps(("22",), "entrustment"), statistics.ends(("22",)))
    statistics.take(case.now)

    assert (statistics.holders(("22",)), statistics.steps(("22",), "entrustment"), statistics.ends(("22",))) == before
    assert statistics.taken_at() == case.now


def test_every_node_is_entered_as_often_as_something_led_to_it(played) -> None:
    case = played()
    statistics.take(case.now)
    with connection.cursor() as cursor:
        cursor.execute("""
            select node, count(*) from procedures_workitem i join procedures_matter m on m.id = i.matter_id
            where m.procedure = 'entrustment' group by 1""")
        entered = dict(cursor.fetchall())
    led: dict[str, int] = {}
    for step in statistics.steps(("22",), "entrustment"):
        led[step.target] = led.get(step.target, 0) + step.count

    assert led == entered


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_what_was_counted_and_not_the_cases(played, browser, name) -> None:
    case = played(before="entrustment.serve")
    statistics.take(case.now)
    regulator = browser("regulator")
    with CaptureQueriesContext(connection) as asked:
        regulator.get(f"/oversight/{name}/")

    tables = " ".join(query["sql"] for query in asked.captured_queries)
    assert "statistics_" in tables
    for table in ("procedures_matter", "procedures_workitem", "procedures_actrecord", "entrustment_entrustment"):
        assert table not in tables


def test_only_a_regulator_reads_them(browser) -> None:
    for name in PAGES:
        assert browser().get(f"/oversight/{name}/").status_code == 302
        assert browser("leader").get(f"/oversight/{name}/").status_code == 403
        assert browser("intake-a").get(f"/oversight/{name}/").status_code == 403


def test_a_court_and_its_technicians_are_told_apart(played) -> None:
    case = played()
    statistics.take(case.now)

    roles = {one.role for one in statistics.holders(("22",)) if one.organisation == "示例市示例区人民法院"}
    assert roles == {people.Role.JUDGE, people.Role.TECH}

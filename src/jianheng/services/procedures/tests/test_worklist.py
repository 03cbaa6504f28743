"""The list of what somebody owes: whole, in order, cut into pages without loss, and never more than its counts say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from jianheng.services.people.api import Actor, PostRef
from jianheng.services.procedures import worklist
from jianheng.services.procedures.models import Matter, WorkItem

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
NODES = ("screen", "mend")

owed = st.lists(
    st.tuples(
        st.sampled_from(("1:judge", "1:leader", "2:judge")),
        st.sampled_from(NODES),
        st.integers(-3, 3) | st.none(),  # days left; None where the year has no calendar
        st.booleans(),
    ),
    max_size=25,
)


def actor(*posts: tuple[int, str]) -> Actor:
    """Somebody with these posts."""
    return Actor(
        name="示例", person_id=1, posts=tuple(PostRef(at, "示例", "COURT", "220199", role) for at, role in posts)
    )


def owe(holder: str, node: str, days: int | None, is_open: bool) -> WorkItem:
    """One item of a matter of its own."""
    matter = Matter.objects.create(
        region="220199", procedure="entrustment", version=1, opened_at=NOON, last_act_at=NOON
    )
    due = TODAY + timedelta(days=days) if days is not None else None
    return WorkItem.objects.create(
        region="220199",
        matter=matter,
        node=node,
        holder=holder,
        opened_at=NOON,
        opened_seq=1,
        due_on=due,
        sort_on=due or TODAY + timedelta(days=1),
        closed_at=None if is_open else NOON,
    )


def pages(who: Actor, size: int, **asked: object) -> list[worklist.WorkPage]:
    """Every page, first to last."""
    found = [worklist.work_list(who, today=TODAY, size=size, **asked)]
    while found[-1].after:
        found.append(worklist.work_list(who, today=TODAY, size=size, after=found[-1].after, **asked))
    return found


@given(owed, st.integers(1, 7), st.sampled_from(["", *NODES]), st.booleans())
def test_the_pages_together_are_what_the_posts_owe_in_order_of_urgency(
    entries: list[tuple[str, str, int | None, bool]], size: int, node: str, late: bool
) -> None:
    with transaction.atomic():
        items = [owe(*entry) for entry in entries]
        who = actor((1, "judge"), (1, "leader"))
        mine = [
            item
            for item in items
            if item.closed_at is None and item.holder.startswith("1:") and node in ("", item.node)
        ]
        overdue = [item for item in mine if item.due_on is not None and item.due_on < TODAY]

        found = pages(who, size, node=node, late=late)

        wanted = sorted(overdue if late else mine, key=lambda item: (item.sort_on, item.pk))
        assert [row.id for page in found for row in page.rows] == [item.pk for item in wanted]
        assert {(page.total, page.overdue) for page in found} == {(len(mine), len(overdue))}
        transaction.set_rollback(True)


def test_nobody_owes_nothing(db: None) -> None:
    owe("1:judge", "screen", 0, True)

    assert worklist.work_list(Actor(name="访客"), today=TODAY) == worklist.WorkPage((), "", 0, 0)


@pytest.mark.parametrize("after", ["", "昨天.1", "2026-03-02", "2026-03-02.", "2026-03-02.²", ".5", "x" * 400])
def test_a_page_key_that_cannot_be_read_begins_at_the_top(after: str) -> None:
    first = owe("1:judge", "screen", 0, True)

    (row,) = worklist.work_list(actor((1, "judge")), today=TODAY, after=after).rows

    assert row.id == first.pk


def test_counting_stops_at_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "COUNT_CEILING", 3)
    for days in (-1, -1, -1, -1, 2):
        owe("1:judge", "screen", days, True)

    page = worklist.work_list(actor((1, "judge")), today=TODAY)

    assert (len(page.rows), page.total, page.overdue) == (5, 3, 3)


def test_each_post_walks_the_index_and_no_further_than_a_page() -> None:
    matter = owe("1:judge", "screen", 0, True).matter
    WorkItem.objects.bulk_create(
        WorkItem(
            region="220199",
            matter=matter,
            node=f"n{number}",
            holder=f"{number % 5}:judge",
            opened_at=NOON,
            opened_seq=1,
            sort_on=TODAY + timedelta(days=number % 90),
        )
        for number in range(5000)
    )
    asked = {
        "holders": ["1:judge", "2:judge"],
        "node": "",
        "until": date.max,
        "late": False,
        "day": date.min,
        "id": 0,
        "organisations": [1, 2],
        "keys": ["1:judge", "2:judge", "person:1"],
        "today": TODAY,
    }
    with connection.cursor() as cursor:
        cursor.execute("analyze procedures_workitem, procedures_matter")
        cursor.execute(
            f"explain (analyze, format json) {worklist.ROWS.format(limit=31, withheld=worklist.WITHHELD)}", asked
        )
        plan = nodes(cursor.fetchone()[0][0]["Plan"])

    walks = [node for node in plan if node.get("Relation Name") == "procedures_workitem"]
    assert [node["Index Name"] for node in walks] == ["item_work_list"]
    assert walks[0]["Actual Loops"] == 2
    assert max(node["Actual Rows"] for node in plan) <= 2 * 31


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan."""
    return [plan, *(inner for part in plan.get("Plans", ()) for inner in nodes(part))]

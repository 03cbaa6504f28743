"""Finding matters: what one may see, whatever is typed, newest first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jianheng.services.people.api import PLATFORM, Actor, PostRef
from jianheng.services.procedures.finding import find
from jianheng.services.procedures.models import Matter, WholeName
from jianheng.services.procedures.queries import SEEN_BY, may_see, visible
from jianheng.services.procedures.words import name_key, tokens, whole_name

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
TITLE = "张某甲与李某乙机动车交通事故责任纠纷 O'Brien \\ 100%"


def begun(viewers: tuple[int, ...] = (1,), title: str = TITLE, bearers: tuple[str, ...] = (), **more: Any) -> Matter:
    """A matter seen by some organisations, to be found by its title and its parties, as the modules name it."""
    from django.db import connection

    values = {"region": "220199", "procedure": "entrustment", "version": 1, "opened_at": NOON, "last_act_at": NOON}
    matter = Matter.objects.create(**values | {"viewer_ids": list(viewers), "title": title} | more)
    with connection.cursor() as cursor:
        cursor.execute(
            "update procedures_matter set words = array_to_tsvector(%s) where id = %s",
            [[*tokens(title, "张某甲"), *map(whole_name, bearers)], matter.pk],
        )
    return matter


def of(*organisations: int, sides: tuple[tuple[int, str], ...] = ()) -> Actor:
    """Somebody at some organisations, or on some sides."""
    return Actor(
        "示例", posts=tuple(PostRef(one, "示例", "COURT", "220199", "judge") for one in organisations), sides=sides
    )


def ids(actor: Actor, **asked: Any) -> list[int]:
    """What somebody finds."""
    return [row.id for row in find(actor, **asked)]


@pytest.mark.parametrize("typed", ["交通事故", "张某甲", "o'brien", "O'Brien 交通", "100%", "\\", "'", "机动车 责任"])
def test_words_of_the_title_find_it_and_marks_do_no_harm(typed: str) -> None:
    wanted = begun()

    assert wanted.pk in ids(of(1), text=typed)


@pytest.mark.parametrize(
    "typed", ["（2026）吉0199民初100号", "(2026)吉0199民初100号", " （2026）吉0199民初100号 ", "吉0199", "民初 100"]
)
def test_a_case_is_found_by_its_number_however_it_is_typed(typed: str) -> None:
    wanted = begun(title="（2026）吉0199民初100号")
    other = begun(title="（2026）吉0102民初7号")

    assert wanted.pk in ids(of(1), text=typed)
    assert other.pk not in ids(of(1), text=typed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_is_typed_is_an_answer(typed: str) -> None:
    assert isinstance(find(of(1), text=typed), tuple)


def test_the_list_shows_exactly_what_the_gate_lets_see() -> None:
    mine, other = begun((1, 2)), begun((3,))
    side = begun((3,), seats={"applicant": "side"})
    Matter.objects.filter(pk=side.pk).update(root_id=side.pk)
    for keys in (["person:7"], [f"side:{side.pk}:applicant"], ["2:judge", "regulator"]):
        sealed = begun((1, 2), seats={"applicant": "side"}, restricted_to=keys)
        Matter.objects.filter(pk=sealed.pk).update(root_id=side.pk)
    everyone = [
        replace(of(1), person_id=7),
        replace(of(3), person_id=7),
        replace(of(1), person_id=8, regions=("22",)),
        of(1),
        of(2),
        of(3),
        of(),
        of(sides=((side.pk, "applicant"),)),
        of(sides=((side.pk, "respondent"),)),
        PLATFORM,
    ]

    for actor in everyone:
        seen = [
            row.pk
            for row in Matter.objects.order_by("-pk")
            if may_see(actor, {name: getattr(row, name) for name in SEEN_BY})
        ]
        assert ids(actor) == seen
        assert set(Matter.objects.filter(visible(actor)).values_list("pk", flat=True)) == set(seen)

    assert {mine.pk, other.pk} <= set(ids(PLATFORM))


def test_who_no_longer_sees_a_matter_no_longer_finds_it_and_who_now_does_finds_it_by_its_words() -> None:
    matter = begun((1,))
    assert matter.pk in ids(of(1), text="交通事故")

    Matter.objects.filter(pk=matter.pk).update(viewer_ids=[2])

    assert ids(of(1), text="交通事故") == ids(of(1)) == []
    assert ids(of(2), text="交通事故") == [matter.pk]


def test_nobody_finds_by_typing_what_marks_a_viewer() -> None:
    begun((1,))

    assert ids(of(2), text="@1") == ids(of(2), text="'@1'") == []


def test_filters_narrow_and_pages_go_on_from_the_last_line() -> None:
    matters = [begun() for _ in range(5)]
    Matter.objects.filter(pk=matters[0].pk).update(closed_at=NOON, end="completed")

    assert ids(of(1), size=2) == [matters[4].pk, matters[3].pk]
    assert ids(of(1), size=2, after=matters[3].pk) == [matters[2].pk, matters[1].pk]
    assert ids(of(1), state="closed") == [matters[0].pk]
    assert len(ids(of(1), state="open")) == 4
    assert ids(of(1), procedure="selection") == []
    assert ids(of(1), procedure="entrustment' or true --", state="all") == []


def against(one: str, other: str, viewers: tuple[int, ...] = (1,)) -> Matter:
    """A matter between two parties."""
    return begun(viewers, f"{one}与{other}健康权纠纷", (one, other))


def lines() -> set[tuple[int, int]]:
    """Every line of the index of names."""
    return set(WholeName.objects.values_list("key", "matter_id"))


def test_a_whole_name_finds_whoever_bears_it_and_not_two_who_share_its_parts() -> None:
    wanted = against("王某甲乙", "赵某丙丁")
    of_two = against("王某丙丁", "李某甲乙")
    longer = against("王某甲乙建筑有限公司", "钱某")

    assert ids(of(1), text="王某甲乙") == [wanted.pk]
    assert {wanted.pk, of_two.pk, longer.pk} == set(ids(of(1), text="王某甲乙", wide=True))
    assert [row.by_name for row in find(of(1), text="王某甲乙")] == [True]
    assert not any(row.by_name for row in find(of(1), text="王某甲乙", wide=True))


def test_where_nobody_bears_the_name_its_words_are_looked_for() -> None:
    longer = against("王某甲乙建筑有限公司", "钱某")

    assert ids(of(1), text="王某甲乙") == [longer.pk]


@pytest.mark.parametrize(
    "typed", [" 王某甲乙 ", "王某 甲乙", "王某甲乙\u3000", "ＡＢＣ（示例）公司", "abc(示例)公司", "Abc （示例） 公司"]
)
def test_a_name_is_found_however_it_is_spaced_and_written(typed: str) -> None:
    wanted = against("王某甲乙", "ABC（示例）公司")

    assert [(row.id, row.by_name) for row in find(of(1), text=typed)] == [(wanted.pk, True)]


def test_bearers_are_told_page_by_page_and_filtered_and_the_last_page_is_not_filled_with_others() -> None:
    borne = [against("王某甲乙", "赵某") for _ in range(3)]
    against("王某丙丁", "李某甲乙")
    Matter.objects.filter(pk=borne[1].pk).update(closed_at=NOON, end="completed")

    assert ids(of(1), text="王某甲乙", size=2) == [borne[2].pk, borne[1].pk]
    assert ids(of(1), text="王某甲乙", size=2, after=borne[1].pk) == [borne[0].pk]
    assert ids(of(1), text="王某甲乙", after=borne[0].pk) == []
    assert ids(of(1), text="王某甲乙", state="closed") == [borne[1].pk]


def test_a_name_is_found_by_whoever_sees_the_matter_and_by_nobody_else() -> None:
    matter = against("王某甲乙", "赵某", (1, 2))
    assert (
        ids(of(1), text="王某甲乙") == ids(of(2, 3), text="王某甲乙") == ids(of(1, 2), text="王某甲乙") == [matter.pk]
    )
    assert ids(of(3), text="王某甲乙") == ids(of(), text="王某甲乙") == []

    Matter.objects.filter(pk=matter.pk).update(viewer_ids=[2, 3])

    assert ids(of(1), text="王某甲乙") == []
    assert ids(of(3), text="王某甲乙") == [matter.pk]
    assert lines() == {
        (name_key(viewer, f"={name}"), matter.pk) for viewer in (2, 3) for name in ("王某甲乙", "赵某")
    }


def test_a_line_of_the_index_that_is_too_many_lets_nobody_see_more() -> None:
    matter = against("王某甲乙", "赵某", (1,))
    WholeName.objects.create(key=name_key(2, "=王某甲乙"), matter_id=matter.pk)
    WholeName.objects.create(key=name_key(1, "=钱某"), matter_id=matter.pk)

    assert ids(of(2), text="王某甲乙") == ids(of(1), text="钱某") == []


def test_another_name_given_later_replaces_the_first() -> None:
    from django.db import connection

    matter = against("王某甲乙", "赵某")
    with connection.cursor() as cursor:
        cursor.execute("update procedures_matter set words = array_to_tsvector(%s)", [[whole_name("王某甲丙")]])

    assert ids(of(1), text="王某甲丙") == [matter.pk]
    assert lines() == {(name_key(1, "=王某甲丙"), matter.pk)}


def test_the_newest_of_a_name_are_read_in_the_order_of_its_lines_and_no_further() -> None:
    from django.db import connection

    matters = [against("王某甲乙", "赵某") for _ in range(40)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procedures_wholename select %s, -n from generate_series(1, 5000) n",
            [name_key(1, "=王某甲乙")],
        )
        cursor.execute("analyze procedures_wholename, procedures_matter")
    asked: list[str] = []

    def noted(execute: Any, sql: str, *more: Any) -> Any:
        asked.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(noted):
        found = ids(of(1), text="王某甲乙")
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, format json) {asked[0]}")
        plan = json.dumps(cursor.fetchone()[0])

    assert found == [matter.pk for matter in reversed(matters)][:30]
    assert len(asked) == 1
    assert "Sort" not in plan
    assert max(node["Actual Rows"] for node in nodes(json.loads(plan)[0]["Plan"])) <= 30


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan."""
    return [plan, *(inner for part in plan.get("Plans", ()) for inner in nodes(part))]


def test_several_organisations_and_whoever_sees_everything_find_by_the_whole_name_too() -> None:
    wanted, of_two = against("王某甲乙", "赵某", (1, 2)), against("王某丙丁", "李某甲乙", (1, 2))
    party = against("王某甲乙", "赵某", (3,))
    Matter.objects.filter(pk=party.pk).update(root_id=party.pk, seats={"applicant": "side"})

    assert ids(of(1, 2), text="王某甲乙") == [wanted.pk]
    assert ids(PLATFORM, text="王某甲乙") == [party.pk, wanted.pk]
    assert ids(of(sides=((party.pk, "applicant"),)), text="王某甲乙") == [party.pk]
    assert of_two.pk in ids(of(1, 2), text="王某甲乙", wide=True)

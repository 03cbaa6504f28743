"""Finding matters: what one may see, whatever is typed, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jianheng.services.people.api import PLATFORM, Actor, PostRef
from jianheng.services.procedures.finding import find
from jianheng.services.procedures.models import Matter
from jianheng.services.procedures.queries import may_see
from jianheng.services.procedures.words import tokens

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
TITLE = "张某甲与李某乙机动车交通事故责任纠纷 O'Brien \\ 100%"


def begun(viewers: tuple[int, ...] = (1,), title: str = TITLE, **more: Any) -> Matter:
    """A matter seen by some organisations, to be found by its title and a party, as the modules name it."""
    from django.db import connection

    values = {"region": "220199", "procedure": "entrustment", "version": 1, "opened_at": NOON, "last_act_at": NOON}
    matter = Matter.objects.create(**values | {"viewer_ids": list(viewers), "title": title} | more)
    with connection.cursor() as cursor:
        cursor.execute(
            "update procedures_matter set words = array_to_tsvector(%s) where id = %s",
            [tokens(title, "张某甲"), matter.pk],
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
    everyone = [
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
            if may_see(actor, {"viewer_ids": row.viewer_ids, "seats": row.seats, "root_id": row.root_id})
        ]
        assert ids(actor) == seen

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

"""The gate of acts, walked: at every state of a case, whoever asks for whatever act is answered as declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from jianheng.config.rehearsal.script import SCENARIOS
from jianheng.kernel.errors import Refusal
from jianheng.services.procedures import acting
from jianheng.services.procedures import api as procedures
from tests.gate.declared import OFFERED, Someone, State, declared_answer, everyone, places, sees, states

UNKNOWN_ACT = "no_such_act"


class Admitted(Exception):
    """Raised in place of carrying an act out."""


def told(who: Someone, act: str, state: State) -> str:
    """What the gate says."""
    try:
        procedures.perform(state.matter_id, act=act, by=who.actor, given={})
    except Admitted:
        return OFFERED
    except Refusal as refusal:
        return refusal.reasons[0].code
    raise AssertionError(f"{act} was carried out")


def shown(who: Someone, state: State) -> set[str]:
    """The acts a page offers."""
    try:
        return {offer.code for offer in procedures.matter(state.matter_id, who.actor).offered}
    except procedures.NoSuchMatterError:
        return set()


def fingerprint() -> str:
    """Every table of the platform, as one digest of counts and of the core's rows."""
    with connection.cursor() as cursor:
        tables = sorted(name for name in connection.introspection.table_names(cursor) if name != "django_session")
        counts = ", ".join(f'(select count(*) from "{name}")' for name in tables)
        cursor.execute(f"""
            select md5(concat({counts},
              (select string_agg(m::text, '|' order by id) from procedures_matter m),
              (select string_agg(i::text, '|' order by id) from procedures_workitem i),
              (select string_agg(t::text, '|' order by id) from procedures_term t)))""")
        return str(cursor.fetchone()[0])


@pytest.fixture
def never_carried_out(monkeypatch) -> Any:
    """A switch: while it is on, an act that is admitted stops there."""
    usual = acting._carry_out

    class Switch:
        on = False

    def carry_out(*given: Any, **named: Any) -> Any:
        if Switch.on:
            raise Admitted
        return usual(*given, **named)

    monkeypatch.setattr(acting, "_carry_out", carry_out)
    return Switch


@pytest.fixture(scope="module")
def walked() -> set[tuple[Any, ...]]:
    """The kinds of state already walked, in whatever case."""
    return set()


def kind_of(state: State) -> tuple[Any, ...]:
    """What an answer depends on, but for what was done before."""
    return (
        state.procedure.code,
        state.open_nodes,
        state.closed,
        tuple(sorted(state.seats.items())),
        state.barred,
        state.named,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("scenario", sorted(path.stem for path in SCENARIOS.glob("*.yaml")))
def test_at_every_state_everyone_is_told_what_the_declaration_says(
    scenario, played, cast, never_carried_out, walked
) -> None:
    case = played(before="entrustment.request", scenario=scenario)
    case.next_step()
    crowd = everyone(case, cast)
    wrong: list[str] = []
    seen = 0

    while not wrong:
        seen += 1
        wrong += walk(case, crowd, walked, never_carried_out)
        if not case.left:
            break
        if "again" in case.next_step():  # another request begins: its people, from its first act on
            case.next_step()
            crowd = everyone(case, cast)

    assert wrong == []
    assert seen > 3


@pytest.mark.django_db
def test_while_an_application_is_awaited_everyone_is_told_what_the_declaration_says(
    played, cast, never_carried_out
) -> None:
    case = played(before="entrustment.request")
    who, given = case.given("entrustment.request")
    case.play.root_id = case.driver.act(
        who, "entrustment", "request", None, {**given, "origin": "EXPLANATION"}
    ).matter_id

    wrong = walk(case, everyone(case, cast), set(), never_carried_out)

    assert [state.open_nodes for state in states(case.root_id)] == [{"apply"}]
    assert wrong == []


def walk(case: Any, crowd: list[Someone], walked: set[tuple[Any, ...]], never_carried_out: Any) -> list[str]:
    """Ask at every matter of a case that stands as none stood before; where answers differ, as sentences."""
    wrong: list[str] = []
    never_carried_out.on = True
    for state in states(case.root_id):
        if kind_of(state) not in walked:
            before = fingerprint()
            wrong += differences(crowd, state)
            assert fingerprint() == before, "asking changed something"
            walked.add(kind_of(state))
    never_carried_out.on = False
    return wrong


def differences(crowd: list[Someone], state: State) -> list[str]:
    """Where the gate and the declaration part, as sentences."""
    found = []
    for number, who in enumerate(crowd):
        said = {act.code: declared_answer(who, act, state) for act in state.procedure.acts}
        offered = {act for act, answer in said.items() if answer == OFFERED}
        if shown(who, state) != offered:
            found.append(f"{who.name} at {sorted(state.open_nodes)}: shown {shown(who, state)}, declared {offered}")
        said[UNKNOWN_ACT] = declared_answer(who, None, state)
        for act in worth_asking(who, number, state):
            answer = told(who, act, state)
            if answer != said[act]:
                found.append(f"{who.name} {act} at {sorted(state.open_nodes)}: {answer}, declared {said[act]}")
    return found


def worth_asking(who: Someone, number: int, state: State) -> Iterator[str]:
    """Everything that could be done now, by everyone who sees the matter; what is not open, by those it would belong
    to and by one passer-by in turn; somebody who sees nothing asks for three acts, as good as any other.
    """
    acts = [act.code for act in state.procedure.acts]
    yield UNKNOWN_ACT
    if not sees(who, state):
        yield from (acts[0], acts[-1])
        return
    mine = places(who, state)
    for position, act in enumerate(state.procedure.acts):
        open_now = not state.closed and (act.anytime or set(act.at) & state.open_nodes)
        if open_now or mine & set(state.procedure.holders(act)) or (position + number) % 7 == 0:
            yield act.code

"""Who may what, worked out from the declaration alone: who sits where, what is open, what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from jianheng.kernel.procedure import SYSTEM, Act, Procedure
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

OFFERED = "OFFERED"
VISITOR = people.Actor("访客")
COURT, COURT_ABOVE = "示例市示例区人民法院", "示例市中级人民法院"


@dataclass(frozen=True)
class Someone:
    """Who asks: an account with its body and roles, a side, or a visitor."""

    name: str
    actor: people.Actor
    body: str = ""
    roles: Sequence[str] = ()
    side: str = ""


@dataclass
class State:
    """A matter as the tables have it: who sits where (by name of body), what is open, what was done and last by whom."""

    matter_id: int
    procedure: Procedure
    seats: dict[str, str]
    open_nodes: frozenset[str]
    closed: bool
    done: frozenset[str] = field(default_factory=frozenset)
    doers: dict[str, tuple[int | None, str]] = field(default_factory=dict)  # act → (person, holder) of its last time
    barred: frozenset[int] = frozenset()  # persons who must step back
    named: frozenset[str] | None = None  # who may see it, where it is sealed
    owing: frozenset[str] = frozenset()  # the posts that owe something in the case and that nobody named holds


def everyone(case: Any, cast: dict[str, dict[str, Any]]) -> list[Someone]:
    """Every post of the cast once, both sides, a visitor."""
    posts = {(account["organisation"], *account["roles"]): login for login, account in reversed(cast.items())}
    staff = [Someone(login, case.driver.actor(login), body, roles) for (body, *roles), login in posts.items()]
    sides = [Someone(side, case.driver.actor(side), side=side) for side in ("applicant", "respondent")]
    return [*staff, *sides, Someone("visitor", VISITOR)]


def states(root_id: int) -> Iterator[State]:
    """The matters of a case, read from the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select m.id, m.procedure, m.closed_at is not null,
              (select coalesce(array_agg(node), '{}') from procedures_workitem
               where matter_id = m.id and closed_at is null),
              (select coalesce(jsonb_object_agg(code, jsonb_build_array(person_id, holder)), '{}') from
                 (select distinct on (code) code, person_id, holder from procedures_actrecord
                  where matter_id = m.id order by code, seq desc) last),
              (select coalesce(jsonb_object_agg(key, coalesce(o.name, value)), '{}') from jsonb_each_text(m.seats - 'since' - 'barred')
               left join people_organisation o on o.id::text = value),
              coalesce(m.seats -> 'barred', '[]'), m.restricted_to,
              (select coalesce(array_agg(i.holder), '{}') from procedures_workitem i
               join procedures_matter f on f.id = i.matter_id and f.root_id = m.root_id
               where i.closed_at is null and i.holder not in (
                 select h.organisation_id || ':' || h.role from people_post h
                 where 'person:' || h.person_id = any(m.restricted_to)))
            from procedures_matter m where m.root_id = %s order by m.id
            """,
            [root_id],
        )
        for pk, code, closed, nodes, told, seats, barred, named, owing in cursor.fetchall():
            doers = {act: (person, holder) for act, (person, holder) in json.loads(told).items()}
            declared = procedures.procedure(code)
            yield State(
                pk,
                declared,
                json.loads(seats),
                frozenset(nodes),
                closed,
                frozenset(doers),
                doers,
                frozenset(json.loads(barred)),
                None if named is None else frozenset(named),
                frozenset(owing),
            )


def places(who: Someone, state: State) -> set[str]:
    """The "seat.role" somebody has in a matter."""
    own = {f"{seat}.{role}" for seat, body in state.seats.items() if body == who.body for role in who.roles}
    return own | {f"{seat}.party" for seat, taken in state.seats.items() if taken == "side" and seat == who.side}


def sees(who: Someone, state: State) -> bool:
    """Whoever sits there sees it, and the leaders of the court above; of a sealed one those named and those who owe."""
    if state.named is not None and not (state.named | state.owing) & who.actor.keys:
        return False
    if who.side:
        return state.seats.get(who.side) == "side"
    return who.body in state.seats.values() or (who.body == COURT_ABOVE and COURT in state.seats.values())


def declared_answer(who: Someone, act: Act | None, state: State) -> str:
    """What the declaration says somebody is to be told."""
    if not sees(who, state) or act is None or act.code == state.procedure.begin:
        return "NO_SUCH_MATTER"
    if state.closed and not act.afterwards:
        return "MATTER_CLOSED"
    here = [node for node in act.at if node in state.open_nodes]
    if act.at and not here:
        return "STALE_PAGE" if act.code in state.done else "NOT_OPEN"
    holders = set(act.by) or {state.procedure.node[node].owner for node in here}
    taken = places(who, state) & (holders - {SYSTEM})
    if not taken:
        return "NOT_YOURS"
    if who.actor.person_id in state.barred:
        return "PERSON_RECUSED"
    roles = {place.partition(".")[2] for place in taken}
    posts = {post.holder for post in who.actor.posts if post.role in roles}
    firsts = [state.doers[code] for code in act.apart_from if code in state.doers]
    same = any(person == who.actor.person_id or (act.other_post and holder in posts) for person, holder in firsts)
    return "SAME_PERSON" if same else OFFERED

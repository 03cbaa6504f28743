"""What may be read of matters, and by whom. One gate serves list, search, count, detail, export and notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from jianheng.kernel.procedure import SYSTEM, Act, Node, Procedure
from jianheng.services.people import api as people
from jianheng.services.procedures import clocks, course, registry
from jianheng.services.procedures.errors import NoSuchMatterError, SamePersonError
from jianheng.services.procedures.models import ActRecord, Matter, Term, WorkItem
from jianheng.services.procedures.turn import BARRED, SINCE

PAGE = 30
SEEN_BY = ("viewer_ids", "seats", "root_id", "restricted_to")


def may_see(actor: people.Actor, state: Mapping[str, Any]) -> bool:
    """Whether an actor may see a matter, given its ``viewer_ids``, ``seats``, ``root_id`` and ``restricted_to``."""
    if actor.system:
        return True
    mine = {*actor.organisation_ids, *actor.organisations_below}
    takes_part = bool(mine & set(state["viewer_ids"])) or any(
        root == state["root_id"] and state["seats"].get(side) == "side" for root, side in actor.sides
    )
    return takes_part and (state["restricted_to"] is None or _is_admitted(actor, state))


def _is_admitted(actor: people.Actor, state: Mapping[str, Any]) -> bool:
    """Whether somebody is among those who may see a sealed case; one function of the database decides."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select procedures_admits(%s, %s, %s, %s)",
            [state["restricted_to"], state["root_id"], sorted(actor.keys), timezone.localdate()],
        )
        return bool(cursor.fetchone()[0])


def visible(actor: people.Actor) -> Q:
    """The same gate as a condition on :class:`Matter`."""
    if actor.system:
        return Q()
    mine = [*actor.organisation_ids, *actor.organisations_below]
    condition = Q(viewer_ids__overlap=mine) if mine else Q(pk__in=())
    for root, side in actor.sides:
        condition |= Q(root_id=root, **{f"seats__{side}": "side"})
    return condition & people.admitted(actor.keys)


def withheld(actor: people.Actor, *, matter: str = "matter_id") -> Q:
    """The condition on rows of any table that they are about a case sealed to the actor, or to everybody for a visitor.

    ``matter`` is the column with the matter a row is about; rows without one are never withheld.
    """
    sealed = Matter.objects.filter(pk=OuterRef(matter), restricted_to__isnull=False)
    return Q() if actor.system else Q(Exists(sealed.exclude(people.admitted(actor.keys))))


def seats_of(actor: people.Actor, seats: Mapping[str, Any], *, root_id: int) -> people.Seats:
    """The seats through which an actor sees a matter: a file or paper is shown to these or not at all.

    With each seat since when: who took it while the matter ran does not see what its predecessor was sent. ``None`` is
    from the beginning. Who is there for one thing only (the archive, the money) has no part before it is owed.
    """
    mine = {*actor.organisation_ids, *actor.organisations_below} - _waiting_in(actor, seats, root_id)
    own = [seat for seat, taken in seats.items() if isinstance(taken, int) and taken in mine]
    sides = [side for root, side in actor.sides if root == root_id and seats.get(side) == "side"]
    since = seats.get(SINCE, {})
    taken = {seat: datetime.fromisoformat(since[seat]) if seat in since else None for seat in (*own, *sides)}
    return people.Seats(taken, reader=actor.keys)


def _waiting_in(actor: people.Actor, seats: Mapping[str, Any], root_id: int) -> set[int]:
    """The bodies seated in which the actor's posts have not owed anything in the case, and are for one thing only."""
    roles: dict[int, set[str]] = {}
    for post in actor.posts:
        roles.setdefault(post.organisation_id, set()).add(post.role)
    seated = {taken for taken in seats.values() if isinstance(taken, int)}
    narrow = {pk for pk, held in roles.items() if held <= people.SEE_WHEN_OWING} & seated
    if not narrow:
        return set()
    holders = {post.holder: post.organisation_id for post in actor.posts if post.organisation_id in narrow}
    owed = WorkItem.objects.filter(matter__root_id=root_id, holder__in=list(holders)).values_list("holder", flat=True)
    return narrow - {holders[holder] for holder in owed.distinct()}


def seats_in_case(actor: people.Actor, root_id: int) -> people.Seats:
    """The seats an actor has in the entrustment a family of matters belongs to: the case file opens by these alone.

    An institution that left still sees its own matter, whose seat it keeps, but no longer the case.
    """
    root = Matter.objects.only("seats").get(pk=root_id)
    return seats_of(actor, root.seats, root_id=root_id)


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act the actor may do now, and why it is there."""

    code: str
    title: str
    node: str
    law: tuple[str, ...]
    solemn: bool


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open node: who owes what by when."""

    id: int
    node: Node
    holder: str
    holder_title: str
    holder_name: str
    opened_at: datetime
    due_on: date | None
    expected_on: date | None  # while a year's notice is missing
    mine: bool
    clock: str


@dataclass(frozen=True, slots=True)
class DoneAct:
    """An act in the timeline."""

    seq: int
    code: str
    title: str
    outcome: str
    outcome_label: str
    name: str
    holder_title: str
    at: datetime
    law: tuple[str, ...]
    entry: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MatterView:
    """A matter as one actor sees it."""

    id: int
    root_id: int
    parent_id: int | None
    region: str
    procedure: Procedure
    reference: str
    title: str
    seats: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    end: str
    acts: int
    items: tuple[OpenItem, ...]
    terms: tuple[clocks.Reckoning, ...]
    offered: tuple[OfferedAct, ...]
    actor: people.Actor

    @property
    def end_title(self) -> str:
        """How it ended, in words; "" while it runs."""
        return self.procedure.end[self.end].title if self.end else ""

    @property
    def plain(self) -> str:
        """Where it stands, in words for a party."""
        if self.end:
            return self.procedure.end[self.end].plain or self.end_title
        return "；".join(item.node.plain or item.node.title for item in self.items)


def matter_row(matter_id: int, actor: people.Actor) -> Matter:
    """The matter's row, if the actor may see it; :class:`NoSuchMatterError` in every other case alike.

    Either is noted, here and in the lists below: no page has to think of it.
    """
    people.asked_for(matter_id)
    row = Matter.objects.filter(pk=matter_id).defer("words").first()
    if row is None or not may_see(actor, {name: getattr(row, name) for name in SEEN_BY}):
        raise NoSuchMatterError
    people.shown(actor, [row.pk])
    return row


def newest_of(root_id: int, procedure: str) -> tuple[int, frozenset[str]] | None:
    """A family's newest matter of a procedure and the nodes open in it, none once it is over.

    For modules asking about their own matters; ``None`` where there is no such matter.
    """
    still_open = WorkItem.objects.filter(matter=OuterRef("pk"), closed_at=None).values("node")
    rows = Matter.objects.filter(root_id=root_id, procedure=procedure).annotate(open=ArraySubquery(still_open))
    found = rows.order_by("-pk").values_list("pk", "open").first()
    return (found[0], frozenset(found[1])) if found else None


def matter(matter_id: int, actor: people.Actor, *, today: date | None = None) -> MatterView:
    """A matter with its open items, clocks and the acts this actor may do now."""
    row = matter_row(matter_id, actor)
    procedure = registry.procedure(row.procedure, row.version)
    items = tuple(WorkItem.objects.filter(matter=row, region=row.region, closed_at=None).order_by("id"))
    names = organisation_names(row.seats)
    return MatterView(
        id=row.pk,
        root_id=row.root_id or row.pk,
        parent_id=row.parent_id,
        region=row.region,
        procedure=procedure,
        reference=row.reference,
        title=row.title,
        seats=row.seats,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        end=row.end,
        acts=row.acts,
        items=tuple(_open_item(item, procedure, actor, names) for item in items),
        terms=tuple(_terms(row, procedure, today or timezone.localdate())),
        offered=offered(procedure, row, items, actor),
        actor=actor,
    )


def organisation_names(seats: Mapping[str, Any]) -> dict[str, str]:
    """Seat → name of the organisation in it."""
    taken = {seat: value for seat, value in seats.items() if isinstance(value, int)}
    names = people.organisation_names(taken.values())
    return {seat: names.get(value, "") for seat, value in taken.items()}


def _open_item(item: WorkItem, procedure: Procedure, actor: people.Actor, names: Mapping[str, str]) -> OpenItem:
    node = procedure.node[item.node]
    return OpenItem(
        id=item.pk,
        node=node,
        holder=item.holder,
        holder_title=course.holder_title(node.owner, procedure=procedure),
        holder_name=names.get(node.owner.partition(".")[0], ""),
        opened_at=item.opened_at,
        due_on=item.due_on,
        expected_on=clocks.expected_on(item.due_on, item.sort_on),
        mine=item.holder in actor.holders,
        clock=item.clock,
    )


def _terms(row: Matter, procedure: Procedure, today: date) -> list[clocks.Reckoning]:
    rows = Term.objects.filter(matter=row, region=row.region).order_by("id").values()
    return [
        clocks.reckon(term, title=procedure.clock[term["clock"]].title, today=today)
        for term in rows
        if term["clock"] in procedure.clock and (term["stopped_at"] is None)
    ]


def offered(
    procedure: Procedure, row: Matter, items: tuple[WorkItem, ...], actor: people.Actor
) -> tuple[OfferedAct, ...]:
    """The acts an actor may do on a matter now, in the order of the declaration."""
    over = row.closed_at is not None
    if actor.person_id in row.seats.get(BARRED, ()):
        return ()
    open_nodes = {item.node for item in items}

    def may(act: Act, node: str) -> bool:
        keys = {
            course.holder_key(reference, seats=row.seats, root_id=row.root_id or row.pk)
            for reference in procedure.holders(act, node)
            if reference != SYSTEM
        }
        return bool(keys & actor.holders - {""})

    def is_another(act: Act, node: str) -> bool:
        holders = (
            course.holder_key(reference, seats=row.seats, root_id=row.root_id or row.pk)
            for reference in procedure.holders(act, node)
        )
        holder = next(key for key in holders if key in actor.holders)
        try:
            course.must_be_another(act, matter_id=row.pk, by=actor, holder=holder)
        except SamePersonError:
            return False
        return True

    found = []
    for act in procedure.acts:
        if act.code == procedure.begin or (over and not act.afterwards):
            continue
        here = [node for node in act.at if node in open_nodes]
        at = next((node for node in here or [""] if may(act, node)), None)
        if (act.anytime or here) and at is not None and is_another(act, at):
            found.append(OfferedAct(act.code, act.title, at, act.law, act.solemn))
    return tuple(found)


def timeline(matter_id: int, actor: people.Actor) -> list[DoneAct]:
    """Every act done on a matter, first to last; inputs are shown to the organisations seated, not to parties."""
    row = matter_row(matter_id, actor)
    procedure = registry.procedure(row.procedure, row.version)
    inside = bool(actor.organisation_ids)
    done = []
    for act in ActRecord.objects.filter(matter=row, region=row.region).order_by("seq"):
        declared = procedure.act[act.code]
        done.append(
            DoneAct(
                seq=act.seq,
                code=act.code,
                title=declared.title if inside else declared.plain or declared.title,
                outcome=act.outcome,
                outcome_label=declared.outcomes[act.outcome].label,
                name=act.name,
                holder_title=holder_words(act.holder, procedure=procedure, row=row),
                at=act.at,
                law=declared.law,
                entry=str(act.entry),
                given=act.given if inside else {},
            )
        )
    return done


def holder_words(holder: str, *, procedure: Procedure, row: Matter) -> str:
    """A stored holder key in words."""
    if holder == people.SYSTEM_HOLDER:
        return "平台"
    if holder.startswith("side:"):
        return procedure.seats.get(holder.rsplit(":", 1)[1], "当事人")
    organisation_id, _, role = holder.partition(":")
    seated = [seat for seat, taken in row.seats.items() if str(taken) == organisation_id]
    # One body may sit twice, as court and as its own technology unit: the role says which seat was meant.
    known = {*(node.owner for node in procedure.nodes), *(who for act in procedure.acts for who in act.by)}
    seat = next((seat for seat in seated if f"{seat}.{role}" in known), seated[0] if seated else "")
    where = procedure.seats.get(seat, "")
    return f"{where}{people.Role(role).label}" if role in people.Role.values else where


def family(root_id: int, actor: people.Actor) -> list[Matter]:
    """The matters of one entrustment that the actor may see, in the order they began."""
    rows = Matter.objects.filter(visible(actor), root_id=root_id).defer("words")
    found = list(rows.order_by("pk"))
    people.shown(actor, [row.pk for row in found], what=people.LISTED)
    return found


def overdue_in(root_id: int, *, today: date) -> int:
    """How many open items of a family are past their due day."""
    return WorkItem.objects.filter(matter__root_id=root_id, closed_at=None, due_on__lt=today).count()


def is_sealed(matter_id: int) -> bool:
    """Whether a matter is sealed, for pages that are for everybody."""
    return Matter.objects.filter(pk=matter_id, restricted_to__isnull=False).exists()


def held_by(root_id: int, *, now: datetime) -> dict[str, float]:
    """How many days each seat of a family has held the ball: closed items by their time, open ones until now.

    A matter that waits for another of its family holds nothing: the ball is in that one.
    """
    held: dict[str, float] = {}
    rows = WorkItem.objects.filter(matter__root_id=root_id).select_related("matter").defer("matter__words")
    for item in rows:
        node = registry.procedure(item.matter.procedure, item.matter.version).node[item.node]
        seat = node.owner.partition(".")[0]
        if seat != SYSTEM:
            days = ((item.closed_at or now) - item.opened_at).total_seconds() / 86_400
            held[seat] = held.get(seat, 0.0) + days
    return held

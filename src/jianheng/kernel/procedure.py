"""Procedures (程序) as declarations, checked before anyone can use them, and the pure step of one act.

A procedure names its *seats* (who takes part), *nodes* (环节: who owes the next act), *acts* (办理行为) with
their outcomes, *clocks* (期限) and *ends*. Screens, interface, work list, warnings and diagrams are derived
from it; nothing about the course of a matter is written anywhere else.

Invariants kept by :func:`step`:

* a node is open at most once in a matter;
* every open node has exactly one holder, its ``owner``;
* a clock starts when a node that bears it opens, and lives while some open node bears or carries it; only an
  act declared to do so pauses, resumes or extends it;
* when an end is reached nothing stays open; an act that clears closes all but what stands aside; an act declared for
  afterwards opens only what stands aside.

:func:`check` finds what a clerk must never meet: a node no act leads to, a node no act leads out of, a node
without an owner, an act that cites neither law nor design.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from jianheng.kernel.errors import Fault, Refusal

SYSTEM = "system"  # the platform itself: hand-over from another matter, or a clock that ran out


class ProcedureFault(Fault):
    """A declaration is wrong; the platform must not start with it."""


class NotOpenError(Refusal):
    """该环节当前不在办理中。"""

    code = "NOT_OPEN"
    status = 409
    next_step = "请刷新事项页面，查看当前环节和应由谁办理。"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A term a node is done within: ``parameter`` is the law parameter that gives length and unit.

    ``court_set`` clocks take their length from the act that starts them; the parameter is then the default.
    ``lapse`` is the act the platform performs after the due day, "" where the law leaves it to people.
    """

    code: str
    title: str
    parameter: str
    court_set: bool = False
    lapse: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A step at which somebody owes an act. ``plain`` is how a party reads it.

    One that stands ``aside`` runs beside the course of the matter: an act that clears leaves it, only an end closes it.
    """

    code: str
    title: str
    owner: str  # "seat.role"
    law: tuple[str, ...] = ()
    design: bool = False
    clock: str = ""  # the clock whose due day is this node's
    aside: bool = False
    carries: tuple[str, ...] = ()  # clocks that, once started, live on (running or paused) while this is open
    plain: str = ""

    @property
    def clocks(self) -> tuple[str, ...]:
        """Every clock that lives while this node is open."""
        return ((self.clock,) if self.clock else ()) + self.carries


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an act leads: nodes it ``opens``, an ``end`` it reaches, or nowhere (``stays``)."""

    opens: tuple[str, ...] = ()
    end: str = ""
    stays: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person may do: at which nodes, in which roles, with which outcomes and effects on clocks.

    ``at=()`` means at any time while the matter is open. ``by=()`` means the owner of the node. ``clears``
    closes everything open that does not stand aside. ``solemn`` acts cannot be undone: pages ask for confirmation first. ``signs`` are acts
    by which a person signs: pages ask for the password again when the sign-in is not fresh.

    ``apart_from`` names acts of the same matter whose last doer may not do this one, and with ``other_post`` nobody in
    that doer's post either: two persons are two persons, told apart by who they are and not by what they are called.

    ``afterwards`` acts may be done when the matter is over too; what they open then stands aside.
    """

    code: str
    title: str
    at: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=lambda: {"done": Outcome()})
    law: tuple[str, ...] = ()
    design: bool = False
    documents: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    clears: bool = False
    solemn: bool = False
    signs: bool = False
    apart_from: tuple[str, ...] = ()
    other_post: bool = False
    afterwards: bool = False
    plain: str = ""

    @property
    def anytime(self) -> bool:
        """Whether the act belongs to no node."""
        return not self.at


@dataclass(frozen=True, slots=True)
class End:
    """How a matter may end; ``plain`` is how a party reads it."""

    code: str
    title: str
    plain: str = ""


@dataclass(frozen=True)
class Procedure:
    """One kind of matter, one version. ``begin`` is the act that opens it."""

    code: str
    version: int
    title: str
    law: tuple[str, ...]
    seats: Mapping[str, str]  # seat → Chinese title
    begin: str
    nodes: tuple[Node, ...]
    acts: tuple[Act, ...]
    ends: tuple[End, ...]
    clocks: tuple[ClockRule, ...] = ()
    summary: str = ""

    @cached_property
    def node(self) -> Mapping[str, Node]:
        """Nodes by code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def act(self) -> Mapping[str, Act]:
        """Acts by code."""
        return {act.code: act for act in self.acts}

    @cached_property
    def end(self) -> Mapping[str, End]:
        """Ends by code."""
        return {end.code: end for end in self.ends}

    @cached_property
    def clock(self) -> Mapping[str, ClockRule]:
        """Clocks by code."""
        return {clock.code: clock for clock in self.clocks}

    def acts_at(self, node: str) -> tuple[Act, ...]:
        """The acts declared at a node, in the order of the declaration."""
        return tuple(act for act in self.acts if node in act.at)

    def holders(self, act: Act, node: str = "") -> tuple[str, ...]:
        """Which "seat.role" may do an act: its own list, else the owners of its nodes."""
        if act.by:
            return act.by
        nodes = (node,) if node else act.at
        return tuple(dict.fromkeys(self.node[code].owner for code in nodes))


@dataclass(frozen=True, slots=True)
class Step:
    """What one act does to the course of a matter."""

    closes: tuple[str, ...]
    opens: tuple[str, ...]
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    pauses: tuple[str, ...]
    resumes: tuple[str, ...]
    extends: tuple[str, ...]
    end: str


def step(
    procedure: Procedure,
    *,
    open_nodes: Iterable[str],
    running: Iterable[str],
    act: str,
    outcome: str = "done",
    node: str = "",
) -> Step:
    """The effect of ``act`` with ``outcome`` on a matter whose open nodes and live clocks are given.

    An act that belongs to the owner of its node closes only ``node``, where the actor stands; an act with holders
    of its own closes every open node it is declared at.

    Raises :class:`NotOpenError` when the act's node is not open, :class:`ProcedureFault` for an outcome the
    declaration does not know.
    """
    declared = procedure.act[act]
    if outcome not in declared.outcomes:
        raise ProcedureFault(f"{procedure.code}.{act} has no outcome {outcome!r}")
    result = declared.outcomes[outcome]
    before = tuple(dict.fromkeys(open_nodes))
    here = tuple(code for code in before if code in declared.at and (not node or declared.by or code == node))
    if declared.at and not here:
        titles = "、".join(procedure.node[code].title for code in declared.at)
        raise NotOpenError(f"“{declared.title}”只能在“{titles}”环节办理，该环节当前不在办理中。")
    closes = () if result.stays else here
    if declared.clears:
        closes = tuple(code for code in before if code in closes or not procedure.node[code].aside)
    if result.end:
        closes = before
    kept = [code for code in before if code not in closes]
    opens = tuple(code for code in result.opens if code not in kept)
    after = [*kept, *opens]
    alive = dict.fromkeys(clock for code in after for clock in procedure.node[code].clocks)
    born = dict.fromkeys(procedure.node[code].clock for code in opens)
    live = set(running)
    return Step(
        closes=closes,
        opens=opens,
        starts=tuple(clock for clock in born if clock and clock not in live),
        stops=tuple(clock for clock in procedure.clock if clock in live and clock not in alive),
        pauses=tuple(clock for clock in declared.pauses if clock in live and clock in alive),
        resumes=tuple(clock for clock in declared.resumes if clock in live),
        extends=declared.extends,
        end=result.end,
    )


def check(procedure: Procedure, *, parameters: Iterable[str] = (), documents: Iterable[str] = ()) -> list[str]:
    """Everything wrong with a declaration, as sentences; empty when it may be used.

    ``parameters`` are the known law parameters and ``documents`` the known document kinds; an empty iterable
    skips that check.
    """
    wrong: list[str] = []
    wrong += _names(procedure, set(parameters), set(documents))
    if not wrong:
        wrong += _course(procedure)
    return [f"{procedure.code}/{procedure.version}: {sentence}" for sentence in wrong]


def _names(procedure: Procedure, parameters: set[str], documents: set[str]) -> list[str]:
    """What is named twice, or named and not there, or owed by nobody, or without a basis."""
    wrong: list[str] = []
    for kind, codes in (
        ("node", [n.code for n in procedure.nodes]),
        ("act", [a.code for a in procedure.acts]),
        ("end", [e.code for e in procedure.ends]),
        ("clock", [c.code for c in procedure.clocks]),
    ):
        wrong += [f"{kind} {code} is declared twice" for code in {c for c in codes if codes.count(c) > 1}]
    if procedure.begin not in procedure.act:
        wrong.append(f"the opening act {procedure.begin} is not declared")

    def known_holder(reference: str) -> bool:
        seat, _, role = reference.partition(".")
        return reference == SYSTEM or (seat in procedure.seats and bool(role))

    for node in procedure.nodes:
        if not known_holder(node.owner):
            wrong.append(f"node {node.code} has no owner among the seats ({node.owner!r})")
        if not node.law and not node.design:
            wrong.append(f"node {node.code} cites neither law nor design")
        wrong += [f"node {node.code} bears unknown clock {c}" for c in node.clocks if c not in procedure.clock]
    for act in procedure.acts:
        if not act.law and not act.design:
            wrong.append(f"act {act.code} cites neither law nor design")
        if act.anytime and not act.by:
            wrong.append(f"act {act.code} belongs to no node and names nobody who may do it")
        wrong += [f"act {act.code} is by unknown holder {who!r}" for who in act.by if not known_holder(who)]
        wrong += [f"act {act.code} is at unknown node {code}" for code in act.at if code not in procedure.node]
        wrong += [f"act {act.code} is apart from unknown act {c}" for c in act.apart_from if c not in procedure.act]
        if act.other_post and not act.apart_from:
            wrong.append(f"act {act.code} asks for another post than nobody's")
        wrong += [f"act {act.code} {what}" for what in _resumes(procedure, act)] if act.afterwards else []
        for clock in (*act.pauses, *act.resumes, *act.extends):
            if clock not in procedure.clock:
                wrong.append(f"act {act.code} touches unknown clock {clock}")
        for name, outcome in act.outcomes.items():
            wrong += [
                f"act {act.code} ({name}) opens unknown node {c}" for c in outcome.opens if c not in procedure.node
            ]
            if outcome.end and outcome.end not in procedure.end:
                wrong.append(f"act {act.code} ({name}) reaches unknown end {outcome.end}")
        if documents:
            wrong += [f"act {act.code} issues unknown document {d}" for d in act.documents if d not in documents]
    for clock_rule in procedure.clocks:
        if parameters and clock_rule.parameter not in parameters:
            wrong.append(f"clock {clock_rule.code} takes its length from unknown parameter {clock_rule.parameter}")
        if clock_rule.lapse and clock_rule.lapse not in procedure.act:
            wrong.append(f"clock {clock_rule.code} lapses into unknown act {clock_rule.lapse}")
    return wrong


def _resumes(procedure: Procedure, act: Act) -> Iterable[str]:
    """How an act that may be done after the end would begin the matter anew."""
    for outcome in act.outcomes.values():
        if outcome.end:
            yield "ends what may be over"
        yield from (
            f"opens {code} after the end, which does not stand aside"
            for code in outcome.opens
            if code in procedure.node and not procedure.node[code].aside
        )


def _course(procedure: Procedure) -> list[str]:
    """Nodes nobody reaches, nodes nobody leaves, ends never reached."""
    leads: dict[str, set[str]] = {node.code: set() for node in procedure.nodes}
    finishes: set[str] = set()
    reached_ends: set[str] = set()
    entrances: set[str] = set()
    for act in procedure.acts:
        for outcome in act.outcomes.values():
            reached_ends |= {outcome.end} - {""}
            if act.code == procedure.begin or act.anytime:
                entrances |= set(outcome.opens)
            for code in act.at:
                leads[code] |= set(outcome.opens) - {code}
                if outcome.end:
                    finishes.add(code)
    wrong = [f"node {code} cannot be reached" for code in sorted(procedure.node.keys() - _closure(entrances, leads))]
    backwards: dict[str, set[str]] = {code: set() for code in leads}
    for source, targets in leads.items():
        for target in targets:
            backwards[target].add(source)
    # A node may also end by standing beside another that goes on: it is then enough that an act closes it.
    closable = {
        code
        for act in procedure.acts
        for code in act.at
        if any(not outcome.stays and not outcome.opens and not outcome.end for outcome in act.outcomes.values())
    }
    leaves = _closure(finishes | closable, backwards)
    wrong += [f"node {code} is a dead end" for code in sorted(procedure.node.keys() - leaves)]
    wrong += [f"end {code} is never reached" for code in sorted(procedure.end.keys() - reached_ends)]
    if not finishes:
        wrong.append("no act at any node ends the matter")
    return wrong


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    """Every node that can be walked to from ``start``."""
    seen: set[str] = set()
    todo = list(start)
    while todo:
        code = todo.pop()
        if code not in seen:
            seen.add(code)
            todo += edges[code] - seen
    return seen

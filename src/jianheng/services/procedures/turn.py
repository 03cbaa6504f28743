"""One act being done: what a module's verb may know and ask for.

A verb reads the turn and its own tables, writes its own rows, and asks the turn for everything that belongs to
the core: seats, terms, documents, events. Nothing asked for is written before the verb has returned; all of it
commits, or falls, with the act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from jianheng.kernel.clocks import Clock, Unit
from jianheng.kernel.law import Parameter
from jianheng.kernel.procedure import Procedure
from jianheng.services.documents import api as documents
from jianheng.services.lawbook import api as lawbook
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.procedures import clocks, papers
from jianheng.services.procedures.models import Term
from jianheng.services.procedures.words import tokens, whole_name

SINCE = "since"  # beside the seats: when those taken later were taken
BARRED = "barred"  # beside the seats: the ids of persons who may do nothing here, whatever post they hold
TITLE_LETTERS = 200  # what a matter is called may be made of several long names


def barred(person_ids: Collection[int]) -> dict[str, list[int]]:
    """What stands beside the seats of a matter in which these persons may do nothing."""
    return {BARRED: sorted(person_ids)} if person_ids else {}


@dataclass(slots=True)
class Turn:
    """The matter an act is done on, by whom and when, and what the act asks of the core."""

    procedure: Procedure
    state: dict[str, Any]  # the matter's row, with open "nodes" and live "terms", as locked
    by: people.Actor
    holder: str
    now: datetime
    act: str = ""
    pen: personalkeys.Pen | None = None  # of whoever acts, where the phrase was given
    node: str = ""  # the open node the act is done at, "" for an act of no node
    terms: dict[str, dict[str, Any]] = field(default_factory=dict)  # what the verb said about clocks
    papers: list[documents.Paper] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    words: list[str] | None = None
    deed: documents.Deed | None = None
    restricted: bool = False  # who may see the case was said anew

    # -- what is

    @property
    def matter_id(self) -> int:
        """The matter."""
        return int(self.state["id"])

    @property
    def root_id(self) -> int:
        """The entrustment the matter's family belongs to; itself when it began the family."""
        return int(self.state["root_id"])

    @property
    def seq(self) -> int:
        """The number this act gets in its matter."""
        return int(self.state["acts"]) + 1

    @property
    def region(self) -> str:
        """The division code whose law applies."""
        return str(self.state["region"])

    @property
    def today(self) -> date:
        """The day of the act, in China."""
        return timezone.localdate(self.now)

    @property
    def role(self) -> str:
        """The role acted in: a post's, "party" for a side, "" for the platform."""
        post = self.by.post_for(self.holder)
        return post.role if post else ("party" if self.holder.startswith("side:") else "")

    @property
    def organisation_id(self) -> int | None:
        """The organisation acted for."""
        post = self.by.post_for(self.holder)
        return post.organisation_id if post else None

    @property
    def side(self) -> str:
        """The side acted for, "" when the actor is no party."""
        return self.holder.rsplit(":", 1)[1] if self.holder.startswith("side:") else ""

    @property
    def reference(self) -> str:
        """The matter's case number or number."""
        return str(self.state["reference"])

    def seat(self, name: str) -> int | None:
        """The organisation in a seat, ``None`` while it is empty."""
        taken = self.state["seats"].get(name)
        return taken if isinstance(taken, int) else None

    def law(self, key: str) -> Parameter:
        """A law parameter (``value``, ``unit``, ``article`` …) in force where and when this matter began."""
        began = timezone.localdate(self.state["opened_at"])
        return lawbook.book().value(key, on=began, region=self.region)

    def live_clock(self, code: str) -> Clock | None:
        """A running clock as the kernel knows it."""
        row = next((term for term in self.state["terms"] if term["clock"] == code), None)
        return clocks.clock_of(row) if row else None

    def is_open(self, node: str) -> bool:
        """Whether a node is open as the act begins."""
        return node in self.state["nodes"]

    def latest_due(self, code: str) -> date | None:
        """The due day of the last clock of this code, running or stopped; ``None`` when it never had one."""
        row = Term.objects.filter(matter_id=self.matter_id, clock=code).order_by("-id").first()
        return row.due_on if row else None

    def due_if_started(self, code: str) -> date | None:
        """The due day of a clock this act is going to start, as far as the verb has said how long it runs."""
        return clocks.due_days(self.starting_clock(code))[0]

    def starting_clock(self, code: str) -> Clock:
        """A clock this act starts: what the verb said of it, else what the law parameter says."""
        said = self.terms.get(code, {})
        parameter = self.law(self.procedure.clock[code].parameter)
        return Clock(
            start_on=said.get("start_on") or self.today,
            length=said.get("length") or parameter.number,
            unit=Unit[said.get("unit") or parameter.unit],
            basis=said.get("basis") or f"{parameter.instrument} {parameter.article}".strip(),
        )

    # -- what the act asks for

    def take_seat(self, name: str, organisation_id: int) -> None:
        """Seat an organisation: it sees the matter from now on and owns what its seat owns.

        Of papers and files it sees those of its own time in the seat: not what its predecessor was sent.
        """
        self.state["seats"] = {**self.state["seats"], name: organisation_id}
        if self.state["acts"]:
            self._seated_since({name: self.now.isoformat()})

    def take_side(self, name: str) -> None:
        """Give one side of the case a part in the matter."""
        self.state["seats"] = {**self.state["seats"], name: "side"}

    def leave_seat(self, name: str) -> None:
        """Empty a seat."""
        self.state["seats"] = {key: value for key, value in self.state["seats"].items() if key != name}
        self._seated_since({}, without=name)

    @property
    def barred(self) -> frozenset[int]:
        """The persons who may do nothing in this matter, such as those who must recuse."""
        return frozenset(self.state["seats"].get(BARRED, ()))

    def bar(self, person_ids: Iterable[int]) -> None:
        """Say who may do nothing here from now on, in place of those of before."""
        self.state["seats"] = {**self.state["seats"], BARRED: sorted(person_ids)}

    def _seated_since(self, taken: Mapping[str, str], *, without: str = "") -> None:
        """Remember when seats were taken in a matter that already ran."""
        since = {**self.state["seats"].get(SINCE, {}), **taken}
        since.pop(without, None)
        self.state["seats"] = {**self.state["seats"], SINCE: since}

    def name(
        self, *, title: str = "", reference: str = "", words: Iterable[str] = (), bearers: Iterable[str] = ()
    ) -> None:
        """Set what the matter is called, its number, the words it can be found by, and whose whole names.

        Words and names said together replace those of before.
        """
        self.state["title"] = title[:TITLE_LETTERS] or self.state["title"]
        self.state["reference"] = reference or self.state["reference"]
        given = [word for word in (*words, *map(whole_name, bearers)) if word]
        if given:
            self.words = [*(self.words or []), *given]

    def term(
        self,
        clock: str,
        *,
        length: int | None = None,
        unit: str | None = None,
        start_on: date | None = None,
        basis: str = "",
        until: date | None = None,
    ) -> None:
        """Say how long a clock that this act starts runs, and from when, where it is not the parameter's default.

        ``until`` sets a calendar day instead of a length (a court-set day, 指定日期).
        """
        if until is not None:
            start = start_on or self.today
            length, unit = max((until - start).days, 1), "CD"
        said = {"length": length, "unit": unit, "start_on": start_on, "basis": basis}
        self.terms[clock] = {key: value for key, value in said.items() if value}

    def forget_title(self) -> None:
        """Leave the matter without a title, found by its number alone: what it was called has been erased."""
        self.state["title"] = ""
        self.words = tokens(self.reference)

    def restrict(self, keys: Iterable[str] | None) -> None:
        """Say who may see the whole case from now on, of those who might and by their keys; ``None`` is nobody less.

        Whoever owes something in it sees it whether named or not.
        """
        self.state["restricted_to"] = None if keys is None else sorted(set(keys))
        self.restricted = True

    def pause(self, clock: str, *, ground: str, basis: str, document: str = "") -> None:
        """Say why the clock this act pauses stops."""
        self.terms[clock] = {"ground": ground, "basis": basis, "document": document}

    def extend(self, clock: str, *, by: int, basis: str) -> None:
        """Say by how much this act extends a clock; the actor approves."""
        self.terms[clock] = {"by": by, "basis": basis}

    def issue(
        self,
        kind: str,
        *,
        data: Mapping[str, Any],
        issuer_id: int | None = None,
        signers: Iterable[Mapping[str, Any]] = (),
        series: Mapping[str, Any] | None = None,
        audience: tuple[str, ...] | None = None,
    ) -> str:
        """Issue a document now: its number is decided in this transaction, its paper is made after the commit.

        ``issuer_id`` is the organisation that issues it, ours unless said; ``series`` parts of its number.
        Returns the number, "" for a document nobody numbers.

        Whoever acts and has a key of their own signs by it: the act came with the phrase, or is refused.
        """
        paper = papers.decide(
            kind,
            region=self.region,
            root_id=self.root_id,
            deed=self._deed(),
            data=data,
            issuer_id=issuer_id if issuer_id is not None else self.organisation_id,
            signers=signers,
            series=series or {},
            audience=audience,
            now=self.now,
        )
        self.papers.append(paper)
        return paper.number

    def _deed(self) -> documents.Deed:
        if self.deed is None:
            self.deed = documents.Deed(self.matter_id, self.seq, self.act, self.pen)
        return self.deed

    def sign(self, kind: str, content: Mapping[str, Any], *, role: str, name: str) -> dict[str, Any] | None:
        """What whoever acts signs of a paper that is issued later: a mandate over its frozen content.

        Belongs into the paper's signers when it is issued (``mandate``); ``None`` for who has no key of their own.
        """
        if self.by.person_id is None:
            return None
        return documents.mandate(
            kind,
            content,
            name=name,
            role=role,
            person_id=self.by.person_id,
            deed=self._deed(),
            now=self.now,
        )

    def tell(self, holders: Iterable[str], *, text: str) -> None:
        """Put a line about this matter into the inboxes of posts."""
        lines = [(holder, text) for holder in holders]
        notices.tell(lines, region=self.region, matter_id=self.matter_id, now=self.now)

    def text_parties(self, text: str, *, sender: str = "", side: str = "") -> None:
        """Send an SMS to the parties of the case, or to one ``side`` of it, each addressed by name."""
        messages = [
            (party["phone"], f"{sender}{party['name']}：{text}")
            for party in people.parties_of(self.root_id)
            if side in ("", party["side"])
        ]
        notices.send("SMS", messages, now=self.now, matter_id=self.root_id)

    def publish(self, type_: str, **data: Any) -> None:
        """Publish an event (past tense) to subscribers in this transaction and to organisations outside after it."""
        self.events.append((type_, data))

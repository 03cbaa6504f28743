"""One run: SimPy moves the virtual clock, people find what is theirs to do and do it through the real doors.

Whoever owes an open item is found as a work list would find it: after every act the newly opened items are read,
and each gets a process of its own that waits, handles and acts as :mod:`court`, :mod:`institution` and :mod:`party`
say. Clocks run out every night. Chance is drawn from (seed, case, node), so two policies meet the same cases.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import simpy
from django.db import connection

from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import Done, Play, Refused, ScenarioError
from jianheng.config.simulation.hours import CHINA, Hours
from jianheng.config.simulation.parameters import Parameters
from jianheng.config.simulation.province import Court, House, Person, Population
from jianheng.kernel import draw as lots
from jianheng.services.ledger import sequencer
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

Events = Generator[simpy.Event, Any, None]
Behaviour = Callable[["Desk"], Events]

DAY = 86_400.0
NIGHT = time(0, 5)
WORKING_DAYS_A_YEAR = 250
PATIENCE = 6  # times somebody comes back to the same item
COME_BACK_DAYS = 2.0
FORGOTTEN_DAYS = 5.0
SIDES = frozenset({"applicant", "respondent"})
OVERTAKEN = frozenset({"NOT_OPEN", "STALE_PAGE", "MATTER_CLOSED"})

NEW_ITEMS = """
select i.id, i.node, i.holder, m.id, m.procedure, m.root_id
from procedures_workitem i join procedures_matter m on m.id = i.matter_id
where i.id > %s and i.closed_at is null order by i.id
"""


class VirtualTime(InProcess):
    """The rehearsal's driver under a clock of ours; the log places what waits when it is told to."""

    pace = timedelta(0)

    @contextmanager
    def working(self) -> Iterator[None]:
        """For as long as a run takes."""
        yield

    def actor(self, who: str) -> people.Actor:
        """The actor behind a login, or a side's party by name."""
        if who not in SIDES:
            return super().actor(who)
        assert self.root_id is not None
        name = next(party["name"] for party in people.parties_of(self.root_id) if party["side"] == who)
        return people.Actor(name=name, sides=((self.root_id, who),))

    def place(self) -> None:
        """Acts never wait for the log; it is told once a night and before a draw."""

    def place_all(self) -> None:
        """Let the log place everything that waits."""
        while sequencer.run_once(now=self.now):
            pass


@dataclass(slots=True)
class Item:
    """An open node of a matter, as somebody finds it."""

    id: int
    node: str
    holder: str
    matter_id: int
    procedure: str
    root_id: int


@dataclass(slots=True)
class Case:
    """What the people of one case remember."""

    serial: int
    court: Court
    judge: Person
    technician: Person
    category: str
    is_complex: bool
    root_id: int = 0
    teams: dict[int, list[Person]] = field(default_factory=dict)  # by institution
    fee: str = "1200.00"
    points: int = 0
    flags: set[str] = field(default_factory=set)
    visits: Counter[str] = field(default_factory=Counter)


class Desk:
    """One item before somebody: what is known, how long it takes, and the door."""

    def __init__(self, world: World, item: Item, case: Case) -> None:
        self.world, self.item, self.case = world, item, case
        body = item.holder.partition(":")[0]
        self._house = world.population.houses.get(int(body)) if body.isdigit() else None
        visit = case.visits[f"{item.procedure}.{item.node}"]
        case.visits[f"{item.procedure}.{item.node}"] += 1
        self.visit = visit
        self.chance = random.Random(f"{world.seed}/{case.serial}/{item.procedure}.{item.node}/{visit}")  # noqa: S311
        self.parameters = world.parameters
        self.left = False

    @property
    def house(self) -> House:
        """The institution that owes this item."""
        assert self._house is not None
        return self._house

    @property
    def team(self) -> list[Person]:
        """The appraisers this institution assigned, the first one first."""
        return self.case.teams[self.house.id]

    @property
    def now(self) -> datetime:
        """The moment of the run."""
        return self.world.now

    def happens(self, share: str) -> bool:
        """Whether something with a share of all cases happens here."""
        return self.chance.random() < self.parameters.shares[share].value

    def leave_it(self) -> None:
        """Do nothing: the clock will run out."""
        self.left = True

    def wait(self, name: str, person: Person) -> Events:
        """Until somebody gets to it: working days, leave, forgetting, the queue on the desk, the handling itself."""
        days = self.parameters.waits[name].drawn(self.chance)
        if self.happens("forgets"):
            days += FORGOTTEN_DAYS
        yield from self.world.until_at_work(person, days)
        with self.world.desk(person).request() as turn:
            yield turn
            yield self.world.env.timeout(self.parameters.handling_minutes.value * 60)
            yield from self.world.until_at_work(person, 0)

    def wait_of_party(self, name: str) -> Events:
        """Until a party gets to it, by night and weekend too."""
        yield self.world.env.timeout(self.parameters.party_waits[name].drawn(self.chance) * DAY)

    def do(self, who: str, act: str, given: Mapping[str, Any] | None = None, *, procedure: str = "") -> Done | None:
        """Do an act on this item's matter (or the case's newest of another procedure); ``None`` when refused."""
        return self.world.do(
            self.case,
            who,
            procedure or self.item.procedure,
            act,
            self.case.root_id if procedure == "entrustment" else self.item.matter_id,
            given or {},
        )

    def options(self, who: str, act: str) -> Mapping[str, Any]:
        """Choices by field, as the form would show them."""
        self.world.driver.now, self.world.driver.root_id = self.now, self.case.root_id
        return self.world.driver.options(who, self.item.procedure, act, self.item.matter_id)


class World:
    """A province at work. ``run`` plays some days; afterwards the counters say what happened."""

    def __init__(
        self,
        population: Population,
        parameters: Parameters,
        hours: Hours,
        *,
        seed: int,
        behaviours: Mapping[tuple[str, str], Behaviour],
        requests: Callable[[World, Court, int, random.Random], Case],
        driver: type[VirtualTime] = VirtualTime,
    ) -> None:
        self.population, self.parameters, self.hours, self.seed = population, parameters, hours, seed
        self.behaviours, self.requests = behaviours, requests
        self.env = simpy.Environment()
        self.driver = driver(now=hours.start)
        self.play = Play(self.driver)
        self.cases: dict[int, Case] = {}
        self.acts = 0
        self.refused: Counter[str] = Counter()
        self.stuck: list[tuple[Case, Item, str]] = []
        self.last_refusal: dict[int, str] = {}
        self._desks: dict[str, simpy.Resource] = {}
        self._benches: dict[str, simpy.Resource] = {}
        self._serial = 0
        self._last_item = self._newest_item()

    @property
    def now(self) -> datetime:
        """The virtual moment."""
        return self.hours.at(self.env.now)

    def desk(self, person: Person) -> simpy.Resource:
        """One thing at a time."""
        return self._desks.setdefault(person.login, simpy.Resource(self.env, capacity=1))

    def bench(self, person: Person) -> simpy.Resource:
        """As many examinations at once as an appraiser manages."""
        capacity = self.parameters.cases_at_once.value
        return self._benches.setdefault(person.login, simpy.Resource(self.env, capacity=capacity))

    def run(self, days: int, *, told: Callable[[int], None] = lambda day: None) -> None:
        """Play some days; ``told`` hears of each that is over."""
        with seeded_secrets(self.seed), self.driver.working():
            for court in self.population.courts:
                self.env.process(self._raise_requests(court, days))
            self.env.process(self._nights())
            for day in range(days):
                self.env.run(until=(day + 1) * DAY)
                told(day + 1)
            self.night()

    def until_at_work(self, person: Person, working_days: float) -> Events:
        """Let working time pass, then wait for the person to be back from leave."""
        moment = self.hours.later(self.now, working_days)
        back = person.back(moment.date())
        if back > moment.date():
            moment = self.hours.later(datetime.combine(back, time(0), CHINA), 0)
        delay = self.hours.seconds(moment) - self.env.now
        if delay > 0:
            yield self.env.timeout(delay)

    def do(
        self, case: Case, who: str, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]
    ) -> Done | None:
        """Do an act now; whoever it concerns finds the consequences. ``None`` when refused, which is counted."""
        self.driver.now = self.now
        self.driver.root_id = case.root_id or None
        try:
            filled = self.play.filled(given, who, procedure, act, matter_id)
            done = self.driver.act(who, procedure, act, matter_id, filled)
        except (Refused, ScenarioError) as refused:
            code = refused.code if isinstance(refused, Refused) else "NO_CHOICE"
            self.refused["OVERTAKEN" if code in OVERTAKEN else f"{procedure}.{act}: {code}"] += 1
            self.last_refusal[matter_id or 0] = str(refused)
            return None
        self.acts += 1
        if matter_id is None:
            case.root_id = done.matter_id
            self.cases[done.matter_id] = case
        self.notice()
        return done

    def notice(self) -> None:
        """Everybody finds what is new on the work lists."""
        with connection.cursor() as cursor:
            cursor.execute(NEW_ITEMS, [self._last_item])
            found = [Item(*row) for row in cursor.fetchall()]
        for item in found:
            self._last_item = item.id
            if (item.procedure, item.node) in self.behaviours and item.root_id in self.cases:
                self.env.process(self._attend(item, self.cases[item.root_id]))

    def seconds_to_pulse(self, matter_id: int) -> float:
        """How long a draw still waits for its round."""
        self.driver.now = self.now
        falls_at = self.driver.falls_at(matter_id)
        return max((falls_at - self.now).total_seconds(), 0.0) + 1.0

    def pulse(self, matter_id: int) -> None:
        """The round has fallen: its pulse comes in, and the platform concludes."""
        self.driver.now = self.now
        self.driver.pulse(matter_id)
        self.acts += 1
        self.notice()

    def night(self) -> None:
        """Clocks run out, the log places the day's acts."""
        self.driver.now = self.now
        while procedures.lapse_due(now=self.now):
            pass
        self.driver.place_all()
        self.notice()

    def _attend(self, item: Item, case: Case) -> Events:
        for _ in range(PATIENCE):
            desk = Desk(self, item, case)
            yield from self.behaviours[item.procedure, item.node](desk)
            if desk.left or not _is_open(item):
                return
            yield self.env.timeout(COME_BACK_DAYS * DAY)
            if not _is_open(item):
                return
        self.stuck.append((case, item, self.last_refusal.get(item.matter_id, "")))

    def _raise_requests(self, court: Court, days: int) -> Events:
        """Requests come by chance, on working days, at any hour the court is open."""
        chance = random.Random(f"{self.seed}/{court.name}")  # noqa: S311
        a_day = self.parameters.requests_per_court_year.value / WORKING_DAYS_A_YEAR
        number = 0
        for working_day in self.hours.working:
            if working_day >= self.hours.first + timedelta(days=days):
                return
            for share in sorted(chance.random() for _ in range(poisson(a_day, chance))):
                opened = datetime.combine(working_day, time(0), CHINA)
                moment = self.hours.later(opened, share * 0.95)
                delay = self.hours.seconds(moment) - self.env.now
                if delay > 0:
                    yield self.env.timeout(delay)
                number += 1
                self._serial += 1
                self.requests(self, court, number, random.Random(f"{self.seed}/{court.name}/{number}"))  # noqa: S311

    def next_serial(self) -> int:
        """The number of the case being raised."""
        return self._serial

    def _nights(self) -> Events:
        while True:
            tomorrow = datetime.combine((self.now + timedelta(days=1)).date(), NIGHT, CHINA)
            yield self.env.timeout(self.hours.seconds(tomorrow) - self.env.now)
            self.night()

    @staticmethod
    def _newest_item() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select coalesce(max(id), 0) from procedures_workitem")
            return int(cursor.fetchone()[0])


def _is_open(item: Item) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select closed_at is null from procedures_workitem where id = %s", [item.id])
        return bool(cursor.fetchone()[0])


def poisson(mean: float, chance: random.Random) -> int:
    """How many happen when ``mean`` are expected (Knuth's product of uniforms; for small means)."""
    left, count = 1.0, -1
    limit = 2.718281828459045**-mean
    while left > limit:
        left *= chance.random()
        count += 1
    return count


@contextmanager
def seeded_secrets(seed: int) -> Iterator[None]:
    """Let every draw come from the seed instead of the pulse: a run is repeated, and nothing hangs on it."""
    chance, usual = random.Random(f"secrets/{seed}"), (secrets.token_hex, lots.seed)  # noqa: S311
    secrets.token_hex = lambda nbytes=None: chance.randbytes(nbytes or 32).hex()
    lots.seed = lambda leaf_hash, chain, pulse: hashlib.sha256(f"{seed}/{pulse.round}".encode()).digest()
    try:
        yield
    finally:
        secrets.token_hex, lots.seed = usual

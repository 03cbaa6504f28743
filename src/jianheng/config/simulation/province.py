"""The generated province: courts with judges and technicians, institutions with appraisers, a bureau that looks on.

Courts have real names and codes as far as the shipped register knows them and invented ones (示例…) beyond; every
person and every institution is invented. Accounts have no password: people of the simulation act in process, and
whoever wants to look over a shoulder issues one (``jianheng account reset LOGIN``).
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jianheng.config.cast import credit_code
from jianheng.config.registers import DATA
from jianheng.config.simulation.hours import CHINA, Hours
from jianheng.config.simulation.parameters import Parameters
from jianheng.modules.institutions import api as institutions
from jianheng.services.people import api as people
from jianheng.services.people.api import OrganisationKind, Role

REGION = "22"
SERIALS = 20_000  # invented institutions of a simulation are numbered from here
NO_PASSWORD = "!"  # noqa: S105 - Django's sign for an account nobody can sign in to
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
INVENTED_CODES = range(30, 80)  # codes no basic court of the register has


@dataclass(slots=True)
class Person:
    """Somebody at work: the login, the name, and the spells of leave as (from, until) days."""

    login: str
    name: str
    leave: list[tuple[date, date]] = field(default_factory=list)
    load: int = 0

    def back(self, day: date) -> date:
        """The first day from ``day`` on when not on leave."""
        for first, last in self.leave:
            if first <= day <= last:
                return self.back(last + timedelta(days=1))
        return day


@dataclass(slots=True)
class Court:
    """A court that raises requests."""

    id: int
    name: str
    code: str
    judges: list[Person]
    technicians: list[Person]


@dataclass(slots=True)
class House:
    """An institution at work; ``open`` counts what it has in hand."""

    id: int
    name: str
    fields: list[str]
    intake: Person
    head: Person
    reviewer: Person
    archivist: Person
    appraisers: list[Person]
    open: int = 0


@dataclass(slots=True)
class Population:
    """Everybody."""

    courts: list[Court]
    houses: dict[int, House]  # by organisation id

    @property
    def people(self) -> list[Person]:
        """Everybody who may be on leave."""
        staff = [one for court in self.courts for one in (*court.judges, *court.technicians)]
        for house in self.houses.values():
            staff += [house.intake, house.head, house.reviewer, house.archivist, *house.appraisers]
        return staff


class Generator:
    """Makes a province in the database, the same from the same parameters and seed."""

    def __init__(self, parameters: Parameters, *, seed: int, since: date) -> None:
        self.parameters, self.size = parameters, parameters.province
        self.chance = random.Random(f"province/{seed}")  # noqa: S311 - a simulation, not a secret
        self.since = date(since.year - 1, 1, 1)
        self.until = date(since.year + 8, 12, 31)
        self.made = 0

    def run(self, hours: Hours) -> Population:
        """Make courts, institutions and a bureau; send people on leave."""
        population = Population(self._courts(), {})
        for number in range(self.size.institutions.value):
            house = self._house(number)
            population.houses[house.id] = house
        self._bureau()
        for person in population.people:
            self._leave(person, hours)
        return population

    def _person(self, organisation_id: int, login: str, *roles: str) -> tuple[Person, int]:
        self.made += 1
        name = f"示例{self.chance.choice(SURNAMES)}{self.made:04d}"
        person_id = people.add_person(name, is_demo=True)
        for role in roles:
            people.add_post(person_id, organisation_id=organisation_id, role=role, since=self.since)
        people.add_account(login, password_hash=NO_PASSWORD, person_id=person_id)
        return Person(login, name), person_id

    def _courts(self) -> list[Court]:
        """Real courts first; each that raises requests has two technicians, the rest of the staff sit above."""
        with (DATA / "courts-jilin.csv").open(encoding="utf-8", newline="") as file:
            known = list(csv.DictReader(file))
        high, above = known[0], [row for row in known if row["level"] == "intermediate"]
        high_id = _court(high["name"], high["region"], "high", high["code"], None)
        tops = []
        for number in range(self.size.intermediate_courts.value):
            row = above[number] if number < len(above) else _invented_above(number)
            tops.append((_court(row["name"], row["region"], "intermediate", row["code"], high_id), row))
        basic = [
            (parent_id, row)
            for parent_id, top in tops
            for row in known
            if row["level"] == "basic" and row["code"] and row["parent"] == top["name"]
        ]
        while len(basic) < self.size.basic_courts.value:
            parent_id, top = tops[len(basic) % len(tops)]
            basic.append((parent_id, _invented_below(top, len(basic) // len(tops))))
        left, courts = self.size.technicians.value, []
        for number, (parent_id, row) in enumerate(basic[: self.size.basic_courts.value]):
            court_id = _court(row["name"], row["region"], "basic", row["code"], parent_id)
            if left < 2:
                continue  # a court with one technician cannot file: two supervisors are asked for
            left -= 2
            courts.append(self._staffed(number, court_id, row))
        for number in range(left):
            self._person(tops[number % len(tops)][0], f"sim-above{number}", Role.TECH)
        return courts

    def _staffed(self, number: int, court_id: int, row: dict[str, str]) -> Court:
        judges = [
            self._person(court_id, f"sim-judge{number}-{one}", Role.JUDGE)[0]
            for one in range(self.size.judges_per_court.value)
        ]
        technicians = [self._person(court_id, f"sim-tech{number}-{one}", Role.TECH)[0] for one in range(2)]
        return Court(court_id, row["name"], row["code"], judges, technicians)

    def _house(self, number: int) -> House:
        """An institution with one to three categories, the asked-for ones as often as they are asked for."""
        serial = SERIALS + number
        names = dict(institutions.field_choices()[: self.size.categories.value])
        wanted = {code: 0.0 for code in names}
        for item, weight in self.parameters.demand.items():
            wanted[item[:4]] = wanted.get(item[:4], 0.0) + weight.value
        asked = [code for code in names if wanted[code]]
        first = asked[number % len(asked)] if number % 3 else list(names)[number // 3 % len(names)]
        more = self.chance.choices(list(names), weights=[wanted[code] + 0.5 for code in names], k=2)
        fields = list(dict.fromkeys([first, *more[: self.chance.randrange(3)]]))
        name = f"示例第{number + 1:03d}司法鉴定中心"
        row = {
            "name": name,
            "uscc": credit_code(serial),
            "region": f"{REGION}0100",
            "address": f"示例市示例区示例路{serial}号",
            "scope_text": ",".join(names[code] for code in fields),
            "valid_from": self.since.isoformat(),
            "valid_to": self.until.isoformat(),
            "licence_number": f"{220000000 + serial}",
            "short_name": f"示例{number + 1:03d}",
            "contact": "示例联系人",
            "phone": "0431-00000000",
        }
        institutions.import_institutions([(serial, row)], source="模拟数据", now=_noon(self.since), is_demo=True)
        registered = institutions.find(row["uscc"])
        organisation_id = people.add_organisation(
            name, kind=OrganisationKind.INSTITUTION, region=row["region"], code=row["uscc"], is_demo=True
        )
        institutions.link_organisation(registered.id, organisation_id=organisation_id)
        roles = (Role.INTAKE, Role.HEAD, Role.REVIEWER, Role.ARCHIVIST)
        intake, head, reviewer, archivist = (
            self._person(organisation_id, f"sim-{role}{number}", role)[0] for role in roles
        )
        appraisers = self._appraisers(number, registered.id, organisation_id, fields)
        return House(organisation_id, name, fields, intake, head, reviewer, archivist, appraisers)

    def _appraisers(self, number: int, institution_id: int, organisation_id: int, fields: list[str]) -> list[Person]:
        appraisers = []
        for one in range(max(self.size.appraisers_per_institution.value, 2)):
            person, person_id = self._person(organisation_id, f"sim-appraiser{number}-{one}", Role.APPRAISER)
            institutions.register_appraiser(
                institution_id=institution_id,
                certificate_number=f"{220000000 + SERIALS + number}{one:03d}",
                name=person.name,
                categories=fields,
                valid_from=self.since,
                valid_to=self.until,
                title="主检法医师",
                is_senior=True,
                person_id=person_id,
                is_demo=True,
                now=_noon(self.since),
            )
            appraisers.append(person)
        return appraisers

    def _bureau(self) -> None:
        bureau = people.add_organisation(
            "示例省司法厅", kind=OrganisationKind.REGULATOR, region=f"{REGION}0000", level="province", is_demo=True
        )
        self._person(bureau, "sim-regulator", Role.SUPERVISOR)

    def _leave(self, person: Person, hours: Hours) -> None:
        leave = self.parameters.leave
        years = max((hours.last - hours.first).days, 1) / 365
        spells = int(leave.spells_per_year.value * years + self.chance.random())
        for _ in range(spells):
            first = self.chance.choice(hours.working)
            place = hours.working.index(first) + leave.working_days.value - 1
            person.leave.append((first, hours.working[min(place, len(hours.working) - 1)]))
        person.leave.sort()


def _court(name: str, region: str, level: str, code: str, parent_id: int | None) -> int:
    return people.add_organisation(
        name,
        kind=OrganisationKind.COURT,
        region=region,
        level=level,
        code=code,
        parent_id=parent_id,
        is_demo=name.startswith("示例"),
    )


def _invented_above(number: int) -> dict[str, str]:
    return {"name": f"示例第{number + 1}中级人民法院", "region": f"{REGION}0000", "code": f"吉{50 + number}"}


def _invented_below(top: dict[str, str], number: int) -> dict[str, str]:
    code = f"{top['code']}{INVENTED_CODES[number]}"
    return {"name": f"示例{code}区人民法院", "region": top["region"], "code": code}


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)

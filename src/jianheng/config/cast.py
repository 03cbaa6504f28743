"""The cast of the demonstration: invented bodies and people whose names say so.

Two courts, three institutions that may be drawn, three that may not and one of another province, a bureau; one
account a role. Everything
here is marked as demonstration data, and papers about it bear 演示 across every page.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from jianheng.config.rehearsal import letters
from jianheng.modules.institutions import api as institutions
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.people.api import OrganisationKind, Role
from jianheng.services.personalkeys import api as personalkeys

PASSWORD = "shili-demo-2026"  # noqa: S105 - known on purpose: the demonstration serves this machine only
PHRASE = "shili-qianming-2026"  # of everybody's signing key, known on purpose too
SINCE, UNTIL = date(2024, 1, 1), date(2028, 12, 31)
CLINICAL, TOXICOLOGY = "FM02", "FM05"
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(serial: int) -> str:
    """A well-formed unified social credit code for an invented institution (GB 32100): kind 34, division 220199."""
    organisation = f"MD9{serial:05d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(values.index(c) * w for c, w in zip(organisation, weights, strict=True)) % 11
    organisation += {10: "X", 11: "0"}.get(rest, str(rest))
    body = f"34220199{organisation}"
    total = sum(LETTERS.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + LETTERS[(31 - total % 31) % 31]


@dataclass(frozen=True)
class House:
    """An invented institution: its name's letter, scope and licence days."""

    letter: str
    serial: int
    scope: str
    valid_from: date = SINCE
    valid_to: date = UNTIL
    staffed: bool = True
    region: str = "220199"
    field: str = CLINICAL

    @property
    def name(self) -> str:
        """Its name, which says that it is an example."""
        return f"示例{self.letter}司法鉴定中心"


HOUSES = (
    House("甲", 1, "法医临床司法鉴定,法医病理司法鉴定,文书司法鉴定"),
    House("乙", 2, "法医临床司法鉴定,痕迹司法鉴定"),
    House("丙", 3, "法医临床司法鉴定,法医毒物司法鉴定"),
    House("丁", 4, "法医临床司法鉴定", valid_from=date(2017, 1, 1), valid_to=date(2022, 1, 1), staffed=False),
    House("戊", 5, "法医临床司法鉴定(人体残疾等级鉴定除外)"),
    House("己", 6, "法医临床司法鉴定", staffed=False),
    House("庚", 7, "法医毒物司法鉴定", region="210199", field=TOXICOLOGY),
)


@dataclass
class Cast:
    """Collects accounts while the cast is made."""

    now: datetime
    password_hash: str
    accounts: list[dict[str, Any]] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    def person(self, name: str, *, organisation_id: int, roles: tuple[Role, ...], login: str) -> int:
        """Someone with posts and, where ``login`` is given, an account and a token."""
        person_id = people.add_person(name, is_demo=True)
        for role in roles:
            people.add_post(person_id, organisation_id=organisation_id, role=role, since=SINCE)
        people.add_account(login, password_hash=self.password_hash, person_id=person_id)
        token = people.issue_token(
            organisation_id=organisation_id, person_id=person_id, label="演示", now=self.now, days=None
        )
        self.accounts.append(
            {
                "role": roles[0].value,
                "roles": [role.value for role in roles],
                "login": login,
                "password": PASSWORD,
                "token": token,
                "name": name,
                "organisation": people.organisation(organisation_id).name,
            }
        )
        self.people.append(person_id)
        return person_id

    def enrol(self) -> None:
        """A signing key for everybody, in force at once: their papers say on every page that they are a demonstration."""
        for person_id, account in zip(self.people, self.accounts, strict=True):
            personalkeys.enrol(
                person_id, PHRASE, now=self.now, waits=timedelta(0), cost=personalkeys.OF_A_PUBLIC_PHRASE
            )
            account["phrase"] = PHRASE


def make(path: Path, *, now: datetime | None = None, keys: bool = False) -> list[dict[str, Any]]:
    """Make the cast once and write the accounts to ``path`` (mode 0600); a second call reads them back.

    With ``keys`` everybody has a signing key of their own, under a phrase that stands beside the password. A play that begins on a day of its own says when: what is logged of the cast must come before it.
    """
    if path.exists() and people.find_organisation("示例市示例区人民法院", kind=OrganisationKind.COURT):
        known: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return known
    cast = Cast(now=now or timezone.now(), password_hash=people.hash_password(PASSWORD))
    with ledger.operation("demonstration.cast", now=cast.now):
        _courts(cast)
        _bureau(cast)
        for house in HOUSES:
            _institution(cast, house)
    if keys:
        cast.enrol()
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".new")
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(cast.accounts, file, ensure_ascii=False, indent=2)
    waiting.replace(path)
    return cast.accounts


def _courts(cast: Cast) -> None:
    above = people.add_organisation(
        "示例市中级人民法院",
        kind=OrganisationKind.COURT,
        region="220199",
        level="intermediate",
        code="吉99",
        is_demo=True,
    )
    court = people.add_organisation(
        "示例市示例区人民法院",
        kind=OrganisationKind.COURT,
        region="220199",
        level="basic",
        code="吉0199",
        parent_id=above,
        is_demo=True,
    )
    other = people.add_organisation(
        "示例市另例区人民法院",
        kind=OrganisationKind.COURT,
        region="220199",
        level="basic",
        code="吉0198",
        parent_id=above,
        is_demo=True,
    )
    cast.person("示例法官甲", organisation_id=court, roles=(Role.JUDGE,), login="judge")
    cast.person("示例技术员甲", organisation_id=court, roles=(Role.TECH, Role.INTEGRATOR), login="tech")
    cast.person("示例技术员乙", organisation_id=court, roles=(Role.TECH,), login="tech2")
    cast.person("示例技术员丙", organisation_id=court, roles=(Role.TECH,), login="tech3")
    cast.person("示例院长甲", organisation_id=above, roles=(Role.LEADER,), login="leader")
    cast.person("示例庭长甲", organisation_id=court, roles=(Role.LEADER,), login="chief")
    cast.person("示例法官乙", organisation_id=other, roles=(Role.JUDGE,), login="judge2")


def _bureau(cast: Cast) -> None:
    bureau = people.add_organisation(
        "示例省司法厅", kind=OrganisationKind.REGULATOR, region="220000", level="province", is_demo=True
    )
    cast.person("示例监管员甲", organisation_id=bureau, roles=(Role.SUPERVISOR,), login="regulator")


def _institution(cast: Cast, house: House) -> None:
    row = {
        "name": house.name,
        "uscc": credit_code(house.serial),
        "region": house.region,
        "address": f"示例市示例区示例路{house.serial}号",
        "scope_text": house.scope,
        "valid_from": house.valid_from.isoformat(),
        "valid_to": house.valid_to.isoformat(),
        "licence_number": f"2201990{house.serial:02d}",
        "short_name": f"示例{house.letter}鉴",
        "contact": "示例联系人",
        "phone": "0431-00000000",
    }
    institutions.import_institutions([(house.serial, row)], source="演示数据", now=cast.now, is_demo=True)
    registered = institutions.find(row["uscc"])
    if not house.staffed:
        return
    organisation_id = people.add_organisation(
        house.name,
        kind=OrganisationKind.INSTITUTION,
        region=house.region,
        code=row["uscc"],
        is_demo=True,
    )
    institutions.link_organisation(registered.id, organisation_id=organisation_id, now=cast.now)
    key = letters.LETTERS[house.letter]
    for role, title in (
        (Role.INTAKE, "受理员"),
        (Role.HEAD, "负责人"),
        (Role.REVIEWER, "复核人"),
        (Role.ARCHIVIST, "档案员"),
    ):
        cast.person(
            f"示例{title}{house.letter}",
            organisation_id=organisation_id,
            roles=(role, Role.INTEGRATOR) if role == Role.HEAD else (role,),
            login=f"{role}-{key}",
        )
    for number, ordinal in enumerate("一二三", start=1):
        name = f"示例鉴定人{house.letter}{ordinal}"
        person_id = cast.person(
            name,
            organisation_id=organisation_id,
            roles=(Role.APPRAISER, Role.REVIEWER) if number == 2 else (Role.APPRAISER,),
            login=f"appraiser{number}-{key}",
        )
        institutions.register_appraiser(
            institution_id=registered.id,
            certificate_number=f"2201990{house.serial:02d}{number:03d}",
            name=name,
            categories=[house.field],
            valid_from=SINCE,
            valid_to=UNTIL,
            title="主任法医师" if number == 1 else "主检法医师",
            is_senior=number == 1,
            person_id=person_id,
            is_demo=True,
            now=cast.now,
        )

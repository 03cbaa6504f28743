"""Many matters at once: what one real act wrote, copied with other people, courts and days, every invariant kept.

One entrustment is begun through the door; its rows are taken as the pattern. Each copy gets a number, a court, two
parties, a day and a due day of its own; its act's commitment, its log entry and the entry's leaf are computed anew, so
that their log verifies like the log of one. Rows go in by COPY, without indexes while they do.

Beyond one million, copies are thin: matter, words, names and work item, which is all that lists, searches and counts
read. Acts, entries and entrustments of ten million would take thirty gigabytes and show nothing that one million do not.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone
from rich.progress import track

from jianheng.kernel import canonical, merkle
from jianheng.kernel.errors import Fault
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

TABLES = (
    "procedures_matter",
    "procedures_workitem",
    "procedures_wholename",
    "procedures_actrecord",
    "ledger_entry",
    "ledger_pending",
    "entrustment_entrustment",
)
THIN = ("procedures_matter", "procedures_workitem", "procedures_wholename")
WHOLE = 1_000_000
ADOPTED = 100_000  # so many copies also get the hashes of their rows, as an upgrade would give them
BATCH = 20_000
LISTED = {  # what stands in a list beside the rows, whole
    "procedures_wholename": "%(applicant_key)d\t%(matter)d\n%(respondent_key)d\t%(matter)d\n",
    "ledger_pending": "%(entry)s\n",
}
JSONB = 3802  # PostgreSQL's number of the type
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
ORDINALS = "甲乙丙丁戊己庚辛壬癸"
PEOPLE = tuple(f"{surname}某{one}{two}" for surname in SURNAMES for one in ORDINALS for two in ORDINALS)
CAUSES = (
    "机动车交通事故责任纠纷",
    "医疗损害责任纠纷",
    "健康权纠纷",
    "建设工程施工合同纠纷",
    "民间借贷纠纷",
    "买卖合同纠纷",
    "提供劳务者受害责任纠纷",
    "继承纠纷",
)
SHARE_OF_ONE = 10  # every tenth matter belongs to one court, the busiest there could be
SPREAD_DAYS = 120
FIRST_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)

GIVEN = {
    "case_number": "（2026）吉0199民初99999999号",
    "cause": CAUSES[0],
    "origin": "APPLICATION",
    "category": "FM0202",
    "subject": "致残等级",
    "purpose": "残疾赔偿金",
    "basic_facts": "交通事故",
    "applicant": PEOPLE[0],
    "applicant_phone": "13800000001",
    "respondent": PEOPLE[1],
    "respondent_phone": "13800000002",
}


@dataclass(frozen=True, slots=True)
class Court:
    """A court as the copies need it."""

    id: int
    code: str


def size() -> int:
    """How many matters there are."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procedures_matter")
        return int(cursor.fetchone()[0])


def grow(until: int, *, seed: int = 2026) -> float:
    """Copy the pattern until there are ``until`` matters; returns rows a second, all tables together.

    A second process makes the next lines while the server takes these.
    """
    there = size()
    missing = until - there - 1
    if missing <= 0:
        return 0.0
    pattern = Pattern.made()
    started = timezone.now()
    matter, item, record = _numbers(missing)
    batches = [
        Batch(
            matter + begun,
            item + begun,
            record + begun,
            min(BATCH, missing - begun),
            f"{seed}/{until}/{begun}",
            TABLES if there + begun < WHOLE else THIN,
        )
        for begun in range(0, missing, BATCH)
    ]
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(1, _tell, [pattern]) as pool, _without_indexes(missing):
        coming = pool.apply_async(lines, [batches[0]])
        for following in track([*batches[1:], None], description=f"{until:,} matters", transient=True):
            made = coming.get()
            if following:
                coming = pool.apply_async(lines, [following])
            _copy(made)
    if until <= ADOPTED:
        ledger.adopt(TABLES, now=timezone.now())
    with connection.cursor() as cursor:
        for table in (*TABLES, "ledger_change"):
            cursor.execute(f"vacuum (analyze) {table}")  # as the server does by itself, in its own time
    rows = sum(len(batch.tables) * batch.count for batch in batches)
    return rows / (timezone.now() - started).total_seconds()


@contextmanager
def _without_indexes(missing: int) -> Iterator[None]:
    """Let rows go in without their indexes, and build these at once; a few thousand rows go in with them.

    An index that is not ready is not written to (PostgreSQL manual, pg_index), until it is built anew.
    """
    if missing < 10 * BATCH:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update pg_index set indisready = false, indisvalid = false where indrelid = any(%s::regclass[])",
            [list(TABLES)],
        )
        yield
        cursor.execute("set maintenance_work_mem = '512MB'")
        for table in track(TABLES, description="indexes", transient=True):
            cursor.execute(f"reindex table {table}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Copies made together: first numbers of matters, items and acts, how many, their chance, the tables they fill."""

    matter: int
    item: int
    record: int
    count: int
    seed: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The rows of one begun entrustment as texts with holes (``%(case)s``), and what fills the holes.

    ``lines`` are COPY lines by table, ``act`` the canonical row a commitment covers, ``body`` the canonical entry.
    """

    lines: Mapping[str, str]
    act: str
    body: str
    words: Mapping[str, frozenset[str]]
    courts: tuple[Court, ...]
    busiest: Court

    @classmethod
    def made(cls) -> Pattern:
        """Begin one entrustment, read what it wrote, and leave holes where copies differ."""
        judge = people.actor_of_login("judge", today=timezone.localdate())
        assert judge is not None
        given = GIVEN | {"case_number": f"（2026）吉0199民初{size() + 1}号"}
        begun = procedures.begin("entrustment", by=judge, given=given)
        rows = {table: _row(table, begun.matter_id) for table in TABLES if table not in LISTED}
        act = rows["procedures_actrecord"]
        said = {
            **{name: act[name] for name in ("seq", "code", "outcome", "holder", "name", "given")},
            "matter": act["matter_id"],
            "person": act["person_id"],
            "organisation": act["organisation_id"],
            "at": canonical.instant(act["at"]),
        }
        if ledger.commitment(bytes(act["salt"]), said) != act["commitment"]:
            raise Fault("the pattern no longer says what a commitment covers: the copies would not verify")
        title = rows["procedures_matter"]["title"].partition(given["cause"])[2]
        filled = _filled(act["given"], title)
        body = canonical.decode(bytes(rows["ledger_entry"]["body"]))
        courts = people.organisations(kind=people.OrganisationKind.COURT, region_prefix="22")
        own = people.organisation(judge.organisation_ids[0])
        return cls(
            lines={table: _line(row | filled.get(table, {})) for table, row in rows.items()} | LISTED,
            act=_text(said | {"matter": INTEGER["matter"], **ACT, "given": said["given"] | VARYING}),
            body=_text(
                body
                | {"id": "%(entry)s", "matter": INTEGER["matter"], "at": "%(instant)s"}
                | {"data": {**_stateless(body["data"]), "act": "%(matter)d/1", "commitment": "%(commitment)s"}}
            ),
            words={text: frozenset([*procedures.tokens(text), procedures.whole_name(text)]) for text in PEOPLE}
            | {text: frozenset(procedures.tokens(text)) for text in CAUSES}
            | {"fixed": frozenset(procedures.tokens(title, "（2026）吉民初号", given["subject"]))},
            courts=tuple(Court(one.id, one.code) for one in courts if len(one.code) > 1 and one.id != own.id),
            busiest=Court(own.id, own.code),
        )


def _stateless(data: dict[str, Any]) -> dict[str, Any]:
    """What an act's entry says without the batch of changes that is the pattern's own."""
    return {name: value for name, value in data.items() if name != "state"}


VARYING = {
    "case_number": "%(case)s",
    "applicant": "%(applicant)s",
    "respondent": "%(respondent)s",
    "cause": "%(cause)s",
}
INTEGER = {"matter": "%(matter)d", "court": "%(court)d"}  # written without quotation marks
ACT = {"holder": "%(court)d:judge", "organisation": INTEGER["court"], "at": "%(instant)s"}


def _filled(given: dict[str, Any], title: str) -> dict[str, dict[str, Any]]:
    """By table, the columns whose values differ from copy to copy."""
    seats = {"court": INTEGER["court"], "unit": INTEGER["court"], "applicant": "side", "respondent": "side"}
    return {
        "procedures_matter": {
            "id": INTEGER["matter"],
            "root_id": INTEGER["matter"],
            "reference": "%(case)s",
            "title": f"%(applicant)s与%(respondent)s %(cause)s{title}",
            "seats": seats,
            "viewer_ids": [INTEGER["court"]],
            "opened_at": "%(instant)s",
            "last_act_at": "%(instant)s",
            "words": "%(words)s",
        },
        "procedures_workitem": {
            "id": "%(item)d",
            "matter_id": INTEGER["matter"],
            "holder": "%(court)d:judge",
            "opened_at": "%(instant)s",
            "due_on": "%(due)s",
            "sort_on": "%(due)s",
        },
        "procedures_actrecord": {
            "id": "%(record)d",
            "matter_id": INTEGER["matter"],
            "holder": "%(court)d:judge",
            "organisation_id": INTEGER["court"],
            "at": "%(instant)s",
            "given": given | VARYING,
            "entry": "%(entry)s",
            "salt": "\\x%(salt)s",
            "commitment": "%(commitment)s",
        },
        "ledger_entry": {
            "id": "%(entry)s",
            "matter_id": INTEGER["matter"],
            "body": "\\x%(body)s",
            "leaf_hash": "\\x%(leaf)s",
            "created_at": "%(instant)s",
        },
        "entrustment_entrustment": {
            "matter_id": INTEGER["matter"],
            "court_id": INTEGER["court"],
            "unit_id": INTEGER["court"],
            **VARYING,
        },
    }


def _row(table: str, matter_id: int) -> dict[str, Any]:
    """The first row a table holds of a matter, by column in the order of the table."""
    column = "id" if table == "procedures_matter" else "matter_id"
    more = " and kind = 'act'" if table == "ledger_entry" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {table} where {column} = %s{more} order by 1 limit 1", [matter_id])  # noqa: S608 - our tables
        cells = zip(cursor.description, cursor.fetchone(), strict=True)
        return {one.name: json.loads(cell) if one.type_code == JSONB else cell for one, cell in cells}


def _unquoted(text: str) -> str:
    for hole in INTEGER.values():
        text = text.replace(f'"{hole}"', hole)
    return text


def _text(value: Mapping[str, Any]) -> str:
    """A value with holes in its canonical form."""
    return _unquoted(canonical.encode(value).decode())


def _line(row: Mapping[str, Any]) -> str:
    """A row as a line of COPY's text format (PostgreSQL manual, COPY, "Text Format")."""
    return "\t".join(_cell(value) for value in row.values()) + "\n"


def _cell(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case dict():
            return _unquoted(json.dumps(value, ensure_ascii=False)).replace("\\", "\\\\")
        case list():
            return "{" + ",".join(str(one) for one in value) + "}"
        case str() if value.startswith("\\x"):
            return "\\" + value
        case datetime():
            return value.isoformat()
        case _:
            return str(value)


_pattern: Pattern | None = None


def _tell(pattern: Pattern) -> None:
    """Let this process make copies of a pattern."""
    global _pattern  # noqa: PLW0603 - a process of the pool is told once
    _pattern = pattern


def lines(batch: Batch) -> dict[str, str]:
    """COPY's text of a batch, by table."""
    assert _pattern is not None
    chance = random.Random(batch.seed)  # noqa: S311 - reproducible
    copies = [
        fill(_pattern, batch.matter + place, chance) | {"item": batch.item + place, "record": batch.record + place}
        for place in range(batch.count)
    ]
    if batch.tables == TABLES:
        copies = [copy | sealed(_pattern, copy) for copy in copies]
    return {table: "".join([_pattern.lines[table] % copy for copy in copies]) for table in batch.tables}


def _copy(made: Mapping[str, str]) -> None:
    """Write a batch in one transaction; keys and checks that triggers hold are held by the pattern."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for table, text in made.items():
            with cursor.copy(f"copy {table} from stdin") as rows:
                rows.write(text)


def _numbers(count: int) -> list[int]:
    """Reserve ``count`` numbers of matters, items and acts each; the first of them."""
    with connection.cursor() as cursor:
        firsts = []
        for table in ("procedures_matter", "procedures_workitem", "procedures_actrecord"):
            cursor.execute(
                "with s as (select pg_get_serial_sequence(%s, 'id') name) select setval(name, nextval(name) + %s) from s",
                [table, count - 1],
            )
            firsts.append(int(cursor.fetchone()[0]) - count + 1)
    return firsts


def fill(pattern: Pattern, number: int, chance: random.Random) -> dict[str, Any]:
    """What goes into the holes of one copy."""
    court = pattern.busiest if number % SHARE_OF_ONE == 0 else chance.choice(pattern.courts)
    applicant, respondent = chance.sample(PEOPLE, 2)
    cause = chance.choice(CAUSES)
    at = FIRST_DAY + timedelta(seconds=number % 31_000_000, microseconds=number % 999_999)
    case = f"（2026）{court.code}民初{number}号"
    words = pattern.words[applicant] | pattern.words[respondent] | pattern.words[cause] | pattern.words["fixed"]
    return {
        "matter": number,
        "court": court.id,
        "case": case,
        "applicant": applicant,
        "respondent": respondent,
        "applicant_key": procedures.name_key(court.id, procedures.whole_name(applicant)),
        "respondent_key": procedures.name_key(court.id, procedures.whole_name(respondent)),
        "cause": cause,
        "instant": canonical.instant(at),
        "due": (at + timedelta(days=chance.randrange(SPREAD_DAYS))).date().isoformat(),
        "entry": str(uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | number)),
        "salt": chance.randbytes(16).hex(),
        "words": " ".join(f"'{word}'" for word in words | {str(number), court.code[1:], case, f"@{court.id}"}),
    }


def sealed(pattern: Pattern, copy: Mapping[str, Any]) -> dict[str, str]:
    """The commitment to a copy's act, and the log entry that holds it."""
    committed = bytes.fromhex(copy["salt"]) + (pattern.act % copy).encode()
    commitment = hashlib.sha256(committed).hexdigest()
    body = (pattern.body % {**copy, "commitment": commitment}).encode()
    return {"commitment": commitment, "body": body.hex(), "leaf": merkle.leaf_hash(body, "sha256").hex()}

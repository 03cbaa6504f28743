"""What an act costs: through the door in process, and over HTTP, each beside the same rows written by hand.

The floor of the first is six statements in a transaction through the same connection; of the second, a view with
nothing in it but those statements, served by the same server in the same run. The floor's rows are an act's rows,
column by column (``tests/operation/test_bench_floor.py``), commitment and leaf hashed from what they stand for, hashes
of changed rows by the same triggers; what it leaves out is the rules. Ours and the floor take turns in short slices, so that whatever else the machine does
disturbs both alike.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import secrets
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from jianheng.config.bench import measure
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

ITEM = {"title": "材料", "kind": "书证", "quantity": "1份", "source": "示例"}
WHOLE_ITEM = {
    **ITEM,
    "properties": "",
    "level": 1,
    "file": "",
    "exempt": "",
    "exempt_reason": "",
}  # what is kept of it
CLIENTS = (1, 4, 16)
BLOCK, LOG_TURNS = 40, 8


def figures(matter_ids: list[int]) -> dict[str, Any]:
    """Acts a second in process at 1, 4 and 16 clients, statements an act, each beside the floor."""
    judge = clerk()
    with measure.counted() as statements:
        act(matter_ids[0], judge)
    return {
        "statements": len(statements),
        "statements_of_the_kernel": sum("procedures_" in sql for sql in statements),
        "per_second_by_clients": {str(count): _together(matter_ids[:count]) for count in CLIENTS},
    }


def latency(matter_id: int) -> dict[str, float]:
    """The median of one act in milliseconds, beside the floor's."""
    judge = clerk()
    return measure.beside(*measure.medians_ms(lambda: act(matter_id, judge), lambda: by_hand(matter_id, judge), 240))


def share_of_the_log(matter_id: int) -> dict[str, float]:
    """What of an act's time the log takes: entry, hashes of changed rows, commitment; medians in blocks that take turns.

    Nobody waits for the disk meanwhile: that takes as long with the log as without, and would hide what it costs. ``with`` and ``without`` in milliseconds. Without: nothing is appended, no row is hashed, nothing is committed to;
    rows and statements are otherwise the same. Belongs at the end: what is done without the log does not verify.
    """
    judge = clerk()
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")
    spent: dict[str, list[float]] = {"with": [], "without": []}
    for turn in range(LOG_TURNS + 1):
        for name, told in spent.items():
            with _without_the_log() if name == "without" else nullcontext():
                for number in range(BLOCK):
                    started = time.perf_counter()
                    act(matter_id, judge)
                    if turn and number >= BLOCK // 4:  # plans are made anew after each change of what is there
                        told.append((time.perf_counter() - started) * 1000)
    whole, bare = (round(statistics.median(spent[name]), 3) for name in ("with", "without"))
    return {"with": whole, "without": bare, "share": round(1 - bare / whole, 3)}


@contextmanager
def _without_the_log() -> Iterator[None]:
    noted = ("procedures_matter", "files_caseitem")
    nothing = ledger.entry("act", region="220199", matter_id=None, data={}, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef(oid) from pg_proc where proname = 'ledger_append'")
        definition = cursor.fetchone()[0]
        cursor.execute(definition[: definition.index("AS $")] + "as $$ begin end $$")
        for table in noted:
            cursor.execute(f"alter table {table} disable trigger ledger_note")
    entry, commitment = ledger.entry, ledger.commitment
    ledger.entry, ledger.commitment = lambda *given, **told: nothing, lambda salt, row: "0" * 64
    try:
        yield
    finally:
        ledger.entry, ledger.commitment = entry, commitment
        with connection.cursor() as cursor:
            cursor.execute(definition)
            for table in noted:
                cursor.execute(f"alter table {table} enable trigger ledger_note")


def clerk() -> people.Actor:
    """The judge who acts."""
    judge = people.actor_of_login("judge", today=timezone.localdate())
    assert judge is not None
    return judge


def act(matter_id: int, judge: people.Actor) -> None:
    """One act through the door."""
    procedures.perform(matter_id, act="add_material", by=judge, given=ITEM)


def _together(matter_ids: list[int]) -> dict[str, float]:
    """What clients reach at the same time, each a process with a connection and a matter of its own."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    with context.Pool(len(matter_ids), measure.begin_at_once, [context.Barrier(len(matter_ids))]) as pool:

        def reached(client: Callable[[int], float]) -> float:
            return sum(pool.map(client, matter_ids, chunksize=1))

        return measure.rates_beside(lambda: reached(_act_client), lambda: reached(_floor_client))


def _act_client(matter_id: int) -> float:
    return _slice(act, matter_id)


def _floor_client(matter_id: int) -> float:
    return _slice(by_hand, matter_id)


def _slice(write: Callable[[int, people.Actor], None], matter_id: int) -> float:
    judge = clerk()
    return measure.slice_rate(lambda: write(matter_id, judge))


def by_hand(matter_id: int, judge: people.Actor, key: str = "") -> None:
    """The rows of one act, by hand: case item, matter, act, log entry, outbox, in one transaction."""
    now, post = timezone.now(), judge.posts[0]
    at, salt = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), secrets.token_bytes(16)
    entry = uuid.UUID(int=int(now.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | secrets.randbits(62))
    who = [post.holder, judge.person_id, post.organisation_id, judge.name]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select acts from procedures_matter where id = %s for update", [matter_id])
        seq = cursor.fetchone()[0] + 1
        told = dict(zip(("holder", "person", "organisation", "name"), who, strict=True))
        done = {"matter": matter_id, "seq": seq, "code": "add_material", "outcome": "done", "at": at}
        commitment = hashlib.sha256(salt + _canonical(done | told | {"given": WHOLE_ITEM})).hexdigest()
        data = {"act": f"{matter_id}/{seq}", "seq": seq, "code": "add_material", "commitment": commitment}
        said = {"v": 1, "id": str(entry), "kind": "act", "region": "220199", "matter": matter_id, "at": at}
        body = _canonical(said | {"data": data})
        cursor.execute(
            """insert into files_caseitem (region, root_id, matter_id, volume, section, title, quantity, properties,
               source, name, level, audience, examination, examination_note, added_at, added_by)
               values ('220199', %s, %s, '鉴定材料', '书证', '材料', '1份', '', '示例', '', 1,
                       '{court,unit,applicant,respondent}', 'PENDING', '', %s, %s)""",
            [matter_id, matter_id, now, judge.name],
        )
        cursor.execute(
            "update procedures_matter set acts = %s, last_act_at = %s where id = %s", [seq, now, matter_id]
        )
        cursor.execute(
            """insert into procedures_actrecord (region, matter_id, seq, code, outcome, holder, person_id,
               organisation_id, name, at, given, key_scope, key, entry, salt, commitment)
               values ('220199', %s, %s, 'add_material', 'done', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [matter_id, seq, *who, now, json.dumps(WHOLE_ITEM), key and judge.scope, key, entry, salt, commitment],
        )
        cursor.execute(
            "select ledger_append(%s, '220199', 'act', %s, %s, %s, 'sha256', %s)",
            [entry, matter_id, body, hashlib.sha256(b"\0" + body).digest(), now],
        )
        cursor.execute(
            """insert into events_outboxevent (region, matter_id, type, data, organisation_ids, created_at)
               values ('220199', %s, 'entrustment.add_material', %s, %s, %s)""",
            [
                matter_id,
                json.dumps({"end": "", "outcome": "done", "documents": []}),
                f"[{post.organisation_id}]",
                now,
            ],
        )


def _canonical(value: dict[str, Any]) -> bytes:
    """RFC 8785, as far as these rows need it."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

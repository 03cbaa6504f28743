"""What an act costs: through the door in process, and over HTTP, each beside the same rows written by hand.

The floor of the first is seven statements in a transaction through the same connection; of the second, a view with
nothing in it but those statements, served by the same server in the same run.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from jianheng.config.bench import measure
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

ITEM = {"title": "材料", "kind": "书证", "quantity": "1份", "source": "示例", "needs_examination": False}
CLIENTS = (1, 4, 16)
SECONDS = 4.0


def figures(matter_ids: list[int]) -> dict[str, Any]:
    """Acts a second in process at 1, 4 and 16 clients, statements an act, each beside the floor."""
    judge = people.actor_of_login("judge", today=timezone.localdate())
    assert judge is not None
    with measure.counted() as statements:
        _act(matter_ids[0], judge)
    clients = {}
    for count in CLIENTS:
        ours = _together(_act_client, matter_ids[:count])
        floor = _together(_floor_client, matter_ids[:count])
        clients[str(count)] = measure.beside(ours, floor, more_is_better=True)
    return {
        "statements": len(statements),
        "statements_of_the_kernel": sum("procedures_" in sql for sql in statements),
        "per_second_by_clients": clients,
    }


def latency(matter_id: int) -> dict[str, float]:
    """The median of one act in milliseconds, beside the floor's."""
    judge = people.actor_of_login("judge", today=timezone.localdate())
    assert judge is not None
    ours = measure.median_ms(lambda: _act(matter_id, judge), 200)
    return measure.beside(ours, measure.median_ms(lambda: by_hand(matter_id), 200))


def _act(matter_id: int, judge: people.Actor) -> None:
    procedures.perform(matter_id, act="add_material", by=judge, given=ITEM)


def _together(client: Callable[[int], float], matter_ids: list[int]) -> float:
    """The sum of what clients reach at the same time, each a process with a connection and a matter of its own."""
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(len(matter_ids)) as pool:
        return round(sum(pool.map(client, matter_ids, chunksize=1)), 1)


def _act_client(matter_id: int) -> float:
    judge = people.actor_of_login("judge", today=timezone.localdate())
    assert judge is not None
    return measure.rate(lambda: _act(matter_id, judge), SECONDS)


def _floor_client(matter_id: int) -> float:
    return measure.rate(lambda: by_hand(matter_id), SECONDS)


def by_hand(matter_id: int) -> None:
    """The rows of one act, by hand: matter, case item, act, log entry, queue, outbox, in one transaction."""
    now, entry = timezone.now(), uuid.uuid4()
    given = json.dumps(ITEM)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select acts from procedures_matter where id = %s for update", [matter_id])
        seq = cursor.fetchone()[0] + 1
        cursor.execute(
            "update procedures_matter set acts = %s, last_act_at = %s where id = %s", [seq, now, matter_id]
        )
        cursor.execute(
            """insert into files_caseitem (region, root_id, matter_id, volume, section, title, quantity, properties,
               source, name, level, audience, examination, examination_note, added_at, added_by)
               values ('220199', %s, %s, '鉴定材料', '书证', '材料', '1份', '', '示例', '', 1, '{court}', 'NOT_NEEDED', '', %s, '示例')""",
            [matter_id, matter_id, now],
        )
        cursor.execute(
            """insert into procedures_actrecord (region, matter_id, seq, code, outcome, holder, name, at, given,
               key_scope, key, entry, salt, commitment)
               values ('220199', %s, %s, 'add_material', 'done', '', '示例', %s, %s, '', '', %s, %s, %s)""",
            [matter_id, seq, now, given, entry, b"0" * 16, "0" * 64],
        )
        cursor.execute(
            """insert into ledger_entry (id, region, kind, matter_id, body, leaf_hash, digest, created_at)
               values (%s, '220199', 'bench', %s, %s, %s, 'sha256', %s)""",
            [entry, matter_id, given.encode(), hashlib.sha256(b"\0" + given.encode()).digest(), now],
        )
        cursor.execute("insert into ledger_pending (entry_id) values (%s)", [entry])
        cursor.execute(
            """insert into events_outboxevent (region, matter_id, type, data, organisation_ids, created_at)
               values ('220199', %s, 'bench', '{}', '[]', %s)""",
            [matter_id, now],
        )

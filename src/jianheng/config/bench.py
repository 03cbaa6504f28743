"""Figures beside floors: what an act and a page cost, each next to hand-written SQL measured in the same run.

Nothing here passes or fails; a ratio that drifts is a reason to look. Latencies are medians over many calls.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import SCENARIOS, Play, read
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

ACTS = 300
CALLS = 60
ITEM = {"title": "材料", "kind": "书证", "quantity": "1份", "source": "示例", "needs_examination": False}


@contextmanager
def counted():  # type: ignore[no-untyped-def]
    """Counts SQL statements, without savepoints and transaction control."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def median_ms(call: Callable[[], Any], times: int = CALLS) -> float:
    """The median duration of a call in milliseconds, after three that are not counted."""
    for _ in range(3):
        call()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        spent.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(spent), 3)


def rate(call: Callable[[], Any], times: int = ACTS) -> float:
    """Calls a second."""
    call()
    started = time.perf_counter()
    for _ in range(times):
        call()
    return round(times / (time.perf_counter() - started), 1)


def run() -> dict[str, Any]:
    """All figures; the database holds the demonstration's cast."""
    driver = InProcess(now=timezone.now())
    play = Play(driver)
    scenario = read(SCENARIOS / "traffic_disability.yaml")
    for step in scenario["steps"][:2]:
        play.step(step)
    matter_id = play.root_id or 0
    figures = {"acts": _acts(matter_id, driver), "pages": _pages(matter_id), "work_list": []}
    for size in (10_000, 100_000):
        figures["work_list"].append(_work_list(size))
    return figures


def _acts(matter_id: int, driver: InProcess) -> dict[str, Any]:
    judge = driver.actor("judge")

    def act() -> None:
        procedures.perform(matter_id, act="add_material", by=judge, given=ITEM)

    with counted() as statements:
        act()
    kernel = [sql for sql in statements if "procedures_" in sql]
    ours, floor = rate(act), rate(lambda: _by_hand(matter_id))
    return {
        "statements_per_act": len(statements),
        "statements_of_the_kernel": len(kernel),
        "per_second": ours,
        "floor_per_second": floor,
        "ratio": round(ours / floor, 3),
    }


def _by_hand(matter_id: int) -> None:
    """The rows of one act, by hand: matter, case item, act, log entry, queue, outbox, in one transaction."""
    from django.db import transaction

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


def _pages(matter_id: int) -> list[dict[str, Any]]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(people.account_of_login("judge"), backend="django.contrib.auth.backends.ModelBackend")
    figures = []
    for name, path in (
        ("work list", "/desk/"),
        ("matters", "/desk/matters/?q=交通事故"),
        ("matter", f"/desk/matters/{matter_id}/"),
        ("form of an act", f"/desk/matters/{matter_id}/acts/screen/"),
        ("rule book", "/rules/"),
    ):
        with counted() as statements:
            answer = client.get(path)
        figures.append(
            {
                "page": name,
                "status": answer.status_code,
                "statements": len(statements),
                "ms": median_ms(lambda path=path: client.get(path), 15),
            }
        )
    return figures


def _work_list(size: int) -> dict[str, Any]:
    """The first page for one holder of a tenth of all open items, beside the same rows by hand-written SQL."""
    actor = people.actor_of_login("judge", today=timezone.localdate())
    assert actor is not None
    holder = sorted(actor.holders)[0]
    _fill(size, holder)
    today = timezone.localdate()

    def by_hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """select i.id, i.node, i.due_on, i.opened_at, m.id, m.title, m.reference, m.procedure
                   from procedures_workitem i join procedures_matter m on m.id = i.matter_id
                   where i.holder = %s and i.closed_at is null order by i.sort_on, i.id limit 31""",
                [holder],
            )
            cursor.fetchall()

    ours = median_ms(lambda: procedures.work_list(actor, today=today))
    floor = median_ms(by_hand)
    with counted() as statements:
        procedures.work_list(actor, today=today)
    return {
        "open_items": size,
        "ms": ours,
        "floor_ms": floor,
        "ratio": round(ours / floor, 2),
        "statements": len(statements),
    }


def _fill(size: int, holder: str) -> None:
    """Bulk-make matters with one open item each, a tenth of them with ``holder``."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procedures_workitem where closed_at is null")
        missing = size - cursor.fetchone()[0]
        if missing <= 0:
            return
        cursor.execute(
            """
            with made as (
              insert into procedures_matter (region, procedure, version, reference, title, seats, viewer_ids,
                                             opened_at, acts, last_act_at, "end")
              select '220199', 'entrustment', 1, '（2026）吉0199民初' || g || '号', '示例事项' || g, '{}', '{}',
                     %(now)s, 0, %(now)s, '' from generate_series(1, %(missing)s) g
              returning id
            )
            insert into procedures_workitem (region, matter_id, node, holder, opened_at, opened_seq, clock, due_on, sort_on)
            select '220199', id, 'screen', case when id %% 10 = 0 then %(holder)s else '9' || (id %% 97) || ':judge' end,
                   %(now)s, 1, '', %(day)s::date + (id %% 60)::int, %(day)s::date + (id %% 60)::int
            from made
            """,
            {"now": now, "missing": missing, "holder": holder, "day": timezone.localdate(now) - timedelta(days=20)},
        )
        cursor.execute("analyze procedures_workitem")
        cursor.execute("analyze procedures_matter")

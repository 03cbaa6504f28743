"""What a whole case weighs and costs here.

Cases are played from the request to the archive by the doors of the desks, every paper is made, and what grew is
divided by their number: rows with their indexes, papers, write-ahead log. What follows from it: :mod:`.needs`.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import SCENARIOS, Play, read
from jianheng.services.documents import api as documents

SCENARIO = "traffic_disability"
FIRST_NUMBER = 80_000_000  # case numbers nobody else has

_GROWN = """
select relname, pg_total_relation_size(oid) from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'procrastinate_%'
"""
_WAITING = "select id from documents_document where status = 'requested' order by id"
_PAPERS = "select count(*), coalesce(sum(size), 0) from documents_document where size is not null"


def measured(cases: int, processes: int) -> dict[str, Any]:
    """What one case weighs and how fast it is made; the database holds the demonstration's cast."""
    _play(FIRST_NUMBER)  # the first pages of every table are there before anything is counted
    _make(1)
    before, log, papers = _grown(), _wal(), _asked(_PAPERS)[0]
    started, acts = time.perf_counter(), 0
    for number in range(1, cases + 1):
        acts += _play(FIRST_NUMBER + number)
    playing = time.perf_counter() - started
    made, making = _make(processes)
    after, count = _grown(), _asked(_PAPERS)[0]
    grown = {name: (size - before.get(name, 0)) / cases for name, size in after.items()}
    weighty = sorted(((size, name) for name, size in grown.items() if size), reverse=True)
    return {
        "cases": cases,
        "acts": round(acts / cases, 1),
        "papers": round(made / cases, 1),
        "row_bytes": round(sum(grown.values())),
        "row_bytes_by_table": {name: round(size) for size, name in weighty},
        "paper_bytes": round(float(count[1] - papers[1]) / cases),
        "log_bytes": round((_wal() - log) / cases),
        "acts_per_second": round(acts / playing, 1),
        "papers_per_second": round(made / making, 2),
        "processes": processes,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
    }


def _play(number: int) -> int:
    """A whole case under a number of its own; how many acts it took."""
    scenario = read(SCENARIOS / f"{SCENARIO}.yaml")
    first, *rest = scenario["steps"]
    first = {**first, "given": {**first["given"], "case_number": f"（2026）吉0199民初{number}号"}}
    driver = InProcess(now=timezone.now() - timedelta(days=1))
    driver.pace = timedelta(seconds=1)
    play = Play(driver)
    play.run({**scenario, "steps": [first, *rest]})
    return len(play.acts)


def _make(processes: int) -> tuple[int, float]:
    """Make every paper that waits; how many, and the seconds it took."""
    waiting = [found[0] for found in _asked(_WAITING)]
    connections.close_all()
    started = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(processes) as makers:
        makers.map(_one, waiting, chunksize=1)
    return len(waiting), time.perf_counter() - started


def _one(document_id: int) -> None:
    documents.produce(document_id)


def _grown() -> dict[str, int]:
    return dict(_asked(_GROWN))


def _wal() -> int:
    return int(_asked("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")[0][0])


def _asked(sql: str) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())

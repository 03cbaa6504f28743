"""Figures beside floors: what acts, reading and making cost, each next to hand-written code measured in the same run.

Nothing here passes or fails; a ratio that drifts is a reason to look. The database grows from size to size by copies
of what one real act wrote (:mod:`.population`); at each size the same questions are asked again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from jianheng.config import partitioning
from jianheng.config.bench import acts, growth, http, making, measure, population, reading
from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import SCENARIOS, Play, read
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.statistics import api as statistics

FIRST_NUMBER = 90_000_000  # case numbers no copy has


def take(home: Path, sizes: Iterable[int], provinces: Sequence[str] = ()) -> dict[str, Any]:
    """All figures; the database holds the demonstration's cast and nothing else.

    Once it is as large as it gets, its tables are partitioned by ``provinces``, if any, and the same is asked again.
    """
    play = Play(InProcess(now=timezone.now() - timedelta(days=1)))
    play.run(read(SCENARIOS / "traffic_disability.yaml"))
    _begun_with(FIRST_NUMBER - 1, {"applicant": reading.RARE})
    figures: dict[str, Any] = {"machine": _machine(), "making": making.figures(), "sizes": {}}
    matters, fewest = _begun(max(acts.CLIENTS)), None
    for size in sizes:
        copied = population.grow(size)
        counted = _counted()
        _come_to_rest()
        fewest = fewest or growth.keep()
        figures["sizes"][str(size)] = {
            "copied_rows_per_second": round(copied),
            "database_mb": _megabytes(),
            "statistics counted (s)": counted,
            "yardstick (ms)": measure.yardstick_ms(),
            "act (ms)": acts.latency(matters[0]),
            "reading (ms)": reading.figures(matters[-1]),
            "beside the fewest (ms)": growth.beside(fewest, matters[1]),
        }
    if provinces:
        partitioning.apply(provinces)
        connection.close()  # no plan of before
        figures["partitioned"] = {
            "provinces": len(provinces),
            "act (ms)": acts.latency(matters[0]),
            "reading (ms)": reading.figures(matters[-1]),
        }
    figures["acts"] = acts.figures(matters)
    figures["verification"] = making.verification()
    with http.served(home / "bench-web.log") as server:
        figures["http"] = http.figures(server, matters, _token())
        figures["web"] = {"answers_after_seconds": server.start_seconds, "memory_mb": server.memory_mb()}
    figures["log's part of an act (ms)"] = acts.share_of_the_log(matters[0])
    return figures


def _machine() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return {"cores": os.cpu_count(), "postgresql": cursor.fetchone()[0], "at": timezone.now().isoformat()}


def _begun(count: int) -> list[int]:
    """Matters that clients may act on, one each."""
    return [_begun_with(FIRST_NUMBER + number, {}) for number in range(count)]


def _begun_with(number: int, told: dict[str, str]) -> int:
    given = population.GIVEN | {"case_number": f"（2026）吉0199民初{number}号"} | told
    return procedures.begin("entrustment", by=acts.clerk(), given=given).matter_id


def _counted() -> float:
    """How long it takes to count everything for whoever oversees, which the worker does every quarter of an hour."""
    started = time.perf_counter()
    statistics.take(timezone.now())
    return round(time.perf_counter() - started, 2)


def _come_to_rest() -> None:
    """What was just built is on the disk before anything is measured, and is not written meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
    os.sync()


def _megabytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database()) / 1048576")
        return int(cursor.fetchone()[0])


def _token() -> str:
    judge = acts.clerk()
    assert judge.person_id is not None
    return people.issue_token(
        organisation_id=judge.organisation_ids[0], person_id=judge.person_id, label="bench", now=timezone.now()
    )

"""How things are measured: medians, rates, statements, memory. Nothing here judges."""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import connection

CALLS = 40
TURN = 10
SLICES, SLICE_SECONDS = 8, 0.5
LOOK_SECONDS = 3.0


@contextmanager
def counted() -> Iterator[list[str]]:
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


def rate(call: Callable[[], Any], seconds: float = 2.0) -> float:
    """Calls a second, over some seconds, after ten that are not counted."""
    for _ in range(10):
        call()
    done, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < seconds:
        call()
        done += 1
    return round(done / spent, 1)


def medians_ms(ours: Callable[[], Any], other: Callable[[], Any], times: int = CALLS) -> tuple[float, float]:
    """The median durations of two calls that take turns, ten and ten, after ten of each that are not counted."""
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(-1, times // TURN):
        for call, kept in zip((ours, other), spent, strict=True):
            for _ in range(TURN):
                started = time.perf_counter()
                call()
                if turn >= 0:
                    kept.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(spent[0]), 3), round(statistics.median(spent[1]), 3)


_all_there: Any = None


def begin_at_once(barrier: Any) -> None:
    """Let this process begin its slices only together with the others that wait at the barrier."""
    global _all_there  # noqa: PLW0603 - a process of the pool is told once
    _all_there = barrier


def slice_rate(call: Callable[[], Any]) -> float:
    """Calls a second over one short slice, begun at the same moment by all clients."""
    call()
    if _all_there is not None:
        _all_there.wait(60)
    done, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < SLICE_SECONDS:
        call()
        done += 1
    return done / spent


def rates_beside(ours: Callable[[], float], floor: Callable[[], float]) -> dict[str, float]:
    """The median rates of two that take turns in slices; the first turn only warms up."""
    told = [(ours(), floor()) for _ in range(SLICES + 1)][1:]
    middle = [round(statistics.median(rates), 1) for rates in zip(*told, strict=True)]
    return beside(*middle, more_is_better=True)


def yardstick_ms() -> float:
    """What a fixed piece of work takes at this moment, in Python and in the server: the machine's own speed."""

    def work() -> None:
        json.dumps([{"number": number, "text": str(number)} for number in range(200)], sort_keys=True)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from generate_series(1, 2000)")
            cursor.fetchone()

    return median_ms(work, 100)


def beside(ours: float, floor: float, *, more_is_better: bool = False) -> dict[str, float]:
    """A figure, its floor, and their ratio: how many times the floor's time ours takes, or its share of the rate."""
    ratio = ours / floor if floor else 0.0
    return {"ours": ours, "floor": floor, "ratio": round(ratio, 3 if more_is_better else 2)}


def memory_mb(pids: Iterable[int]) -> float:
    """Memory of processes as the kernel shares it out among them (Pss, /proc/PID/smaps_rollup), in MB."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return round(total / 1024, 1)


def with_children(*pids: int) -> set[int]:
    """Processes and all they have started."""
    parents = {}
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parents[int(told.parent.name)] = int(told.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    found: set[int] = set()
    coming = set(pids)
    while coming:
        found |= coming
        coming = {pid for pid, parent in parents.items() if parent in coming} - found
    return found


def disk_gb(directory: Path) -> float:
    """What files below a directory take on disk."""
    blocks = 0
    for place, _directories, names in os.walk(directory):
        for name in names:
            with suppress(OSError):  # it was taken away
                blocks += os.lstat(os.path.join(place, name)).st_blocks
    return blocks * 512 / 1e9


class Peak:
    """The most disk below a directory, and the most memory of processes with all they start, looked at as time goes."""

    def __init__(self, home: Path, *pids: int) -> None:
        self.home, self.pids = home, pids
        self.disk_gb = self.memory_gb = 0.0
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.disk_gb = max(self.disk_gb, round(disk_gb(self.home), 2))
            self.memory_gb = max(self.memory_gb, round(memory_mb(with_children(*self.pids)) / 1000, 2))

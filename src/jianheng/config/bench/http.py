"""Acts over HTTP: four clients with tokens against the running server, beside an empty view with the same SQL."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from jianheng.config.bench import acts, measure
from jianheng.config.commands.demo import free_port
from jianheng.config.supervisor import web_server

CLIENTS = 4
SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its port, how long it took to answer, its processes."""

    port: int
    start_seconds: float
    process: subprocess.Popen[bytes]

    def memory_mb(self) -> float:
        """What it and its children hold."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return measure.memory_mb([self.process.pid, *map(int, children.split())])


@contextmanager
def served(log: Path) -> Iterator[Served]:
    """Serve the platform with the floor's view, as ``jianheng run`` does."""
    port = free_port()
    command = [*web_server(port), "--factory", "jianheng.config.bench.served:application"]
    started = time.monotonic()
    with log.open("ab") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told)  # noqa: S603 - our own program
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() - started > 60:
                raise RuntimeError(f"the server did not start, see {log}")
            time.sleep(0.05)
        yield Served(port, round(time.monotonic() - started, 2), process)
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def figures(server: Served, matter_ids: list[int], token: str) -> dict[str, Any]:
    """Acts a second over HTTP, and the share of the floor's."""
    act, floor = "/api/v1/entrustment/{}/add_material", "/floor/{}"
    ours = _together(server.port, act, matter_ids, token)
    return {
        "clients": CLIENTS,
        **measure.beside(ours, _together(server.port, floor, matter_ids, ""), more_is_better=True),
    }


def _together(port: int, address: str, matter_ids: list[int], token: str) -> float:
    with ThreadPoolExecutor(CLIENTS) as pool:
        rates = pool.map(lambda matter_id: _client(port, address.format(matter_id), token), matter_ids[:CLIENTS])
        return round(sum(rates), 1)


def _client(port: int, path: str, token: str) -> float:
    """Requests a second of one client with one connection."""
    connection, body = HTTPConnection("127.0.0.1", port, timeout=30), json.dumps(acts.ITEM).encode()

    def post() -> None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path} answered {answer.status}: {told[:300]!r}")

    return measure.rate(post, SECONDS)

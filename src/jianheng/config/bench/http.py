"""Acts over HTTP: four clients with tokens against the running server, beside an empty view with the same SQL."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from jianheng.config.bench import acts, measure
from jianheng.config.commands.demo import free_port
from jianheng.config.supervisor import web_server

CLIENTS = 4
ACT, FLOOR = "/api/v1/entrustment/{}/add_material", "/floor/{}"


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
    """Acts a second over HTTP of clients who ask at the same time, and the share of the floor's."""
    with ThreadPoolExecutor(CLIENTS) as pool, ExitStack() as opened:
        clients = [
            opened.enter_context(closing(HTTPConnection("127.0.0.1", server.port, timeout=30)))
            for _ in range(CLIENTS)
        ]

        def reached(address: str, token: str) -> float:
            paths = [address.format(matter_id) for matter_id in matter_ids[:CLIENTS]]
            return sum(pool.map(lambda client, path: _slice(client, path, token), clients, paths))

        return {
            "clients": CLIENTS,
            **measure.rates_beside(lambda: reached(ACT, token), lambda: reached(FLOOR, "")),
        }


def _slice(connection: HTTPConnection, path: str, token: str) -> float:
    """Requests a second of one client with one connection."""
    body = json.dumps(acts.ITEM).encode()

    def post() -> None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path} answered {answer.status}: {told[:300]!r}")

    return measure.slice_rate(post)

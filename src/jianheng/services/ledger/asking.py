"""Asking a witness over HTTP, as C2SP tlog-witness says. Nothing here knows of the database."""

from __future__ import annotations

import hashlib
import http.client
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

PATIENCE_SECONDS = 3.0
LARGEST_ANSWER = 64 * 1024


class Answer(NamedTuple):
    """What came back; status 0 is no answer, and ``body`` then says why."""

    status: int
    body: str


class Ask(Protocol):
    """Ask a witness at its address: ``body`` to add a checkpoint, without it for the newest one of ``origin``."""

    def __call__(self, address: str, origin: str, body: str | None) -> Answer:
        """The answer, never an exception."""
        ...


def over_http(address: str, origin: str, body: str | None) -> Answer:
    """Implements :class:`Ask`."""
    where = urlsplit(address)
    path = where.path.rstrip("/")
    path += "/add-checkpoint" if body is not None else f"/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"
    make = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    try:
        connection = make(where.hostname or "", where.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET" if body is None else "POST", path, None if body is None else body.encode())
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(LARGEST_ANSWER).decode("utf-8", "replace"))
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as away:
        return Answer(0, f"{type(away).__name__}: {away}")

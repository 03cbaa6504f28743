"""Requests of one process are worked on one at a time, and nobody's slow line holds up the others.

Two threads of Python that compute at once only get in each other's way, so a process gives one request the turn. But a
client who sends drop by drop, on a bad line or on purpose, would then keep everybody waiting; so the turn is given away
for as long as the client's next bytes are awaited. The web server has threads enough to do the waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class InTurn:
    """A WSGI application whose requests take turns."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer when it is this request's turn."""
        body = environ["wsgi.input"] = Body(environ["wsgi.input"], self.turn)
        with self.turn:
            body.has_turn = True
            try:
                return self.application(environ, start_response)
            finally:
                body.has_turn = False


class Body:
    """What the client sends; whoever waits for it gives the turn away meanwhile."""

    def __init__(self, stream: Any, turn: threading.Lock) -> None:
        self.stream, self.turn, self.has_turn = stream, turn, False

    def read(self, *size: int) -> bytes:
        """The next bytes."""
        return self._waiting(self.stream.read, *size)

    def readline(self, *size: int) -> bytes:
        """The next line."""
        return self._waiting(self.stream.readline, *size)

    def _waiting(self, read: Callable[..., bytes], *size: int) -> bytes:
        if not self.has_turn:
            return read(*size)
        self.turn.release()
        try:
            return read(*size)
        finally:
            self.turn.acquire()

"""Requests of one process are worked on one at a time, and nobody's slow line holds up the others.

Two threads of Python that compute at once only get in each other's way, so a process gives one request the turn. But a
client who sends drop by drop, on a bad line or on purpose, would then keep everybody waiting; so the turn is given away
for as long as the client's next bytes are awaited. The web server has threads enough to do the waiting.

No token takes more than its share of those threads: whoever asks for more at once is told to come again, so that one
client that calls without end leaves room for everybody else.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from jianheng.kernel.errors import Refusal

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


SHARE = 8  # of a process's threads, half


class ShareUsedUpError(Refusal):
    """该令牌同时提交的请求过多。"""

    code = "SHARE_USED_UP"
    status = 429
    next_step = f"请等待先前的请求得到答复后再提交；每个令牌同时不超过{SHARE}个请求。"


def _busy() -> bytes:
    """The refusal as problem details; made without the application, which is what is busy."""
    refusal = ShareUsedUpError()
    told = {
        "type": "https://jianheng.invalid/problems/share-used-up",
        "title": refusal.text,
        "status": refusal.status,
        "detail": refusal.text,
        "instance": "",
        "code": refusal.code,
        "reasons": [reason.as_json() for reason in refusal.reasons],
    }
    return json.dumps(told, ensure_ascii=False).encode()


class InTurn:
    """A WSGI application whose requests take turns, a fair share of them by each token."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.turn = threading.Lock()
        self.counting = threading.Lock()
        self.asked: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer when it is this request's turn; at once, that there are too many, when its token has its share."""
        token = environ.get("HTTP_AUTHORIZATION", "")
        if not token:
            return self._answered(environ, start_response)
        name = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        with self.counting:
            taken = self.asked[name] < SHARE
            self.asked[name] += taken
        if not taken:
            told = _busy()
            headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(told)))]
            start_response("429 Too Many Requests", [*headers, ("Retry-After", "1"), ("Cache-Control", "no-store")])
            return [told]
        try:
            return self._answered(environ, start_response)
        finally:
            with self.counting:
                self.asked[name] -= 1
                if not self.asked[name]:
                    del self.asked[name]

    def _answered(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
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

"""One request that keeps the house busy: bodies of many members, of great depth or size, at every public door.

What worked: 2.9 MB of unknown JSON keys took fourteen seconds and were answered by 38 MB. Time here is what this process
computed (``process_time``), far above what an answer takes and far below what an attack took.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from django.test import Client

from jianheng.config.turns import SHARE, InTurn
from jianheng.desks.exchange import bodies

COMPUTED_SECONDS, ANSWER_BYTES = 2.0, 200_000
MANY_KEYS = b"{" + b",".join(b'"%07d":1' % n for n in range(250_000)) + b"}"
BODIES = {
    "a quarter of a million unknown keys": MANY_KEYS,
    "as many in one list": b'{"points":[' + b",".join([b'""'] * 600_000) + b"]}",
    "a list in a list in a list": b"[" * 500_000 + b"]" * 500_000,
    "objects in one another": b'{"a":' * 300_000 + b"1" + b"}" * 300_000,
    "a few thousand long names": b"{" + b",".join(b'"%04d%s":1' % (n, b"x" * 400) for n in range(4_900)) + b"}",
    "a text without an end": b'{"subject":"' + b"\\" * 1_900_000,
    "one text of every limit": b'{"subject":"' + b"x" * 3_900_000 + b'"}',
}


def measured(ask: Any) -> tuple[Any, float]:
    """An answer, and the seconds computed for it."""
    started = time.process_time()
    return ask(), time.process_time() - started


@pytest.mark.django_db
@pytest.mark.parametrize("name", BODIES)
def test_no_body_keeps_an_operation_busy(name, played, cast) -> None:
    case = played(before="entrustment.screen")
    headers = {"Authorization": f"Bearer {cast['judge']['token']}", "If-Match": '"1"'}
    places = ("/entrustment", f"/entrustment/{case.root_id}/screen", "/webhooks")
    Client().get("/api/v1/log/checkpoint")

    for place in places:
        answer, seconds = measured(
            lambda place=place: Client().post(
                f"/api/v1{place}", BODIES[name], content_type="application/json", headers=headers
            )
        )
        assert answer.status_code in {400, 413, 422}, place
        assert answer.json()["reasons"][0]["next_step"]
        assert len(answer.content) < ANSWER_BYTES, place
        assert seconds < COMPUTED_SECONDS, place


FORMS = {
    "a thousand fields": "&".join(f"f{n}=1" for n in range(100_000)).encode(),
    "a field of megabytes": b"number=" + b"1" * 3_900_000,
    "a row far down": "&".join(f"kinds.{n}.x=1" for n in range(9_000)).encode(),
}
DOORS = (
    "/progress/",
    "/verify/",
    "/verify/E4G8-CH79-NHEP-N853/",
    "/accounts/login/",
    "/i18n/setlang/",
    "/progress/leave/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_no_body_keeps_a_public_page_busy(name, cast) -> None:
    client = Client(raise_request_exception=False)
    kind = "application/x-www-form-urlencoded"

    for door in DOORS:
        client.get(door)
        answer, seconds = measured(lambda door=door: client.post(door, FORMS[name], content_type=kind))
        assert answer.status_code < 500, door
        assert len(answer.content) < ANSWER_BYTES, door
        assert seconds < COMPUTED_SECONDS, door


@pytest.mark.django_db
def test_nobody_reads_what_somebody_sends_who_may_not_do_it(played, cast, monkeypatch) -> None:
    case = played(before="entrustment.screen")
    read: list[int] = []
    monkeypatch.setattr(bodies.Bounded, "parse_body", lambda self, request: read.append(1))

    def sent(login: str, address: str) -> int:
        headers = {"Authorization": f"Bearer {cast[login]['token'] if login else 'jh_unknown'}", "If-Match": '"1"'}
        return (
            Client()
            .post(f"/api/v1{address}", MANY_KEYS, content_type="application/json", headers=headers)
            .status_code
        )

    assert sent("", "/entrustment") == 401
    assert sent("intake-a", "/entrustment") == 403
    assert sent("tech", f"/entrustment/{case.root_id}/screen") == 403
    assert sent("judge2", f"/entrustment/{case.root_id}/screen") == 404
    assert read == []


@pytest.mark.django_db
def test_what_is_wrong_is_told_as_far_as_anybody_reads(cast) -> None:
    body = {f"unknown{n}": 1 for n in range(4_000)}
    headers = {"Authorization": f"Bearer {cast['judge']['token']}"}
    told = Client().post("/api/v1/entrustment", body, content_type="application/json", headers=headers).json()

    assert len(told["reasons"]) == 51
    assert "另有" in told["reasons"][-1]["text"]


def test_what_an_act_takes_at_most_is_within_the_limits() -> None:
    text = "长" * 20_000
    longest = {
        "chapters": [{"heading": "题", "text": text}] * 30,
        "measurements": [dict.fromkeys("abcde", "1")] * 60,
    }

    bodies.must_be_within(json.dumps(longest, ensure_ascii=False).encode()[: bodies.SIZE])
    bodies.must_be_within(json.dumps({"text": "a,b,[c],{d}" * 1_800}).encode())


def test_one_token_leaves_room_for_the_others() -> None:
    waiting, go = threading.Semaphore(0), threading.Event()

    def slow(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b""]

    class Held(InTurn):
        def _answered(self, environ: Any, start_response: Any) -> Any:
            waiting.release()
            go.wait(20)
            return super()._answered(environ, start_response)

    house, statuses = Held(slow), []

    def ask(token: str) -> str:
        told: list[str] = []
        environ = {"HTTP_AUTHORIZATION": token, "wsgi.input": None} if token else {"wsgi.input": None}
        house(environ, lambda status, headers: told.append(status))
        return told[0]

    threads = [threading.Thread(target=lambda: statuses.append(ask("Bearer one"))) for _ in range(SHARE)]
    for thread in threads:
        thread.start()
    for _ in range(SHARE):
        assert waiting.acquire(timeout=20)

    assert ask("Bearer one").startswith("429")
    others = [threading.Thread(target=lambda who=who: statuses.append(ask(who))) for who in ("Bearer two", "")]
    for thread in others:
        thread.start()
        assert waiting.acquire(timeout=20)
    go.set()
    for thread in [*threads, *others]:
        thread.join(20)

    assert statuses == ["200 OK"] * (SHARE + 2)
    assert not house.asked
    assert ask("Bearer one") == "200 OK"

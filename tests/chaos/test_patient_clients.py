"""Clients of the fault harness send the same call under the same key until it is answered, and write down what they were told."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from jianheng.config.chaos import clients, inside
from jianheng.config.chaos.clients import ClockAheadError, PatientBrowser, PatientClient, UnansweredError
from jianheng.config.chaos.cutting import ANSWER, REQUEST, CuttingProxy
from jianheng.config.chaos.journal import ACKNOWLEDGED, REFUSED, UNANSWERED, Gate, Journal
from jianheng.config.rehearsal.script import Refused

DONE = {"matter_id": 1, "seq": 1}


class Server(ThreadingHTTPServer):
    """Answers with what it is given, one after the other, and remembers what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answers: list[Callable[[Any], None]] = []
        self.heard: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if str(len(body)) != self.headers["Content-Length"]:
            return  # not the whole of it
        self.server.heard.append((self.headers["Idempotency-Key"], body))
        self.server.answers.pop(0)(self)

    def do_GET(self) -> None:
        self.server.answers.pop(0)(self)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def says(status: int, content: dict[str, Any], *, only: int | None = None) -> Callable[[Handler], None]:
    """An answer; with ``only``, no more of it than so many bytes."""
    body = json.dumps(content).encode()

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:only])

    return answer


def shows(page: str) -> Callable[[Handler], None]:
    """A page."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(page.encode())))
        handler.end_headers()
        handler.wfile.write(page.encode())

    return answer


def sends_on(handler: Handler) -> None:
    """See there."""
    handler.send_response(302)
    handler.send_header("Location", "/desk/matters/1/")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture
def journal(tmp_path) -> Iterator[Journal]:
    found = Journal(tmp_path / "journal.jsonl")
    yield found
    found.close()


@pytest.fixture
def client(server, journal, monkeypatch) -> PatientClient:
    monkeypatch.setattr(clients, "PAUSE_SECONDS", 0.0)
    PatientClient.journal, PatientClient.gate = journal, Gate()
    return PatientClient(f"http://127.0.0.1:{server.server_port}", "token")


def test_one_key_and_one_content_until_the_act_is_acknowledged(client, server, journal) -> None:
    away = says(503, {"code": "DATABASE_AWAY"})
    server.answers = [
        hangs_up,
        away,
        says(201, DONE, only=5),
        says(403, {"code": "LIST_NOT_YET_LOGGED"}),
        says(201, DONE),
    ]

    assert client.post("/entrustment", {"purpose": "致残等级"}) == DONE

    assert len(server.heard) == 5
    assert len(set(server.heard)) == 1
    (one,) = journal.of(ACKNOWLEDGED)
    assert (one.key, one.attempts, one.told) == (server.heard[0][0], 5, DONE)
    assert journal.retries() == 4
    assert journal.faulty == []


def test_a_refusal_cut_off_within_its_head_or_body_is_none(client, server, journal) -> None:
    def cut(handler: Handler) -> None:
        handler.send_response(403)
        handler.flush_headers()

    refusal = {"code": "NOT_YOURS", "detail": "不由您办理。"}
    server.answers = [cut, says(403, refusal, only=9), says(403, refusal)]

    with pytest.raises(Refused, match="NOT_YOURS"):
        client.post("/entrustment", {})

    assert len(server.heard) == 3
    assert journal.faulty == []


def test_a_refusal_is_an_answer(client, server, journal) -> None:
    server.answers = [hangs_up, says(422, {"code": "INPUT", "detail": "填写的内容不符合要求。"})]

    with pytest.raises(Refused, match="INPUT"):
        client.post("/entrustment", {})

    assert [one.told["code"] for one in journal.of(REFUSED)] == ["INPUT"]


def test_an_answer_without_a_next_step_is_held_against_the_platform_though_the_act_is_sent_again(
    client, server, journal
) -> None:
    server.answers = [says(500, {"code": "TROUBLE", "instance": "urn:uuid:1"}), says(201, DONE)]

    client.post("/entrustment", {})

    assert journal.faulty == ["/entrustment was answered 500 TROUBLE urn:uuid:1"]
    assert len(journal.of(ACKNOWLEDGED)) == 1


def test_a_page_where_a_problem_is_due_is_held_against_the_platform(client, server, journal) -> None:
    def page(handler: Handler) -> None:
        handler.send_response(503)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "13")
        handler.end_headers()
        handler.wfile.write(b"<html></html>")

    server.answers = [page, says(201, DONE)]

    client.post("/entrustment", {})

    assert journal.faulty == ["/entrustment was answered 503 in text/html"]


@pytest.mark.parametrize(
    ("patience", "code", "error", "end"),
    [
        ("PATIENCE_SECONDS", "DATABASE_AWAY", UnansweredError, UNANSWERED),
        ("CLOCK_PATIENCE_SECONDS", "CLOCK_WENT_BACK", ClockAheadError, REFUSED),
    ],
)
def test_patience_ends_and_the_journal_says_so(
    client, server, journal, monkeypatch, patience, code, error, end
) -> None:
    monkeypatch.setattr(clients, patience, 0.0)
    server.answers = [says(503, {"code": code})]

    with pytest.raises(error):
        client.post("/entrustment", {})

    assert len(journal.of(end)) == 1


def test_the_journal_can_be_read_while_the_run_goes_on(client, server, journal, tmp_path) -> None:
    server.answers = [says(201, DONE)]

    client.post("/entrustment", {})

    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [next(iter(line)) for line in lines] == ["intends", "told"]
    assert lines[0]["intends"]["key"] == lines[1]["told"]["key"]


@pytest.fixture
def party(server, journal, monkeypatch) -> PatientBrowser:
    monkeypatch.setattr(clients, "PAUSE_SECONDS", 0.0)
    PatientBrowser.journal, PatientBrowser.gate = journal, Gate()
    found = object.__new__(PatientBrowser)
    found.opener = urllib.request.build_opener()
    return found


@pytest.fixture
def form(server) -> urllib.request.Request:
    return urllib.request.Request(
        f"http://127.0.0.1:{server.server_port}/desk/matters/1/acts/rank/",
        data=b"_key=1",
        headers={"Idempotency-Key": "1"},
        method="POST",
    )


def test_a_party_sends_its_form_again_where_the_page_does_not_say_that_it_was_done(party, form, server) -> None:
    server.answers = [shows("<html>办理过程</html>"), hangs_up, shows("<html>已办理</html>")]

    assert "已办理" in party.open(form)

    assert server.heard == [("1", b"_key=1")] * 3


def test_answers_cut_off_after_they_sent_the_party_on_are_no_endless_redirection(party, form, server) -> None:
    server.answers = [*[sends_on, hangs_up] * 12, sends_on, shows("<html>已办理</html>")]

    assert "已办理" in party.open(form)

    assert len(server.heard) == 13


def test_nobody_is_let_in_while_the_gate_is_closed() -> None:
    gate, entered = Gate(), threading.Event()

    def work() -> None:
        with gate:
            entered.set()

    with gate:
        assert not gate.close(0.0), "somebody is still inside"
    assert gate.close(0.0)
    thread = threading.Thread(target=work)
    thread.start()
    assert not entered.is_set()
    gate.open()
    thread.join(10)
    assert entered.is_set()


@pytest.mark.parametrize(("where", "reached"), [(REQUEST, 0), (ANSWER, 1)])
def test_the_proxy_cuts_a_request_before_it_was_whole_and_an_answer_after_it_was_given(
    server, where, reached
) -> None:
    proxy = CuttingProxy(server.server_port)
    server.answers = [says(201, DONE)] * 2
    request = urllib.request.Request(
        f"{proxy.address}/", data=b"x" * 200, headers={"Idempotency-Key": "key"}, method="POST"
    )

    proxy.cut(where, 1)
    with pytest.raises((OSError, ValueError)) as cut:
        json.load(urllib.request.urlopen(request, timeout=10))
    assert not isinstance(cut.value, urllib.error.HTTPError)
    assert len(server.heard) == reached
    assert proxy.waiting() == 0
    assert json.load(urllib.request.urlopen(request, timeout=10)) == DONE
    proxy.close()


def test_a_fault_inside_is_on_from_when_it_is_switched_until_it_is_taken_back(tmp_path) -> None:
    on = inside.Switched(tmp_path / inside.NAME)
    assert on("clock", 0) == 0

    inside.switch(tmp_path, clock=3600)
    assert (on("clock", 0), on("signer")) == (3600, None)
    inside.switch(tmp_path)

    assert on("clock", 0) == 0

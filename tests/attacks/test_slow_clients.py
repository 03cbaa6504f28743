"""Slow clients, on purpose or on a bad line: headers and bodies that come drop by drop to the real web server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from jianheng.config.commands.demo import free_port
from jianheng.config.supervisor import THREADS
from jianheng.config.turns import InTurn

BEGUN = "POST /progress/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={token}\r\nContent-Length: 5000\r\n"
SLOW = {
    "headers": BEGUN,
    "a form": BEGUN + "Content-Type: application/x-www-form-urlencoded\r\n\r\nnumber=1&",
    "a file": BEGUN + "Content-Type: multipart/form-data; boundary=edge\r\n\r\n--edge\r\n",
}


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    """The port of one web process with the threads the platform gives it; what is asked here needs no database."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", str(THREADS), "--no-ws", "jianheng.config.wsgi:application"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ.copy())
    deadline = time.monotonic() + 60
    while True:
        try:
            assert seconds_to_answer(port) < 60
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    yield port
    process.terminate()
    process.wait(timeout=30)


def seconds_to_answer(port: int) -> float:
    """How long a page takes."""
    began = time.monotonic()
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asking.request("GET", "/verify/?code=AAAABBBBCCCCDDDD")
    assert asking.getresponse().status == 302
    asking.close()
    return time.monotonic() - began


@pytest.mark.parametrize("what", SLOW)
def test_a_dozen_clients_that_send_drop_by_drop_hold_up_nobody(what, web) -> None:
    usual = seconds_to_answer(web)
    with ExitStack() as open_ones:
        for _ in range(12):
            slow = open_ones.enter_context(socket.create_connection(("127.0.0.1", web)))
            slow.sendall(SLOW[what].format(token="a" * 32).encode())
        time.sleep(0.5)  # until all of them are being waited for

        took = seconds_to_answer(web)

    assert took < usual + 5  # one thread would wait for ever


class Line:
    """A client's line on which nothing comes until it is told to."""

    def __init__(self) -> None:
        self.asked, self.comes = threading.Event(), threading.Event()

    def read(self, *size: int) -> bytes:
        """Wait for the bytes."""
        self.asked.set()
        assert self.comes.wait(10)
        return b"body"


def answering(application: Callable[..., object], line: Line) -> threading.Thread:
    """A request being answered."""
    thread = threading.Thread(target=application, args=[{"wsgi.input": line}, None])
    thread.start()
    return thread


def test_one_request_works_at_a_time_and_whoever_waits_for_a_client_lets_the_next_one_work() -> None:
    working, most, done = 0, 0, []

    def application(environ, start_response):  # type: ignore[no-untyped-def]
        nonlocal working, most
        body = environ["wsgi.input"].read(4)
        working += 1
        most = max(most, working)
        time.sleep(0.02)
        working -= 1
        done.append(body)
        return []

    platform, lines = InTurn(application), [Line() for _ in range(5)]
    threads = [answering(platform, line) for line in lines]

    assert all(line.asked.wait(10) for line in lines)
    for line in lines:
        line.comes.set()
    for thread in threads:
        thread.join(10)

    assert done == [b"body"] * 5
    assert most == 1
    assert not platform.turn.locked()


def test_a_line_that_breaks_while_it_is_waited_for_keeps_no_turn() -> None:
    class Broken:
        def read(self, *size: int) -> bytes:
            raise OSError

    platform = InTurn(lambda environ, start_response: environ["wsgi.input"].read())

    with pytest.raises(OSError):
        platform({"wsgi.input": Broken()}, None)  # type: ignore[arg-type]

    assert not platform.turn.locked()

"""Webhooks that point inside: refused when they are entered, and again when they are called."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from jianheng.services.events import api as events
from jianheng.services.events import webhooks
from jianheng.services.events.models import Delivery, OutboxEvent, Webhook
from jianheng.services.people import api as people
from jianheng.services.people.models import Organisation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PUBLIC, OTHER_PUBLIC = "93.184.215.14", "2606:4700::6810:84e5"

INSIDE = {
    "loopback": "127.0.0.1",
    "loopback of another number": "127.9.9.9",
    "this host": "0.0.0.0",
    "private 10": "10.1.2.3",
    "private 172": "172.31.0.1",
    "private 192": "192.168.1.1",
    "carrier": "100.64.0.1",
    "link-local, where clouds keep secrets": "169.254.169.254",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "documentation": "198.51.100.7",
    "loopback of IPv6": "::1",
    "unspecified of IPv6": "::",
    "private of IPv6": "fd00::1",
    "link-local of IPv6": "fe80::1",
    "multicast of IPv6": "ff02::1",
    "loopback as IPv6": "::ffff:127.0.0.1",
    "private in 6to4": "2002:0a01:0203::1",
    "private in NAT64": "64:ff9b::10.1.2.3",
    "private in Teredo": "2001:0:0a01:0203::1",
}
NOT_ADDRESSES = (
    "http://example.org/",  # not encrypted
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:11211/",
    "https://user:password@example.org/",
    "https://",
    "https:///path",
    "https://example.org:99999/",
    "https://[::1/",
    "javascript:alert(1)",
    "",
)


@pytest.fixture
def pointing(monkeypatch) -> Callable[..., None]:
    """``pointing("10.1.2.3", …)``: every name leads to these addresses from now on."""

    def point(*addresses: str) -> None:
        def found(host: str, port: int, **named: Any) -> list[Any]:
            return [
                (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
                for one in addresses
            ]

        monkeypatch.setattr(webhooks.socket, "getaddrinfo", found)

    return point


def enter(cast: dict[str, Any], url: str) -> Any:
    """The interface's answer to a new subscription."""
    return Client().post(
        "/api/v1/webhooks",
        {"url": url},
        content_type="application/json",
        headers={"Authorization": f"Bearer {cast['tech']['token']}"},
    )


@pytest.mark.parametrize("where", INSIDE)
def test_a_name_that_leads_inside_is_refused(where, cast, pointing) -> None:
    pointing(PUBLIC, INSIDE[where])

    answer = enter(cast, "https://harmless.example/hook")

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "WEBHOOK_ADDRESS")
    assert "不得指向内网" in told["reasons"][0]["next_step"]
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
def test_loopback_is_refused_however_it_is_written(host, cast) -> None:
    answer = enter(cast, f"https://{host}/hook")

    assert (answer.status_code, answer.json()["code"]) == (422, "WEBHOOK_ADDRESS")
    assert Webhook.objects.count() == 0


def test_a_name_that_cannot_be_one_is_refused(cast) -> None:
    answer = enter(cast, f"https://{'a' * 300}.org/")

    assert (answer.status_code, answer.json()["code"]) == (422, "WEBHOOK_ADDRESS")


@pytest.mark.parametrize("url", NOT_ADDRESSES)
def test_what_is_no_https_address_is_refused(url, cast, pointing) -> None:
    pointing(PUBLIC)

    answer = enter(cast, url)

    assert answer.status_code == 422
    assert answer.json()["code"] in {"WEBHOOK_ADDRESS", "INPUT"}
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize("address", [PUBLIC, OTHER_PUBLIC])
def test_an_address_out_in_the_world_is_taken(address, cast, pointing) -> None:
    pointing(address)

    answer = enter(cast, "https://court.example/hook?from=jianheng")

    assert answer.status_code == 201
    assert Webhook.objects.get().url == "https://court.example/hook?from=jianheng"


def delivery_to(url: str, organisation_id: int) -> Delivery:
    """An event waiting to be delivered to a subscription that was fine when it was entered."""
    organisation, _ = Organisation.objects.get_or_create(
        pk=organisation_id, defaults={"name": f"单位{organisation_id}", "kind": "COURT", "region": "220100"}
    )
    person = people.add_person("示例接口管理员")
    people.add_post(person, organisation_id=organisation.pk, role="integrator", since=NOW.date().replace(month=1))
    webhook = Webhook.objects.create(
        organisation_id=organisation_id, url=url, secret="s", person_id=person, created_at=NOW
    )
    event = OutboxEvent.objects.create(
        region="220100",
        matter_id=1,
        type="entrustment.request",
        data={},
        organisation_ids=[organisation_id],
        created_at=NOW,
        relayed_at=NOW,
    )
    return Delivery.objects.create(event=event, webhook=webhook, next_try_at=NOW)


def test_a_name_that_came_to_lead_inside_is_not_called_and_the_event_is_kept(cast, pointing, monkeypatch) -> None:
    waiting = delivery_to("https://rebound.example/hook", 1)
    pointing("169.254.169.254")
    called: list[Any] = []
    monkeypatch.setattr(webhooks.socket, "create_connection", lambda *given, **named: called.append(given))

    accepted = events.deliver_due(now=NOW)

    waiting.refresh_from_db()
    assert (accepted, called) == (0, [])
    assert waiting.delivered_at is None
    assert "WebhookAddressError" in waiting.last_answer
    assert timedelta(minutes=1) <= waiting.next_try_at - NOW < timedelta(minutes=2)


def test_the_address_called_is_the_one_that_was_checked(pointing, monkeypatch) -> None:
    pointing(PUBLIC)
    called: list[Any] = []

    def connect(where: Any, **named: Any) -> Any:
        called.append(where)
        pointing("127.0.0.1")
        raise ConnectionRefusedError

    monkeypatch.setattr(webhooks.socket, "create_connection", connect)

    with pytest.raises(ConnectionRefusedError):
        webhooks.send("https://rebound.example/hook", headers={}, body=b"{}")

    assert called == [(PUBLIC, 443)]


def test_a_redirect_is_not_followed_and_does_not_count_as_taken(settings) -> None:
    settings.DEMO = True  # so that the stand-in may be on this machine
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", f"/inside/{uuid.uuid4()}")
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        waiting = delivery_to(f"http://127.0.0.1:{server.server_port}/hook", 1)
        accepted = events.deliver_due(now=NOW)
        server.shutdown()

    waiting.refresh_from_db()
    assert accepted == 0
    assert asked == ["/hook"]
    assert (waiting.delivered_at, waiting.last_answer) == (None, "HTTP 307")


def test_an_answer_that_comes_drop_by_drop_does_not_hold_up_the_others(settings, monkeypatch) -> None:
    settings.DEMO = True  # so that the stand-in may be on this machine
    monkeypatch.setattr(webhooks, "CALL_SECONDS", 0.5)
    stop = threading.Event()

    def drip(listener: socket.socket) -> None:
        taken, _ = listener.accept()
        with taken:
            taken.sendall(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.1):
                try:
                    taken.sendall(b"X-More: a\r\n")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=drip, args=[listener], daemon=True)
        dripping.start()
        waiting = delivery_to(f"http://127.0.0.1:{listener.getsockname()[1]}/hook", 1)
        began = time.monotonic()
        events.deliver_due(now=NOW)
        took = time.monotonic() - began
        stop.set()
        dripping.join(timeout=5)

    waiting.refresh_from_db()
    assert waiting.attempts == 1
    assert took < 5

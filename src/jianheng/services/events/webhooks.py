"""Webhooks: CloudEvents 1.0 in structured JSON, signed, retried, never lost.

A webhook belongs to a person who holds a post of integration in the organisation, and ends with that post. Its secret is
told once, when it is made.

The signature covers time and body: ``Jianheng-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``.
A delivery is finished only by a 2xx answer; otherwise it is tried again after 1, 2, 4 … minutes, at most
every six hours, for as long as the webhook exists. Addresses inside private networks are refused, when they
are entered and again when they are called (a name may change what it points to).
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from jianheng.kernel import sealed
from jianheng.kernel.errors import Refusal
from jianheng.services.events.models import Delivery, OutboxEvent, Webhook
from jianheng.services.people import api as people

PURPOSE = "webhook"  # of the secrets that are kept sealed
RETRY_CEILING = timedelta(hours=6)
TIMEOUT_SECONDS = 10  # for each step of a call
CALL_SECONDS = 20  # for the whole of it, so that nobody holds up the others by answering drop by drop
BATCH = 200
RUN_SECONDS = 30.0  # after which what is still due waits for the next run
PUT_OFF = timedelta(minutes=1)  # how long a receiver that just failed is left alone
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class WebhookAddressError(Refusal):
    """订阅地址不能使用。"""

    code = "WEBHOOK_ADDRESS"
    next_step = "请填写对外可访问的 https 地址；不得指向内网、本机或元数据服务。"


def _public_address(url: str) -> tuple[str, str, int]:
    """(scheme, ip, port) of a webhook, refusing anything but public addresses (loopback too, outside the demo)."""
    schemes = {"https"} | ({"http"} if settings.DEMO else set())
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise WebhookAddressError(f"订阅地址不能识别：{url[:80]}", about="url") from error
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password:
        raise WebhookAddressError(f"订阅地址须为 https 且不含账号密码：{url[:80]}", about="url")
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:  # a name that cannot be one is a UnicodeError
        raise WebhookAddressError(f"订阅地址的主机名无法解析：{parts.hostname[:80]}", about="url") from error
    for address in found:
        ip = ipaddress.ip_address(address)
        if not (_is_public(ip) or (settings.DEMO and ip.is_loopback)):
            raise WebhookAddressError(f"订阅地址指向内部网络：{parts.hostname}", about="url")
    return parts.scheme, sorted(found)[0], port


def _is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is out in the world, and so is every address wrapped in it (6to4, Teredo, NAT64)."""
    if not ip.is_global or ip.is_multicast:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    inner += [ipaddress.IPv4Address(ip.packed[-4:])] if ip in NAT64 else []
    return all(_is_public(one) for one in inner if one is not None)


class WebhookExistsError(Refusal):
    """这一地址已经订阅。"""

    code = "WEBHOOK_EXISTS"
    status = 409
    next_step = "密钥只在新增订阅时显示一次；遗失的，请先停止该订阅再重新订阅，以取得新的密钥。"


class IntegrationPostError(Refusal):
    """订阅事件须有接口管理岗位。"""

    code = "INTEGRATION_POST"
    status = 403
    next_step = "请由本单位任接口管理岗位的人员办理；没有这一岗位的，请平台管理人员登记。"


def add_webhook(*, organisation_id: int, person_id: int | None, url: str, now: datetime) -> tuple[int, str]:
    """Subscribe an organisation; returns the webhook's id and its signing secret, which is told this once.

    Refuses who holds no post of integration there (:class:`IntegrationPostError`), and an address subscribed already
    (:class:`WebhookExistsError`).
    """
    if person_id not in _integrators(organisation_id, now):
        raise IntegrationPostError
    _public_address(url)
    secret = secrets.token_hex(32)
    made = Webhook(
        organisation_id=organisation_id,
        url=url,
        secret=sealed.seal(secret, secret=settings.SECRET_KEY, purpose=PURPOSE),
        person_id=person_id,
        created_at=now,
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as known:
        raise WebhookExistsError(about="url") from known
    return made.pk, secret


def _integrators(organisation_id: int, now: datetime) -> set[int]:
    """The persons who hold a post of integration in an organisation now."""
    today = timezone.localdate(now)
    held = people.people_with_role(organisation_id, role=people.Role.INTEGRATOR, today=today)
    return {person_id for person_id, _ in held}


def end_with_posts(*, now: datetime) -> int:
    """End the webhooks whose person no longer holds the post; returns how many."""
    living = Webhook.objects.filter(disabled_at=None)
    kept: dict[int, set[int]] = {}
    ended = [
        pk
        for pk, organisation_id, person_id in living.values_list("pk", "organisation_id", "person_id")
        if person_id not in kept.setdefault(organisation_id, _integrators(organisation_id, now))
    ]
    return Webhook.objects.filter(pk__in=ended).update(disabled_at=now)


def remove_webhook(webhook_id: int, *, organisation_id: int, now: datetime) -> bool:
    """End a subscription; its undelivered events stay recorded. False when there is no such webhook."""
    rows = Webhook.objects.filter(pk=webhook_id, organisation_id=organisation_id, disabled_at=None)
    return bool(rows.update(disabled_at=now))


def webhooks_of(organisation_id: int) -> list[Mapping[str, Any]]:
    """An organisation's live subscriptions."""
    rows = Webhook.objects.filter(organisation_id=organisation_id, disabled_at=None)
    return list(rows.order_by("pk").values("id", "url", "created_at"))


def relay(*, now: datetime) -> int:
    """Turn the oldest waiting outbox events into deliveries, one for each webhook of each organisation concerned.

    Returns how many events there were; fewer than ``BATCH`` when none is left.
    """
    end_with_posts(now=now)
    with transaction.atomic():
        events = list(
            OutboxEvent.objects.select_for_update(skip_locked=True).filter(relayed_at=None).order_by("pk")[:BATCH]
        )
        concerned = {organisation for event in events for organisation in event.organisation_ids}
        webhooks = list(Webhook.objects.filter(organisation_id__in=concerned, disabled_at=None))
        Delivery.objects.bulk_create(
            [
                Delivery(event=event, webhook=webhook, next_try_at=now)
                for event in events
                for webhook in webhooks
                if webhook.organisation_id in event.organisation_ids
            ],
            ignore_conflicts=True,
        )
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(relayed_at=now)
    return len(events)


def withdraw(matter_ids: Collection[int]) -> None:
    """Tell nobody outside what is still waiting to be told of some matters."""
    waiting = Q(relayed_at=None) | Q(Exists(Delivery.objects.filter(event=OuterRef("pk"), delivered_at=None)))
    OutboxEvent.objects.filter(waiting, matter_id__in=matter_ids).update(organisation_ids=[])


def erase(matter_ids: Collection[int]) -> None:
    """Empty what was told outside of some matters."""
    OutboxEvent.objects.filter(matter_id__in=matter_ids).update(data={}, organisation_ids=[])


def cloud_event(event: OutboxEvent) -> dict[str, Any]:
    """An outbox event in the CloudEvents 1.0 JSON form."""
    return {
        "specversion": "1.0",
        "id": str(event.pk),
        "source": f"{settings.PUBLIC_URL}/api/v1",
        "type": f"org.jianheng.{event.type}",
        "subject": f"matter/{event.matter_id}",
        "time": event.created_at.isoformat(),
        "datacontenttype": "application/json",
        "data": event.data,
    }


def _secret(webhook: Webhook) -> str:
    return sealed.unseal(webhook.secret, secret=settings.SECRET_KEY, purpose=PURPOSE)


def signature(secret: str, *, at: int, body: bytes) -> str:
    """The value of ``Jianheng-Signature`` for a body sent at a unix time."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send(url: str, *, headers: dict[str, str], body: bytes) -> int:
    """POST to a webhook, to the very address that was checked; returns the HTTP status. No redirects.

    Raises ``OSError`` or ``HTTPException`` when there is no answer in time.
    """
    scheme, ip, port = _public_address(url)
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname or "", port, timeout=TIMEOUT_SECONDS)
        plain = socket.create_connection((ip, port), timeout=TIMEOUT_SECONDS)
        connection.sock = context.wrap_socket(plain, server_hostname=parts.hostname)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=TIMEOUT_SECONDS)
        connection.sock = socket.create_connection((ip, port), timeout=TIMEOUT_SECONDS)
    enough = threading.Timer(CALL_SECONDS, connection.sock.shutdown, [socket.SHUT_RDWR])
    enough.daemon = True
    enough.start()
    try:
        target = parts.path or "/"
        connection.request("POST", f"{target}?{parts.query}" if parts.query else target, body, headers)
        return connection.getresponse().status
    finally:
        enough.cancel()
        connection.close()


def waiting_deliveries() -> QuerySet[Delivery]:
    """What is to be delivered: not yet accepted, subscribed to, and not withdrawn."""
    return Delivery.objects.filter(delivered_at=None, webhook__disabled_at=None).exclude(event__organisation_ids=[])


def deliver_due(*, now: datetime, post: Callable[..., int] = send) -> int:
    """Try what is due, for half a minute at most; returns how many deliveries were accepted.

    A receiver that fails is left alone for a minute with all that is due to it: it holds up nobody else.
    """
    end_with_posts(now=now)
    began, accepted = time.monotonic(), 0

    def moment() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    due = waiting_deliveries()
    for pk in list(
        due.filter(next_try_at__lte=now).order_by("next_try_at", "pk").values_list("pk", flat=True)[:BATCH]
    ):
        if moment() - now > timedelta(seconds=RUN_SECONDS):
            break
        with transaction.atomic():
            delivery = (
                due.select_for_update(skip_locked=True, of=("self",))
                .select_related("event", "webhook")
                .filter(pk=pk, next_try_at__lte=moment())
                .first()
            )
            if delivery is None:
                continue
            taken = _try(delivery, moment, post=post)
            if not taken:
                others = due.filter(webhook_id=delivery.webhook_id, next_try_at__lte=moment())
                others.update(next_try_at=moment() + PUT_OFF)
        accepted += taken
    return accepted


def _try(delivery: Delivery, moment: Callable[[], datetime], *, post: Callable[..., int]) -> bool:
    body = json.dumps(cloud_event(delivery.event), ensure_ascii=False).encode()
    sent_at = int(timezone.now().timestamp())
    headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "Jianheng-Signature": signature(_secret(delivery.webhook), at=sent_at, body=body),
    }
    try:
        status = post(delivery.webhook.url, headers=headers, body=body)
        answer = f"HTTP {status}"
    except (OSError, http.client.HTTPException, Refusal) as error:
        status, answer = 0, f"{type(error).__name__}: {error}"
    delivery.attempts += 1
    delivery.last_answer = answer[:200]
    taken = 200 <= status < 300
    if taken:
        delivery.delivered_at = moment()
    else:
        wait = min(timedelta(minutes=2 ** min(delivery.attempts - 1, 16)), RETRY_CEILING)
        delivery.next_try_at = moment() + wait
    delivery.save(update_fields=["attempts", "last_answer", "delivered_at", "next_try_at"])
    return taken

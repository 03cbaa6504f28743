"""The door of notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from jianheng.services.jobs import api as jobs
from jianheng.services.notices.models import Message, Notice
from jianheng.services.notices.ports import MessageChannel, MessageFault

__all__ = [
    "MessageChannel",
    "MessageFault",
    "channels",
    "erase",
    "fill_with",
    "inbox",
    "mark_read",
    "messages",
    "send",
    "send_now",
    "tell",
    "unread",
    "use_channel",
]

NOTHING = Q()
_channels: dict[str, MessageChannel] = {}
_secrets: dict[str, Callable[..., str]] = {}


def use_channel(kind: str, channel: MessageChannel) -> None:
    """Install the connector for "SMS" or "EMAIL"."""
    _channels[kind] = channel


def channels() -> dict[str, MessageChannel]:
    """The installed connectors."""
    return dict(_channels)


def tell(lines: Iterable[tuple[str, str]], *, region: str, matter_id: int | None, now: datetime) -> None:
    """Put lines into inboxes, each a holder and a text, in the caller's transaction."""
    Notice.objects.bulk_create(
        Notice(region=region, holder=holder, matter_id=matter_id, text=text[:500], created_at=now)
        for holder, text in dict.fromkeys(lines)
        if holder
    )


def inbox(holders: Iterable[str], *, but: Q = NOTHING, limit: int = 50) -> list[Mapping[str, Any]]:
    """The newest notices of some holders, without those that ``but`` keeps from the reader."""
    rows = _to(holders, but).order_by("-pk")[:limit]
    return list(rows.values("id", "text", "matter_id", "created_at", "read_at", "read_by"))


def unread(holders: Iterable[str], *, but: Q = NOTHING) -> int:
    """How many notices nobody in these posts has read, counting to 100."""
    return len(_to(holders, but).filter(read_at=None).values_list("pk", flat=True)[:100])


def mark_read(holders: Iterable[str], *, by: str, now: datetime, but: Q = NOTHING) -> None:
    """Everything in these inboxes has been read."""
    _to(holders, but).filter(read_at=None).update(read_at=now, read_by=by)


def _to(holders: Iterable[str], but: Q) -> QuerySet[Notice]:
    rows = Notice.objects.filter(holder__in=list(holders))
    return rows.exclude(but) if but else rows


def fill_with(kind: str, told: Callable[..., str]) -> None:
    """Say what stands for ``{secret}`` in messages of a kind of secret, by the parameters kept with the message."""
    _secrets[kind] = told


def send(
    kind: str,
    messages: Iterable[tuple[str, str]],
    *,
    now: datetime,
    matter_id: int | None = None,
    secret: Mapping[str, Any] | None = None,
) -> None:
    """Send messages, each an address and a text, to the outside after the commit.

    They are kept here until the channel has taken them. ``secret`` names, by its ``kind`` (:func:`fill_with`) and
    parameters, what stands for ``{secret}`` in the text: it is made when the message is sent, and kept nowhere.
    """
    rows = [
        Message(channel=kind, to=to, text=text[:1000], secret=secret, matter_id=matter_id, created_at=now)
        for to, text in messages
    ]
    # Whoever asks: never a message without the job that sends it.
    with transaction.atomic(savepoint=False), jobs.together():
        for message in Message.objects.bulk_create(rows):
            jobs.defer("notices.send", message_id=message.pk)


def send_now(message_id: int, *, now: datetime) -> bool:
    """Hand one message to its channel, once; raises :class:`MessageFault` when the channel did not take it."""
    message = Message.objects.get(pk=message_id)
    if message.sent_at is not None:
        return False
    Message.objects.filter(pk=message_id).update(attempts=message.attempts + 1)
    text = _whole(message)
    answer = _channels[message.channel].send(to=message.to, text=text, reference=f"message-{message_id}")
    Message.objects.filter(pk=message_id, sent_at=None).update(sent_at=now, answer=answer[:200])
    return True


def erase(matter_ids: Collection[int]) -> None:
    """Empty what was told about some matters, inside and outside."""
    Notice.objects.filter(matter_id__in=matter_ids).update(text="")
    Message.objects.filter(matter_id__in=matter_ids).update(text="", to="", answer="")


def messages(*, limit: int = 100) -> list[Mapping[str, Any]]:
    """The newest messages to the outside, as they were sent, for the stand-in's outbox page."""
    rows = Message.objects.order_by("-pk")[:limit]
    shown = ("id", "channel", "to", "matter_id", "created_at", "sent_at", "answer")
    return [{**{name: getattr(row, name) for name in shown}, "text": _whole(row)} for row in rows]


def _whole(message: Message) -> str:
    """A message's text with its secret in its place, which is made for the address it goes to."""
    if message.secret is None:
        return message.text
    named = {name: value for name, value in message.secret.items() if name != "kind"}
    return message.text.replace("{secret}", _secrets[message.secret["kind"]](**named, to=message.to))

"""The door of events: modules call downward and publish upward.

``subscribe`` names a function that runs in the publisher's transaction: what it writes commits or falls with
the act. The outbox carries the same event to organisations outside, after the commit, until it is accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jianheng.services.events.figures import figures
from jianheng.services.events.webhooks import (
    IntegrationPostError,
    WebhookAddressError,
    WebhookExistsError,
    add_webhook,
    deliver_due,
    erase,
    relay,
    remove_webhook,
    webhooks_of,
    withdraw,
)

__all__ = [
    "Event",
    "IntegrationPostError",
    "WebhookAddressError",
    "WebhookExistsError",
    "add_webhook",
    "deliver_due",
    "dispatch",
    "erase",
    "figures",
    "relay",
    "remove_webhook",
    "subscribe",
    "webhooks_of",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a matter. ``type`` is dotted and in the past tense."""

    type: str
    matter_id: int
    root_id: int
    region: str
    at: datetime
    data: dict[str, Any]


Subscriber = Callable[[Event], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def subscribe(type_: str, subscriber: Subscriber) -> None:
    """Call ``subscriber`` in the same transaction whenever an event of this type is published; once each."""
    if subscriber not in _subscribers[type_]:
        _subscribers[type_].append(subscriber)


def dispatch(event: Event) -> None:
    """Tell every subscriber inside, in the order they subscribed."""
    for subscriber in _subscribers[event.type]:
        subscriber(event)

"""Who read what, noted where reading is allowed: the gate says which matters somebody was shown, or refused.

A request opens its readings and writes them when it is answered; whatever page, list, search, file or operation showed
a matter came through the gate, so that none can forget. What no request asks for (the platform's own work) is no reading.

A matter seen in a list again and again is noted once an hour for each person, else nobody would find anything among it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from jianheng.services.people.terms import Actor

LISTED = "list"  # the matter was one line of a list, no more
LARGEST = 2**63 - 1
ONCE_IN = timedelta(hours=1)
WRITE = """
insert into people_accessrecord (at, person_id, who, what, matter_id, path, refused, request_id)
select %(at)s::timestamptz, %(person)s::bigint, %(who)s::text, one.what, one.matter_id, %(path)s::text, '', %(request)s::text
from unnest(%(matters)s::bigint[], %(whats)s::text[]) as one (matter_id, what)
where one.what <> %(listed)s::text or not exists (
  select from people_accessrecord a
  where a.matter_id = one.matter_id and a.at > %(since)s::timestamptz and a.who = %(who)s::text
    and a.person_id is not distinct from %(person)s::bigint and a.refused = ''
)
"""


@dataclass
class Readings:
    """The matters one request was shown, by whom, and the one it asked for last."""

    path: str
    request_id: str
    shown: dict[int, str] = field(default_factory=dict)
    by: Actor | None = None
    asked: int | None = None


_open: ContextVar[Readings | None] = ContextVar("readings", default=None)


@contextmanager
def reading(*, path: str, request_id: str) -> Iterator[Readings]:
    """Collect what a request is shown, and write it at its end: an answer whose readings cannot be kept is none."""
    readings = Readings(path, request_id)
    token = _open.set(readings)
    try:
        yield readings
        _write(readings)
    finally:
        _open.reset(token)


def shown(actor: Actor, matter_ids: Iterable[int], *, what: str = "matter") -> None:
    """The gate lets somebody see matters: ``what`` is how much of them."""
    readings = _open.get()
    if readings is None or actor.system:
        return
    readings.by = actor
    for matter_id in matter_ids:
        if what != LISTED:
            readings.asked = matter_id
        if readings.shown.get(matter_id, LISTED) == LISTED:
            readings.shown[matter_id] = what


def asked_for(matter_id: int) -> None:
    """Somebody asks for a matter: a refusal of this request is about it, unless no table could hold its number."""
    if (readings := _open.get()) is not None and matter_id <= LARGEST:
        readings.asked = matter_id


def already_noted(matter_id: int | None) -> int | None:
    """A reading or refusal is written by itself: of which matter, when it was not said."""
    readings = _open.get()
    if readings is None:
        return matter_id
    matter_id = matter_id if matter_id is not None else readings.asked
    if matter_id is not None:
        readings.shown.pop(matter_id, None)
    return matter_id


def described(actor: Actor | None) -> str:
    """Who it was, in words: place and name."""
    if actor is None:
        return "未登录访问者"
    place = actor.posts[0].organisation if actor.posts else "当事人" if actor.sides else ""
    return f"{place} {actor.name}".strip()[:80]


def _write(readings: Readings) -> None:
    if not readings.shown or readings.by is None:
        return
    now: datetime = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "at": now,
                "since": now - ONCE_IN,
                "person": readings.by.person_id,
                "who": described(readings.by),
                "path": readings.path[:300],
                "request": readings.request_id[:36],
                "listed": LISTED,
                "matters": list(readings.shown),
                "whats": list(readings.shown.values()),
            },
        )

"""The door of beacons: which chain decides, which pulses are here, and how one comes in.

A pulse proves itself (:mod:`jianheng.kernel.pulses`), so anybody may bring it by any way: a connector that fetches it, a
file that came through a one-way gateway, a line read from a QR code or typed. Whoever carries one can only delay it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from jianheng.kernel.pulses import QUICKNET, Chain, ChainError, Pulse, PulseError, chain_of, holds
from jianheng.services.beacon import models
from jianheng.services.beacon.ports import BeaconFault, BeaconSource

__all__ = [
    "BeaconFault",
    "BeaconSource",
    "Chain",
    "Pulse",
    "PulseError",
    "chain",
    "fetch_due",
    "pulse",
    "source",
    "take",
    "title",
    "use_source",
    "waiting",
    "want",
    "when_taken",
]

_sources: list[BeaconSource] = []
_listeners: list[Callable[[datetime], object]] = []


def use_source(source: BeaconSource) -> None:
    """Install the connector pulses are fetched by."""
    _sources[:] = [source]


def source() -> BeaconSource | None:
    """The installed connector; ``None`` where pulses are carried in by hand."""
    return _sources[0] if _sources else None


def when_taken(listener: Callable[[datetime], object]) -> None:
    """Have a function called after pulses came in; it does what waited for them."""
    if listener not in _listeners:
        _listeners.append(listener)


def chain() -> Chain:
    """The chain that decides what is announced from now on: drand's quicknet unless a file names another."""
    named = str(settings.JIANHENG_BEACON_CHAIN or "")
    if not named:
        return QUICKNET
    try:
        return chain_of(json.loads(Path(named).read_text(encoding="utf-8")))
    except (OSError, ValueError) as wrong:
        raise ChainError(f"无法读取信标的说明文件 {named}。") from wrong


def title(chosen: Chain) -> str:
    """What a chain is called on pages; the demonstration's own says what it is."""
    if chosen == QUICKNET:
        return "drand quicknet"
    return "演示信标" if chosen.beacon == "demonstration" else f"信标 {chosen.beacon}"


def pulse(chosen: Chain, round_: int) -> Pulse | None:
    """The pulse of a round, proved anew; ``None`` while it is not here."""
    row = models.Pulse.objects.filter(chain=chosen.hash, round=round_).first()
    found = Pulse(row.round, row.signature) if row else None
    return found if found and holds(chosen, found) else None


def take(brought: Pulse, *, chosen: Chain, by: str, now: datetime) -> Pulse:
    """Keep a pulse somebody brings, once; refuses one that is not the chain's (:class:`PulseError`)."""
    if not holds(chosen, brought):
        raise PulseError
    said = {"signature": brought.signature, "came_by": by[:60], "received_at": now}
    models.Pulse.objects.update_or_create(chain=chosen.hash, round=brought.round, defaults=said)
    models.Wanted.objects.filter(chain=chosen.hash, round=brought.round).delete()
    return brought


def want(chosen: Chain, round_: int) -> None:
    """Say that a round is waited for, so that it is fetched as soon as it falls."""
    models.Wanted.objects.get_or_create(
        chain=chosen.hash, round=round_, defaults={"falls_at": chosen.time_of(round_)}
    )


def waiting() -> list[tuple[int, datetime]]:
    """The rounds of the chain that somebody waits for, and when each falls."""
    rows = models.Wanted.objects.filter(chain=chain().hash).order_by("falls_at")
    return list(rows.values_list("round", "falls_at"))


def fetch_due(now: datetime) -> list[Pulse]:
    """Fetch the rounds that have fallen and are waited for, by the installed connector; then tell who waits.

    What does not come, or does not hold, is asked for again the next time.
    """
    taken: list[Pulse] = []
    by, chosen = source(), chain()
    if by is not None:
        for wanted in models.Wanted.objects.filter(chain=chosen.hash, falls_at__lte=now).order_by("falls_at")[:50]:
            try:
                found = by.fetch(chosen, wanted.round)
                if found is not None and found.round == wanted.round:
                    taken.append(take(found, chosen=chosen, by=by.name, now=now))
            except (BeaconFault, PulseError):
                continue
    for listener in _listeners:
        listener(now)
    return taken

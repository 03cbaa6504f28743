"""The door of hosts: each machine says every few seconds what it has, so that machines that differ are found.

What must be alike (the secret, the log's key, where files lie …) is told as fingerprints: equal where the things are,
and of no use to whoever reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jianheng.services.hosts.models import Host
from jianheng.services.hosts.terms import MAY_DIFFER, TITLES

__all__ = ["MAY_DIFFER", "TITLES", "Difference", "alive", "differences", "figures", "forget", "report"]

ALIVE = timedelta(seconds=80)  # four times as long as a supervisor waits between two reports


@dataclass(frozen=True, slots=True)
class Difference:
    """What machines do not have alike, and the machines by what they have."""

    what: str
    sides: tuple[tuple[str, ...], ...]


def report(name: str, *, parts: Sequence[str], told: Mapping[str, str], now: datetime) -> None:
    """This machine is here, runs these parts and has this."""
    Host.objects.update_or_create(name=name, defaults={"parts": list(parts), "told": dict(told), "seen_at": now})


def forget(name: str) -> None:
    """This machine stops: nobody is compared with it any more."""
    Host.objects.filter(name=name).delete()


def alive(now: datetime) -> dict[str, Mapping[str, str]]:
    """What each machine that was heard of lately has, by name."""
    return {host.name: host.told for host in Host.objects.filter(seen_at__gt=now - ALIVE).order_by("name")}


def differences(told: Mapping[str, Mapping[str, str]]) -> tuple[Difference, ...]:
    """Everything that two of these machines do not have alike; what a machine does not tell, it is not asked."""
    found = []
    for what in sorted({name for one in told.values() for name in one}):
        sides: dict[str, list[str]] = {}
        for name, one in sorted(told.items()):
            if what in one:
                sides.setdefault(one[what], []).append(name)
        if len(sides) > 1:
            found.append(Difference(what, tuple(tuple(names) for names in sides.values())))
    return tuple(found)


def figures(now: datetime) -> dict[str, float]:
    """How many machines are alive, and in how many things they differ."""
    here = alive(now)
    return {"hosts_alive": len(here), "hosts_differences": len(differences(here))}

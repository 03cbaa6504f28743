"""What the platform needs of the way to a beacon."""

from __future__ import annotations

from typing import Protocol

from jianheng.kernel.pulses import Chain, Pulse


class BeaconFault(Exception):
    """The beacon did not answer; it is asked again."""


class BeaconSource(Protocol):
    """One way to fetch pulses. A connector implements it; ``name`` is shown to operators."""

    name: str

    def fetch(self, chain: Chain, round_: int) -> Pulse | None:
        """The pulse of a round, as it came; ``None`` while there is none. Raises :class:`BeaconFault`."""
        ...

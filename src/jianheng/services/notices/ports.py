"""What the platform needs of an SMS or e-mail service."""

from __future__ import annotations

from typing import Protocol


class MessageFault(Exception):
    """The channel did not take the message; it is tried again."""


class MessageChannel(Protocol):
    """One way to reach a person outside. A connector implements it; ``name`` is shown to operators."""

    name: str
    stand_in: bool

    def send(self, *, to: str, text: str, reference: str) -> str:
        """Hand a message over; returns the channel's receipt. ``reference`` is the same for a repeated attempt,
        so a channel can drop duplicates. Raises :class:`MessageFault` when it was not taken."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the configuration, as sentences; empty when it is ready."""
        ...

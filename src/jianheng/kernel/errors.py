"""Refusals and faults: the two ways anything in Jianheng says no.

A :class:`Refusal` is anticipated. It is shown to the person who was stopped, names the rule with its
article and says what to do next; nobody is paged. A :class:`Fault` is ours: it is logged and paged.

Invariants: ``code`` is stable and upper-case; ``text`` is a whole Chinese sentence a clerk would accept;
``law`` lists the articles ("司法鉴定程序通则 第十三条") or is empty where the rule is one of design.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why something may not be done: what rules return, and what a refusal carries."""

    code: str
    text: str
    law: tuple[str, ...] = ()
    next_step: str = ""
    about: str = ""  # the input this is about, "" for the whole act
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The reason as RFC 9457 extension members; empty members are left out."""
        members = {
            "code": self.code,
            "text": self.text,
            "law": list(self.law),
            "next_step": self.next_step,
            "about": self.about,
            "data": dict(self.data),
        }
        return {name: value for name, value in members.items() if value}


class Fault(Exception):
    """Something that must not happen did. Logged and paged, never shown in detail."""


class Refusal(Exception):
    """An anticipated no. Subclasses set ``code``, ``law`` and ``next_step``; ``status`` is the HTTP status.

    ``Refusal(text, reasons=…)`` may carry several reasons, so that everything wrong is told at once
    (一次告知). ``reasons`` is never empty: without any given, the refusal itself is the only one.
    """

    code: ClassVar[str] = "REFUSED"
    law: ClassVar[tuple[str, ...]] = ()
    next_step: ClassVar[str] = ""
    status: ClassVar[int] = 422

    def __init__(
        self,
        text: str = "",
        *,
        reasons: Iterable[Reason] = (),
        law: tuple[str, ...] | None = None,
        next_step: str | None = None,
        about: str = "",
        **data: Any,
    ) -> None:
        given = tuple(reasons)
        self.text = text or (given[0].text if given else (self.__doc__ or "").strip().splitlines()[0])
        self.data = data
        self.reasons = given or (
            Reason(
                code=self.code,
                text=self.text,
                law=self.law if law is None else law,
                next_step=self.next_step if next_step is None else next_step,
                about=about,
                data=data,
            ),
        )
        super().__init__(self.text)

    @property
    def articles(self) -> tuple[str, ...]:
        """Every article named by any reason, in order, once."""
        return tuple(dict.fromkeys(article for reason in self.reasons for article in reason.law))

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do next, by every reason that knows, in order, once."""
        return tuple(dict.fromkeys(reason.next_step for reason in self.reasons if reason.next_step))

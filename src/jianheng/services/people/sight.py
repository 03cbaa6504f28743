"""Which rows a seat may see: those whose ``audience`` names it, and of a successor's only what came since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db.models import Q


def sent_to(seats: Iterable[str] | None, *, since: Callable[[datetime], Q]) -> Q:
    """The condition on rows with an ``audience`` that one of the seats may see them; ``None`` sees every row.

    A mapping says with each seat when it was taken, ``None`` from the beginning: who took it at a moment sees only
    what satisfies ``since`` of that moment.
    """
    if seats is None:
        return Q()
    taken = seats if isinstance(seats, Mapping) else dict.fromkeys(seats)
    shown = Q(audience__overlap=[seat for seat, at in taken.items() if at is None])
    for seat, at in taken.items():
        if at is not None:
            shown |= Q(audience__contains=[seat]) & since(at)
    return shown

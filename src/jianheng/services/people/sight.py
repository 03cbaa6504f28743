"""Which rows somebody may see: those whose ``audience`` names a seat, of a successor's what came since, of sealed ones
those that name the reader.

Whether a reader is admitted to what is sealed is decided by one function of the database, ``procedures_admits``: those
named, and whoever owes something in the case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.utils import timezone


class Seats(dict[str, datetime | None]):
    """The seats through which somebody sees, each with since when; ``reader`` are the keys of who looks."""

    def __init__(self, taken: Mapping[str, datetime | None], *, reader: Collection[str]) -> None:
        super().__init__(taken)
        self.reader = frozenset(reader)


def admitted(reader: Collection[str], *, root: str = "root_id") -> Q:
    """The condition on rows with ``restricted_to`` that the reader is among those named, or that nobody is.

    ``root`` is the column with the family of matters a row belongs to.
    """
    named = Func(
        F("restricted_to"),
        F(root),
        Value(sorted(reader), output_field=ArrayField(TextField())),
        Value(timezone.localdate()),
        function="procedures_admits",
        output_field=BooleanField(),
    )
    return Q(restricted_to=None) | Q(named)


def sent_to(seats: Iterable[str] | None, *, since: Callable[[datetime], Q]) -> Q:
    """The condition on rows with an ``audience`` that one of the seats may see them; ``None`` sees every row.

    A mapping says with each seat when it was taken, ``None`` from the beginning: who took it at a moment sees only
    what satisfies ``since`` of that moment. Without :class:`Seats` nobody in particular looks, and nothing sealed is shown.
    """
    if seats is None:
        return Q()
    taken = seats if isinstance(seats, Mapping) else dict.fromkeys(seats)
    shown = Q(audience__overlap=[seat for seat, at in taken.items() if at is None])
    for seat, at in taken.items():
        if at is not None:
            shown |= Q(audience__contains=[seat]) & since(at)
    return shown & admitted(seats.reader if isinstance(seats, Seats) else ())

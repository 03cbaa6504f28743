"""One JSON value, one sequence of bytes: the JSON Canonicalization Scheme (RFC 8785).

What is hashed must be written in exactly one way. Members are sorted by the UTF-16 code units of their names,
no space is inserted, text is UTF-8 and only what must be escaped is.

Narrower than the RFC on purpose: **fractions are refused**. RFC 8785 writes numbers as ECMAScript does, and
that form is the one place where independent programs have disagreed; amounts here are integers (fen), rates
are text. Refused too: integers beyond 2^53 - 1 in size (not exact in IEEE 754), ``NaN``, names that are not
text, and lone surrogates (not expressible in UTF-8).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jianheng.kernel.errors import Fault

LARGEST_INTEGER = 2**53 - 1
# json escapes precisely the characters of RFC 8785 section 3.2.2.2 when it may leave the rest alone
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


class NotCanonicalFault(Fault):
    """The value, or the text, has no canonical form. The message says where in the value."""


def encode(value: Any) -> bytes:
    """The canonical bytes of ``value``: ``None``, truth values, integers, text, lists and mappings of these."""
    return _WRITER.encode(_in_order(value, "$")).encode()


def _in_order(value: Any, place: str) -> Any:
    """``value`` with members in their one order, when it has a canonical form."""
    match value:
        case str():
            return _text(value, place)
        case None | bool():
            return value
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise NotCanonicalFault(f"{place}: {value} is beyond 2^53 - 1")
            return value
        case list() | tuple():
            return [_in_order(item, f"{place}[{index}]") for index, item in enumerate(value)]
        case Mapping():
            return {name: _in_order(value[name], f"{place}.{name}") for name in _names(value, place)}
        case _:
            raise NotCanonicalFault(f"{place}: a {type(value).__name__} has no canonical form")


def _names(value: Mapping[Any, Any], place: str) -> list[str]:
    for name in value:
        if not isinstance(name, str):
            raise NotCanonicalFault(f"{place}: the name {name!r} is not text")
    together = "".join(value)
    if together.isascii():  # then the units are the letters
        return sorted(value)
    _text(together, place)
    return sorted(value, key=_units)


def _units(name: str) -> bytes:
    return name.encode("utf-16-be")


def _text(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonicalFault(f"{place}: the text holds half of a surrogate pair") from None
    return value


def decode(text: bytes | str) -> Any:
    """The value written in ``text`` (RFC 8259), spaces and order free, but nothing that could be read two ways.

    Raises :class:`NotCanonicalFault` for malformed JSON, a name occurring twice, and all that :func:`encode` refuses.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unambiguous, parse_constant=_no_constant)
        encode(value)
    except (ValueError, RecursionError) as wrong:
        raise NotCanonicalFault(f"not JSON: {wrong}") from wrong
    return value


def _unambiguous(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotCanonicalFault(f"the name {twice!r} occurs twice in one object")
    return value


def _no_constant(name: str) -> Any:
    raise NotCanonicalFault(f"{name} is not a JSON number")


def instant(at: datetime) -> str:
    """The one way an instant is written: RFC 3339 in UTC with six decimals, ``2026-02-01T08:00:00.000000Z``."""
    if at.tzinfo is None:
        raise NotCanonicalFault(f"{at} has no time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_instant(text: str) -> datetime:
    """The instant written by :func:`instant`; nothing else is accepted."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise NotCanonicalFault(f"{text!r} is not an instant in UTC with six decimals") from wrong
    if at.tzinfo is None or instant(at) != text:
        raise NotCanonicalFault(f"{text!r} is not an instant in UTC with six decimals")
    return at


def is_instant(text: str) -> bool:
    """Whether ``text`` is an instant in its one form; two such texts compare as the instants do."""
    try:
        read_instant(text)
    except NotCanonicalFault:
        return False
    return True

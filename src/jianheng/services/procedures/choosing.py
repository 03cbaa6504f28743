"""What may be chosen, and by whom a second time: both asked of every act here, never in its verb alone.

A field drawn as a selection takes what the act's ``choices`` offer at the moment it is done, nothing else. The verb is
still asked first where something else was chosen: it knows why that may not be chosen, and its refusal says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from jianheng.kernel.errors import Reason, Refusal
from jianheng.services.procedures.errors import NotOfferedError

WIDGETS = {"select", "checkboxes", "ranking"}
Choices = Mapping[str, Sequence[tuple[str, str]]]


def places(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """The fields of an input that are drawn as selections and are no enumeration themselves: "recused.institution"."""
    for name, info in model.model_fields.items():
        inner = _inner(info.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from places(inner, f"{path}{name}.")
        elif _widgets(info, info.annotation) & WIDGETS and not _is_closed(inner):
            yield f"{path}{name}"


def outside(given: BaseModel, offers: Callable[[], Choices]) -> list[Reason]:
    """A reason for every value that is none of the choices of its field; ``offers`` is asked if anything was chosen."""
    chosen = [
        (path, *found)
        for path in places(type(given))
        for found in _values(given, path.split("."))
        if found[1] not in ("", None)
    ]
    if not chosen:
        return []
    offered = {path: {value for value, _ in options} for path, options in offers().items()}
    return [
        reason
        for path, place, value, label in chosen
        if str(value) not in offered.get(path, ())
        for reason in NotOfferedError(f"{label}：所选的“{value}”不在可选的范围内。", about=place).reasons
    ]


def carried_out(verb: Callable[[], Any], unoffered: Sequence[Reason]) -> Any:
    """What the verb answers; refuses after it what was not offered, unless the verb itself says why it may not be."""
    if not unoffered:
        return verb()
    try:
        verb()
    except Refusal:
        raise
    except Exception as broken:  # it met what it was promised not to meet
        raise NotOfferedError(reasons=unoffered) from broken
    raise NotOfferedError(reasons=unoffered)


def _values(given: Any, path: list[str], place: str = "") -> Iterator[tuple[str, Any, str]]:
    """Every (place, value, label) at a path, through lists."""
    if given is None:
        return
    head, *rest = path
    here, value = f"{place}{head}", getattr(given, head)
    label = type(given).model_fields[head].title or head
    each = enumerate(value) if isinstance(value, list | tuple) else None
    if rest:
        for index, one in each or ((None, value),):
            yield from _values(one, rest, f"{here}." if index is None else f"{here}.{index}.")
    elif each is not None:
        yield from ((here, one, label) for _, one in each)
    else:
        yield here, value, label


def _inner(annotation: Any) -> Any:
    """What a field holds in the end: without ``Annotated``, ``| None`` and lists."""
    origin = get_origin(annotation)
    if origin is Annotated or origin in (list, tuple):
        return _inner(get_args(annotation)[0])
    if origin is not None and origin is not Literal:
        kept = [one for one in get_args(annotation) if one is not type(None)]
        return _inner(kept[0]) if kept else annotation
    return annotation


def _is_closed(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum))


def _widgets(info: FieldInfo | None, annotation: Any) -> set[str]:
    extra = info.json_schema_extra if info is not None else None
    found = {str(extra["widget"])} if isinstance(extra, dict) and "widget" in extra else set()
    if get_origin(annotation) is Annotated:
        base, *notes = get_args(annotation)
        found |= _widgets(None, base)
        for note in notes:
            found |= _widgets(note, None) if isinstance(note, FieldInfo) else set()
    elif get_origin(annotation) is not None and get_origin(annotation) is not Literal:
        for one in get_args(annotation):
            found |= _widgets(None, one)
    return found

"""Forms derived from an act's input model: what an act takes is said once, in its :class:`Given`.

A form is a tree of :class:`Slot`; templates draw it, :func:`gather` reads the posted names back into nested values.
Names are paths: ``fees.0.unit_price_fen``. Repeated rows are added by a submit button, so forms need no script;
rows left empty are dropped. Uploaded contents are kept at once and travel as their hash in a hidden field, so
nothing is lost when a form comes back with a refusal.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from jianheng.kernel.errors import Reason
from jianheng.kernel.money import yuan_text

Choices = Mapping[str, Sequence[tuple[str, str]]]
EXTRA_ROWS = 1


@dataclass
class Slot:
    """A field, a group of fields or a repeated group. ``kind`` names the template that draws it."""

    name: str
    label: str
    kind: str
    hint: str = ""
    required: bool = False
    value: Any = ""
    choices: Sequence[tuple[str, str]] = ()
    slots: list[Slot] = field(default_factory=list)
    rows: list[Slot] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    shown: str = ""

    @property
    def id(self) -> str:
        """An HTML id."""
        return "f-" + self.name.replace(".", "-")

    @property
    def template(self) -> str:
        """The template that draws this slot."""
        return f"pages/slot_{self.kind}.html"


def build(
    model: type[BaseModel],
    values: Mapping[str, Any] | None = None,
    *,
    choices: Choices | None = None,
    reasons: Sequence[Reason] = (),
    more: str = "",
) -> list[Slot]:
    """The slots of a model, filled with ``values``, with the reasons against them; ``more`` names rows to add to."""
    builder = _Builder(choices or {}, reasons, more)
    return builder.group(model, values or {}, prefix="", path="")


class _Builder:
    def __init__(self, choices: Choices, reasons: Sequence[Reason], more: str) -> None:
        self.choices, self.reasons, self.more = choices, reasons, more

    def group(self, model: type[BaseModel], values: Mapping[str, Any], *, prefix: str, path: str) -> list[Slot]:
        return [
            self.slot(name, info, values.get(name), prefix=prefix, path=path)
            for name, info in model.model_fields.items()
        ]

    def slot(self, name: str, info: FieldInfo, value: Any, *, prefix: str, path: str) -> Slot:
        full, plain = f"{prefix}{name}", f"{path}{name}"
        inner, optional = _unwrapped(info.annotation)
        extra = _extra(info)
        slot = Slot(full, info.title or name, "text", info.description or "", info.is_required())
        slot.errors = [reason.text.split("：", 1)[-1] for reason in self.reasons if reason.about == full]
        if value is None and not info.is_required():
            value = info.get_default(call_default_factory=True)
        if _is_model(inner):
            return self.model_slot(slot, inner, value, optional=optional, plain=plain)
        if get_origin(inner) in (list, tuple):
            return self.list_slot(slot, inner, value, extra, plain=plain)
        return self.scalar(slot, inner, value, extra, plain=plain)

    def model_slot(self, slot: Slot, model: type[BaseModel], value: Any, *, optional: bool, plain: str) -> Slot:
        slot.kind = "optional" if optional else "group"
        slot.value = value is not None
        slot.slots = self.group(model, _mapping(value), prefix=f"{slot.name}.", path=f"{plain}.")
        slot.required = slot.required and not optional
        if optional:
            _relax(slot)  # a part that may be left out must not stop the browser from sending the rest
        return slot

    def list_slot(self, slot: Slot, annotation: Any, value: Any, extra: Mapping[str, Any], *, plain: str) -> Slot:
        item, _ = _unwrapped(get_args(annotation)[0])
        given = list(value or [])
        if extra.get("widget") == "checkboxes":
            slot.kind, slot.choices, slot.value = "checkboxes", self.choices.get(plain, ()), [str(v) for v in given]
            return slot
        count = max(len(given), 1) + (EXTRA_ROWS if self.more == slot.name else 0)
        if extra.get("widget") == "ranking":
            slot.kind, slot.choices = "ranking", self.choices.get(plain, ())
            count = max(len(given), min(3, len(slot.choices)))
        else:
            slot.kind = "rows"
        for index in range(count):
            row_value = given[index] if index < len(given) else None
            name = f"{slot.name}.{index}"
            if _is_model(item):
                row = Slot(name, f"{slot.label} {index + 1}", "group")
                row.slots = self.group(item, _mapping(row_value), prefix=f"{name}.", path=f"{plain}.")
            else:
                inner_extra = _extra_of_annotation(get_args(annotation)[0])
                row = Slot(name, f"{slot.label} {index + 1}", "text")
                row.errors = [reason.text.split("：", 1)[-1] for reason in self.reasons if reason.about == name]
                row = self.scalar(row, item, row_value, inner_extra, plain=plain)
                if slot.kind == "ranking":
                    row.kind, row.choices, row.required = "select", slot.choices, False
            if index >= max(len(given), int(slot.required)):
                _relax(row)
            slot.rows.append(row)
        return slot

    def scalar(self, slot: Slot, annotation: Any, value: Any, extra: Mapping[str, Any], *, plain: str) -> Slot:
        slot.kind = extra.get("widget") or _kind_of(annotation)
        slot.value = "" if value is None else value
        labels = extra.get("labels", {})
        if slot.kind == "select":
            slot.choices = self.choices.get(plain) or _options(annotation, labels)
        if slot.kind == "money" and isinstance(value, int):
            slot.value = yuan_text(value).replace(",", "")
        if isinstance(slot.value, Enum):
            slot.value = slot.value.value
        if isinstance(slot.value, date | time):
            slot.value = slot.value.isoformat()[:10] if isinstance(slot.value, date) else f"{slot.value:%H:%M}"
        if slot.kind != "bool":
            slot.value = str(slot.value)
        return slot


def _relax(slot: Slot) -> None:
    """Let a slot and everything in it be left empty."""
    slot.required = False
    for inner in (*slot.slots, *slot.rows):
        _relax(inner)


def _unwrapped(annotation: Any) -> tuple[Any, bool]:
    """(annotation without ``Annotated`` and ``| None``, whether ``None`` was allowed)."""
    if get_origin(annotation) is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [argument for argument in get_args(annotation) if argument is not type(None)]
        return _unwrapped(inner[0])[0], len(inner) < len(get_args(annotation))
    return annotation, False


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    found.update(_extra_of_annotation(info.annotation))
    if isinstance(info.json_schema_extra, dict):
        found.update(info.json_schema_extra)
    return found


def _extra_of_annotation(annotation: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if get_origin(annotation) is Annotated:
        base, *metadata = get_args(annotation)
        found.update(_extra_of_annotation(base))
        for note in metadata:
            if isinstance(note, FieldInfo) and isinstance(note.json_schema_extra, dict):
                found.update(note.json_schema_extra)
    elif get_origin(annotation) in (Union, types.UnionType):
        for argument in get_args(annotation):
            found.update(_extra_of_annotation(argument))
    return found


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _kind_of(annotation: Any) -> str:
    if get_origin(annotation) is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum)):
        return "select"
    return {bool: "bool", int: "number", date: "date", time: "time"}.get(annotation, "text")


def _options(annotation: Any, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    if get_origin(annotation) is Literal:
        return [(str(value), labels.get(str(value), str(value))) for value in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [(str(m.value), labels.get(str(m.value)) or str(getattr(m, "label", m.value))) for m in annotation]
    return []


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, BaseModel):
        return value.model_dump()
    return value if isinstance(value, Mapping) else {}


def gather(model: type[BaseModel], posted: QueryDict, *, prefix: str = "") -> dict[str, Any]:
    """The nested values of posted names; what was left empty is left out, so that defaults and refusals apply."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        value = _gathered(info, posted, f"{prefix}{name}")
        if value is not None:
            found[name] = value
    return found


def _gathered(info: FieldInfo, posted: QueryDict, full: str) -> Any:
    inner, optional = _unwrapped(info.annotation)
    extra = _extra(info)
    if _is_model(inner):
        if optional and not posted.get(f"{full}._filled"):
            return None
        return gather(inner, posted, prefix=f"{full}.")
    if get_origin(inner) in (list, tuple):
        if extra.get("widget") == "checkboxes":
            return posted.getlist(full)
        return _gathered_rows(inner, posted, full)
    if (extra.get("widget") or _kind_of(inner)) == "bool":
        return posted.get(full) == "on"
    text = posted.get(full, "").strip()
    if text == "":
        return None
    if get_origin(inner) is Literal and all(isinstance(option, int) for option in get_args(inner)):
        return int(text) if text.lstrip("-").isdigit() else text
    return text


def _gathered_rows(annotation: Any, posted: QueryDict, full: str) -> list[Any]:
    item, _ = _unwrapped(get_args(annotation)[0])
    start = len(full) + 1
    numbers = {
        int(head)
        for name in posted
        if name.startswith(f"{full}.") and (head := name[start:].split(".", 1)[0]).isdigit() and len(head) < 5
    }
    rows: list[Any] = []
    for index in sorted(numbers):
        if _is_model(item):
            row = gather(item, posted, prefix=f"{full}.{index}.")
            if _has_something(item, posted, f"{full}.{index}."):
                rows.append(row)
        elif text := posted.get(f"{full}.{index}", "").strip():
            rows.append(text)
    return rows


def _has_something(model: type[BaseModel], posted: QueryDict, prefix: str) -> bool:
    """Whether a row was filled in: any text that is not the field's own default."""
    for name, info in model.model_fields.items():
        text = posted.get(f"{prefix}{name}", "").strip()
        default = "" if info.is_required() else info.get_default(call_default_factory=True)
        if text and text != str(default):
            return True
    return False


def file_names(model: type[BaseModel]) -> list[str]:
    """The names of a model's file fields (files stand at the top level only)."""
    return [name for name, info in model.model_fields.items() if _extra(info).get("widget") == "file"]

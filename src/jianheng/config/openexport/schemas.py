"""A JSON Schema (draft 2020-12) for a file of JSON lines, learned from the lines themselves.

What every line has is required; what a member was seen to be, it may be, and nothing else: the schema describes this
export exactly. Where members are many and free (the input of acts, the content of papers), it says what was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass
class Shape:
    """What has been seen in one place."""

    types: set[str] = field(default_factory=set)
    members: dict[str, Shape] = field(default_factory=dict)
    always: set[str] | None = None  # members every object had; None before the first object
    items: Shape | None = None

    def see(self, value: Any) -> None:
        """Take one more value into account."""
        match value:
            case None:
                self.types.add("null")
            case bool():
                self.types.add("boolean")
            case int():
                self.types.add("integer")
            case str():
                self.types.add("string")
            case Mapping():
                self.types.add("object")
                self.always = set(value) if self.always is None else self.always & set(value)
                for name, member in value.items():
                    self.members.setdefault(name, Shape()).see(member)
            case list() | tuple():
                self.types.add("array")
                for item in value:
                    self.items = self.items or Shape()
                    self.items.see(item)
            case _:
                raise TypeError(f"a {type(value).__name__} is not written in an export")

    def schema(self) -> dict[str, Any]:
        """What may stand here."""
        types = sorted(self.types)
        told: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
        if "object" in self.types:
            told["properties"] = {name: member.schema() for name, member in sorted(self.members.items())}
            told["required"] = sorted(self.always or ())
            told["additionalProperties"] = False
        if self.items is not None:
            told["items"] = self.items.schema()
        return told


def of_lines(name: str, title: str, shape: Shape) -> dict[str, Any]:
    """The schema of one line of ``name``.jsonl; of a file without lines nothing is known."""
    told = shape.schema() if shape.types else {"type": "object"}
    return {"$schema": DIALECT, "$id": f"{name}.schema.json", "title": title, **told}

"""The tree of appraisal categories (鉴定类别、执业项目) that licences, requests and rosters speak in.

A class (FM 法医类) holds categories (FM02 法医临床鉴定), which hold items (FM0201 人体损伤程度鉴定), some of
which hold items of their own. The court's own list (CT01 法医 …) stands beside it and maps onto classes.

Invariants: every parent exists and comes before its children; a code is listed once; there is no circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jianheng.kernel.errors import Fault, Refusal


class CategoryTreeFault(Fault):
    """The list of categories contradicts itself."""


class UnknownCategoryError(Refusal):
    """没有这个鉴定类别。"""

    code = "CATEGORY_UNKNOWN"
    next_step = "请从鉴定类别目录中选择。"


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the tree; ``maps_to`` is the class a court's own category stands for, "" for none."""

    code: str
    name: str
    parent: str
    official_code: str
    verified: bool  # whether the name was seen in a source
    maps_to: str = ""


class Categories:
    """The whole tree, in the order listed."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._by_code: dict[str, Category] = {}
        self._lineages: dict[str, tuple[Category, ...]] = {}
        self._containers: dict[str, frozenset[str]] = {}
        self._children: dict[str, list[Category]] = {}
        for category in categories:
            if category.code in self._by_code:
                raise CategoryTreeFault(f"{category.code} is listed twice")
            if category.parent and category.parent not in self._by_code:
                raise CategoryTreeFault(f"{category.code} stands before its parent {category.parent}")
            self._by_code[category.code] = category
            self._lineages[category.code] = (category, *self._lineages.get(category.parent, ()))
            self._containers[category.code] = self._containers.get(category.parent, frozenset()) | {category.code}
            self._children.setdefault(category.parent, []).append(category)

    def __iter__(self) -> Iterator[Category]:
        return iter(self._by_code.values())

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Category:
        """The category ``code``; refuses with :class:`UnknownCategoryError`."""
        if code not in self._by_code:
            raise UnknownCategoryError(f"没有“{code}”这个鉴定类别。", about="category")
        return self._by_code[code]

    def children(self, code: str = "") -> tuple[Category, ...]:
        """The nodes directly below ``code``; "" gives the classes."""
        return tuple(self._children.get(code, ()))

    def lineage(self, code: str) -> tuple[Category, ...]:
        """``code`` and everything above it, nearest first."""
        return self._lineages.get(code) or (self[code],)

    def within(self, code: str, container: str) -> bool:
        """Whether ``code`` is ``container`` or stands somewhere below it."""
        return container in (self._containers.get(code) or {self[code].code})

    def below(self, code: str) -> Iterator[Category]:
        """Everything below ``code``, depth first, without ``code`` itself."""
        for child in self.children(code):
            yield child
            yield from self.below(child.code)

    def licensed_as(self, code: str) -> str:
        """The code licences use for ``code``: a court's own category becomes the class it maps to."""
        return self[code].maps_to or code

    def field(self, code: str) -> str:
        """The practice category (执业类别, second level) ``code`` belongs to; a class is its own field."""
        lineage = self.lineage(code)
        return lineage[-2].code if len(lineage) > 1 else lineage[0].code

"""Bodies in their tree: one row each, entered once."""

from __future__ import annotations

from jianheng.services.ledger import api as ledger
from jianheng.services.people.models import Organisation


def pinyin_key(name: str) -> str:
    """A key that sorts Chinese names by pronunciation, then by the characters themselves."""
    from pypinyin import lazy_pinyin  # its dictionary takes a third of a second, which every start would pay

    return f"{' '.join(lazy_pinyin(name))} {name}"[:400]


@ledger.operation("people.organisation")
def add_organisation(
    name: str,
    *,
    kind: str,
    region: str,
    level: str = "",
    code: str = "",
    parent_id: int | None = None,
    is_demo: bool = False,
) -> int:
    """Register an organisation once; a second call with the same kind and name returns the first id."""
    parent = Organisation.objects.get(pk=parent_id) if parent_id else None
    row, _ = Organisation.objects.get_or_create(
        kind=kind,
        name=name,
        defaults={
            "region": region,
            "level": level,
            "code": code,
            "parent": parent,
            "line": [*parent.line, parent.pk] if parent else [],
            "sort_key": pinyin_key(name),
            "is_demo": is_demo,
        },
    )
    return row.pk

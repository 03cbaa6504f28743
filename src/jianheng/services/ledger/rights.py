"""What the application may do with a table: read and add. What changes by design is said column by column.

A fact is inserted and stays. Where a row moves on (a work item is closed, a term gets another day, an institution is
chosen), the module names those columns beside the table (:func:`~jianheng.services.ledger.covering.cover`), and the
database lets its role write no others: what is not named can be changed by nothing that runs with the application's
connection. What is named can, and every change of a covered table is noted and has to be explained by an act.
"""

from __future__ import annotations

from dataclasses import dataclass

from jianheng.kernel.errors import Fault


@dataclass(frozen=True, slots=True)
class Rights:
    """Of the application's role on one table. ``changing`` names the columns it may rewrite, ``forgotten`` says that
    rows may go once they have served, ``owners`` that only the owner of the tables writes."""

    changing: tuple[str, ...] = ()
    forgotten: bool = False
    owners: bool = False


_declared: dict[str, Rights] = {}


def let(table: str, *, changing: tuple[str, ...] = (), forgotten: bool = False, owners: bool = False) -> None:
    """Declare a table of this house; a service says so for its own when it is loaded."""
    declared = Rights(changing, forgotten, owners)
    if _declared.setdefault(table, declared) != declared:
        raise Fault(f"the rights on {table} are declared twice, differently")


def rights() -> dict[str, Rights]:
    """What was declared, by table."""
    return dict(sorted(_declared.items()))

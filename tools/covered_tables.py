"""Writes ``docs/reference/covered-tables.md`` from what the modules declare; a test compares it with them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "covered-tables.md"

HEAD = """# Tables the log answers for

Made by `tools/covered_tables.py` from the declarations of the modules. How it works: [state bound to acts](../adr/0020-state-bound-to-acts.md).
"May change" are the columns the database lets the application's role rewrite; it can add rows to every table and delete from none but
where it says so ([two roles](../adr/0013-two-roles-of-the-database.md)).

## Under cover

Whoever changes a row of these leaves its new hash in the log. "Explained by" says which kinds of entries may stand behind a change.

| Table | Belongs to a case by | Explained by | Columns left out, and why | May change |
|---|---|---|---|---|
"""
OUTSIDE = """
## Left outside

| Table | Why | May change |
|---|---|---|
"""
LOGS = """
## The log's own

| Table | May change |
|---|---|
"""


def page() -> str:
    """The page as it should be; needs Django set up."""
    from jianheng.services.ledger import api as ledger

    covered = [
        f"| `{one.table}` | {f'`{one.matter}`' if one.matter else '—'} | {', '.join(one.by)} | "
        + "；".join(f"`{column}`：{why}" for column, why in one.left.items())
        + f" | {_changes(one.table)} |\n"
        for one in ledger.covers().values()
    ]
    outside = [f"| `{table}` | {why} | {_changes(table)} |\n" for table, why in ledger.outside().items()]
    own = [
        f"| `{table}` | {_changes(table)} |\n"
        for table in ledger.rights()
        if table not in ledger.covers() and table not in ledger.outside()
    ]
    return HEAD + "".join(covered) + OUTSIDE + "".join(outside) + LOGS + "".join(own)


def _changes(table: str) -> str:
    from jianheng.services.ledger import api as ledger

    rights = ledger.rights()[table]
    told = [", ".join(f"`{column}`" for column in rights.changing)] * bool(rights.changing)
    told += ["rows are deleted"] * rights.forgotten + ["read only"] * rights.owners
    return "; ".join(told) or "—"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    os.environ.setdefault("JIANHENG_SECRET", "read by nobody")
    import django

    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)

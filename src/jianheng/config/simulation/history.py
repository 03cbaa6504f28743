"""The history of a run as JSON lines, without the numbers of the database: what was done, in order, by whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.db import connection

ACTS = """
select a.at, m.root_id, m.id, m.procedure, a.seq, a.code, a.outcome, a.name, coalesce(o.name, '')
from procedures_actrecord a
join procedures_matter m on m.id = a.matter_id
left join people_organisation o on o.id = a.organisation_id
order by a.id
"""
BATCH = 2000


def lines() -> Iterator[dict[str, Any]]:
    """Every act of the database in the order it was written; cases and their matters are numbered by appearance."""
    cases: dict[int, int] = {}
    matters: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(ACTS)
        while rows := cursor.fetchmany(BATCH):
            for at, root, matter, procedure, seq, act, outcome, name, organisation in rows:
                yield {
                    "at": at.isoformat(),
                    "case": cases.setdefault(root, len(cases) + 1),
                    "matter": matters.setdefault(matter, len(matters) + 1),
                    "procedure": procedure,
                    "seq": seq,
                    "act": act,
                    "outcome": outcome,
                    "by": name,
                    "organisation": organisation,
                }


def write(file: TextIO) -> str:
    """Write the history; returns its SHA-256."""
    digest = hashlib.sha256()
    for line in lines():
        text = json.dumps(line, ensure_ascii=False) + "\n"
        digest.update(text.encode())
        file.write(text)
    return digest.hexdigest()


def digest() -> str:
    """The SHA-256 the history would have as a file."""
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        return write(nowhere)

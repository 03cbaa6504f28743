"""What must hold of every matter after a run, asked of the tables; each answer names what does not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

WITHOUT_HOLDER = """
select m.id, m.procedure, m."end" from procedures_matter m where (m.closed_at is null) <>
  exists (select from procedures_workitem i where i.matter_id = m.id and i.closed_at is null)
"""
MISSED = """
select matter_id, clock, due_on from procedures_term
where stopped_at is null and lapse <> '' and due_on < %s
"""
OUT_OF_ORDER = """
select m.id, m.acts, count(a.id), max(a.seq) from procedures_matter m
left join procedures_actrecord a on a.matter_id = m.id
group by m.id having m.acts <> count(a.id) or m.acts <> max(a.seq)
"""
NUMBERS = """
select number from entrustment_entrustment where number <> ''
union all select file_number from casework_appraisal where file_number <> ''
"""


def faults(today: date) -> list[str]:
    """Everything that does not hold; empty after a sound run."""
    return [
        *(
            f"matter {pk} ({procedure}): open without an item, or ended ({end}) with one"
            for pk, procedure, end in _rows(WITHOUT_HOLDER)
        ),
        *(f"matter {pk}: {clock} was due on {due} and did not lapse" for pk, clock, due in _rows(MISSED, today)),
        *(
            f"matter {pk}: {acts} acts said, {count} kept, the last is {last}"
            for pk, acts, count, last in _rows(OUT_OF_ORDER)
        ),
        *gaps(number for (number,) in _rows(NUMBERS)),
    ]


def gaps(numbers: Iterable[str]) -> list[str]:
    """Series of numbers (“…第12号”) that do not count from one without gap or repetition."""
    series: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        found = re.search(r"(?<![0-9])([0-9]{1,9})号\Z", number)
        series[number[: found.start()] if found else number].append(int(found.group(1)) if found else 0)
    return [
        f"numbers of {name}: {sorted(taken)}"
        for name, taken in sorted(series.items())
        if sorted(taken) != [*range(1, len(taken) + 1)]
    ]


def _rows(sql: str, *given: date) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())

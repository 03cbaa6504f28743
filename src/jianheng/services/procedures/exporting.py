"""Acts as the log's export wants them: the full row, read from the columns that hold it now, with its commitment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jianheng.services.procedures.acting import row_of
from jianheng.services.procedures.models import ActRecord


def acts(directory: Path) -> Iterator[dict[str, Any]]:
    """Every act, by matter and order."""
    for act in ActRecord.objects.order_by("matter_id", "seq").iterator(chunk_size=2000):
        yield {
            "id": f"{act.matter_id}/{act.seq}",
            "matter": act.matter_id,
            "seq": act.seq,
            "code": act.code,
            "entry": str(act.entry),
            "salt": bytes(act.salt).hex(),
            "row": row_of(
                matter_id=act.matter_id,
                seq=act.seq,
                code=act.code,
                outcome=act.outcome,
                holder=act.holder,
                person_id=act.person_id,
                organisation_id=act.organisation_id,
                name=act.name,
                at=act.at,
                given=act.given,
            ),
            "commitment": act.commitment,
        }

"""What the log's export says of papers: every row whole, every file beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from jianheng.services.documents.journal import row_of
from jianheng.services.documents.models import Document
from jianheng.services.documents.producing import values_of
from jianheng.services.files import api as files


def documents(directory: Path, matters: Collection[int] | None = None) -> Iterator[Mapping[str, Any]]:
    """``documents.jsonl`` and the files ``documents/<code>.pdf``; see :mod:`jianheng.services.ledger.export`."""
    (directory / "documents").mkdir()
    rows = Document.objects.select_related("series").order_by("pk")
    for row in (rows if matters is None else rows.filter(matter_id__in=matters)).iterator():
        content = row_of(values_of(row))
        numbering = {name: content[name] for name in ("series", "serial", "version")} if row.salt is None else {}
        path = None
        if row.file_key:
            path = f"documents/{row.code}.pdf"
            (directory / path).write_bytes(files.read(row.file_key))
        yield {
            "number": content["number"],
            "kind": row.kind,
            "matter": row.matter_id,
            "sha256": content["sha256"],
            "entry": str(row.entry_id),
            "salt": bytes(row.salt).hex() if row.salt is not None else None,
            "row": content if row.salt is not None else None,
            **numbering,
            "commitment": row.commitment,
            "path": path,
        }

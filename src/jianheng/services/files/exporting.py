"""The case file for the exports of everything and of single matters: its catalogue, with the contents beside it."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from jianheng.kernel import canonical
from jianheng.services.files import api
from jianheng.services.files.models import CaseItem


def case_file(directory: Path, matters: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    """Every entry of the case files, in order; ``path`` is where its content lies in the export, or null."""
    (directory / "files").mkdir()
    rows = CaseItem.objects.select_related("file").order_by("root_id", "volume", "section", "pk")
    for item in (rows if matters is None else rows.filter(matter_id__in=matters)).iterator():
        path = f"files/{item.file_id}" if item.file_id else None
        if path and not (directory / path).exists():
            with api.open_content(str(item.file_id)) as content, (directory / path).open("wb") as copy:
                shutil.copyfileobj(content, copy)
        yield {
            "id": item.pk,
            "root": item.root_id,
            "matter": item.matter_id,
            "volume": item.volume,
            "section": item.section,
            "title": item.title,
            "quantity": item.quantity,
            "properties": item.properties,
            "source": item.source,
            "sha256": item.file_id,
            "name": item.name,
            "content_type": item.file.content_type if item.file else None,
            "path": path,
            "level": item.level,
            "audience": list(item.audience),
            "examination": item.examination,
            "examination_note": item.examination_note,
            "handed_over_at": canonical.instant(item.handed_over_at) if item.handed_over_at else None,
            "added_at": canonical.instant(item.added_at),
            "added_by": item.added_by,
        }

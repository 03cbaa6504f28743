"""File storage that never leaves half a file under a final name."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Writes beside, syncs, then renames: a crash or a full disk leaves nothing or everything."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: it is the content's hash, so two who keep the same at once keep the same."""
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        final = Path(self.path(name))
        made = [final.parent, *(place for place in final.parents if not place.exists())]
        final.parent.mkdir(parents=True, exist_ok=True)
        descriptor, waiting = tempfile.mkstemp(dir=final.parent, prefix=".incoming-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(waiting).replace(final)
            for directory in (*made, made[-1].parent):
                _sync(directory)
        except BaseException:
            Path(waiting).unlink(missing_ok=True)
            raise
        return name


def _sync(directory: Path) -> None:
    """Let a directory's entries outlast a power cut too."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

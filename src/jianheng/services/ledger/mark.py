"""The high-water mark: how far the log was signed, kept beside its key and outside the database.

Whoever may write to the database may cut the end off the log and let the sequencer sign over it. The mark is another
file of another owner: nothing is signed on a log that is shorter than its mark, or has another root where the mark
is. What a witness holds raises it too. It only ever goes up, and is a lower bound: it is written after the commit.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from jianheng.services.ledger import keys
from jianheng.services.ledger.errors import KeyFault


class Mark(NamedTuple):
    """A size that was signed, and its root."""

    size: int
    root: bytes


def place() -> Path:
    """The file: ``ledger.mark`` beside ``ledger.pem``."""
    return Path(settings.JIANHENG_LEDGER_KEY_FILE).with_suffix(".mark")


def read() -> Mark | None:
    """The mark of the log by its name; ``None`` before its first checkpoint."""
    return _marks().get(keys.origin())


def raise_to(size: int, root: bytes) -> None:
    """Set the mark there unless it is higher already; on disk when this returns."""
    place().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with place().with_suffix(".mark.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marks = _marks()
        known = marks.get(keys.origin())
        if known is None or size > known.size:
            _write(marks | {keys.origin(): Mark(size, root)})


def _marks() -> dict[str, Mark]:
    try:
        text = place().read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        return {origin: Mark(int(size), bytes.fromhex(root)) for origin, (size, root) in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError) as wrong:
        raise KeyFault(f"{place()} is damaged; without the mark nothing is signed") from wrong


def _write(marks: dict[str, Mark]) -> None:
    draft = place().with_suffix(".mark.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({origin: (mark.size, mark.root.hex()) for origin, mark in marks.items()}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place())

"""What clients meant to do and what they were told: one line of JSON each, kept by the clients, not by the platform.

An intention is written before it is first sent, its end when the client knows it: ``acknowledged`` (the platform said
done), ``refused`` (it said no, so nothing may have been written), or ``unanswered`` (the client lost patience: it may
have been done, once, or not).
"""

from __future__ import annotations

import bisect
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ACKNOWLEDGED, REFUSED, UNANSWERED = "acknowledged", "refused", "unanswered"


@dataclass
class Intention:
    """One thing somebody means to do, under one key however often it is sent. ``told`` is the platform's last answer."""

    key: str
    what: str  # "act" or "file"
    path: str
    attempts: int = 0
    end: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    sent_at: float = 0.0  # the last time, in monotonic seconds


class Journal:
    """The clients' own record; its file is written line by line, so that it can be read while the run goes on."""

    def __init__(self, path: Path) -> None:
        self.intentions: dict[str, Intention] = {}
        self.troubles: Counter[str] = Counter()  # why a call was sent again
        self.faulty: list[str] = []  # answers that no fault excuses
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Condition()
        self._acknowledged: list[tuple[float, float]] = []  # acts in order: when they were, when they were last sent

    def intend(self, key: str, what: str, path: str) -> Intention:
        """Write down what is about to be sent for the first time."""
        one = Intention(key, what, path)
        with self._lock:
            self.intentions[key] = one
            self._write({"intends": asdict(one)})
        return one

    def ended(self, one: Intention, end: str, told: Mapping[str, Any]) -> None:
        """Write down what the client knows in the end."""
        with self._lock:
            one.end, one.told = end, dict(told)
            if end == ACKNOWLEDGED and one.what == "act":
                self._acknowledged.append((time.monotonic(), one.sent_at))
                self._lock.notify_all()
            self._write({"told": asdict(one)})

    def trouble(self, why: str) -> None:
        """Count a call that has to be sent again."""
        with self._lock:
            self.troubles[why] += 1

    def fault(self, text: str) -> None:
        """Write down an answer that should never be given."""
        with self._lock:
            self.faulty.append(text)
            self._write({"fault": text})

    def of(self, end: str, what: str = "act") -> list[Intention]:
        """The intentions that ended so."""
        with self._lock:
            return [one for one in self.intentions.values() if one.what == what and one.end == end]

    def first_after(self, moment: float, *, patience: float = 0.0) -> float | None:
        """Seconds from a moment (monotonic) to the first act that was sent and acknowledged afterwards, awaited for
        ``patience`` seconds; ``None`` when there was none."""
        with self._lock:
            return self._lock.wait_for(lambda: self._first_after(moment), patience)

    def _first_after(self, moment: float) -> float | None:
        place = bisect.bisect_right(self._acknowledged, (moment, moment))
        later = (told - moment for told, sent in self._acknowledged[place:] if sent > moment)
        return next(later, None)

    def retries(self) -> int:
        """How often something was sent again."""
        with self._lock:
            return sum(max(one.attempts - 1, 0) for one in self.intentions.values())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()


class Gate:
    """Where clients wait while nobody is to work; counts who is inside."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._changed = threading.Condition()
        self._inside = 0
        self._open.set()

    def __enter__(self) -> None:
        while True:
            self._open.wait()
            with self._changed:
                if self._open.is_set():
                    self._inside += 1
                    return

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def close(self, patience: float) -> bool:
        """Let nobody in any more and wait until all are out; whether they are."""
        self._open.clear()
        with self._changed:
            return self._changed.wait_for(lambda: self._inside == 0, patience)

    def open(self) -> None:
        """Let everybody in again."""
        self._open.set()

"""The events of an export, read from its JSON lines: acts, each with its matter, who did it, and the papers it made.

Both event logs are written from these, so that they cannot tell different stories.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

Titles = Callable[[str, int, str], str]  # procedure, version, act → its title


@dataclass(frozen=True, slots=True)
class Event:
    """An act. ``at`` an RFC 3339 instant in UTC; ``documents`` the codes of the papers asked for by it."""

    id: str
    matter: int
    procedure: str
    code: str
    title: str
    outcome: str
    at: str
    holder: str
    person: int | None
    name: str
    organisation: int | None
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """An export that has been written, as a source of events. Only organisations and papers are held in memory."""

    directory: Path
    titles: Titles

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a file; none where there is no such file."""
        path = self.directory / f"{name}.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from map(json.loads, file)

    def organisations(self) -> dict[int, Mapping[str, Any]]:
        """Organisations by number."""
        return {row["id"]: row for row in self.lines("organisations")}

    def traces(self) -> Iterator[tuple[Mapping[str, Any], list[Event]]]:
        """Every matter with its events in order. Both files are in the order of matters."""
        made: dict[tuple[int, str], list[str]] = defaultdict(list)
        for row in self.lines("documents"):
            if row["row"]:
                made[row["matter"], row["row"]["requested_at"]].append(row["row"]["code"])
        groups = groupby(self.lines("acts"), key=lambda row: int(row["matter"]))
        waiting = next(groups, None)
        for matter in self.lines("matters"):
            events: list[Event] = []
            if waiting and waiting[0] == matter["id"]:
                events = [self._event(matter, row, made) for row in waiting[1] if row["row"]]
                waiting = next(groups, None)
            yield matter, events

    def _event(
        self, matter: Mapping[str, Any], row: Mapping[str, Any], made: Mapping[tuple[int, str], list[str]]
    ) -> Event:
        act = row["row"]
        return Event(
            id=row["id"],
            matter=matter["id"],
            procedure=matter["procedure"],
            code=act["code"],
            title=self.titles(matter["procedure"], matter["version"], act["code"]),
            outcome=act["outcome"],
            at=act["at"],
            holder=act["holder"],
            person=act["person"],
            name=act["name"],
            organisation=act["organisation"],
            documents=tuple(made.get((matter["id"], act["at"]), ())),
        )

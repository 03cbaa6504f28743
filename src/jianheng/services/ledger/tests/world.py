"""A small registry with acts and documents, to be logged, exported and attacked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jianheng.kernel import canonical
from jianheng.services.ledger import api, sequencer

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


NOBODY_SIGNED = {
    "data": {"content": {}, "signers": {"hands": [], "seals": []}},
    "requested_at": "2026-02-01T08:00:00.000000Z",
}


class World:
    """Rows as the services that own them would keep them, each with its log entry."""

    def __init__(self) -> None:
        self.acts: list[dict[str, Any]] = []
        self.documents: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.steps = 0

    def _log(self, kind: str, matter: int, data: dict[str, Any]) -> str:
        self.steps += 1
        now = START + timedelta(seconds=self.steps)
        digest = "sm3" if self.steps % 7 == 0 else "sha256"
        entry = api.entry(kind, region="440000", matter_id=matter, data=data, now=now, digest=digest)
        api.append(entry)
        return str(entry.id)

    def act(self, matter: int, code: str = "ACCEPT") -> dict[str, Any]:
        """One more act of a matter."""
        seq = sum(act["matter"] == matter for act in self.acts) + 1
        row = {
            "matter": matter,
            "seq": seq,
            "code": code,
            "outcome": "DONE",
            "person": self.steps,
            "holder": "head",
            "at": canonical.instant(START + timedelta(seconds=self.steps)),
            "given": {"reason": "材料齐全", "days": 30},
        }
        salt = api.new_salt()
        act = {"id": f"{matter}/{seq}", "commitment": api.commitment(salt, row), "salt": salt.hex(), "row": row}
        act |= {name: row[name] for name in ("matter", "seq", "code", "outcome", "holder", "at")}
        act["entry"] = self._log("act", matter, {name: act[name] for name in LOGGED_OF_ACTS} | {"act": act["id"]})
        self.acts.append(act)
        return act

    def erase(self, act: dict[str, Any]) -> None:
        """Lawful erasing: content and salt go, the log says so."""
        asked, approved = [one for one in self.acts if one["matter"] == act["matter"] and one is not act][-2:]
        told = {"act": "1/0", "by": [asked["id"], approved["id"]], "ground": "TERM_ENDED", "changes": 0}
        self._log("erasure", act["matter"], {**told, "family": act["matter"], "entries": [act["entry"]]})
        for name in set(act) - {"id", "matter", "seq", "code", "entry", "commitment"}:
            act[name] = None
        for name in ("outcome", "holder", "at"):
            del act[name]

    def document(self, matter: int, series: str, serial: int, version: int = 1) -> dict[str, Any]:
        """One more document, with its file."""
        number = f"{series}〔2026〕{serial}号"
        path = f"documents/{matter}-{serial}-{version}.pdf"
        self.files[path] = b"%PDF-1.7\n" + number.encode() + b"\n%%EOF\n"
        document = {"path": path, "sha256": hashlib.sha256(self.files[path]).hexdigest()}
        document |= {"number": number, "kind": "OPINION", "matter": matter}
        document |= {"code": "F1", "version": version, "series": series, "serial": serial}
        self.documents.append(document)
        self.issue(document, status="ISSUED")
        return document

    def issue(self, document: dict[str, Any], *, status: str) -> None:
        """Log a document in its new state."""
        names = ("number", "kind", "matter", "sha256", "code", "version", "series", "serial")
        row = {name: document[name] for name in names} | {"status": status} | NOBODY_SIGNED
        salt = api.new_salt()
        document |= row | {"row": row, "salt": salt.hex(), "commitment": api.commitment(salt, row)}
        logged = {name: document[name] for name in ("number", "kind", "sha256", "commitment")}
        document["entry"] = self._log("document", document["matter"], logged | {"document": document["path"]})

    def export_acts(self, _: Path) -> Iterator[dict[str, Any]]:
        """For the registry of exports."""
        yield from self.acts

    def export_documents(self, directory: Path) -> Iterator[dict[str, Any]]:
        """For the registry of exports; puts the files in their place."""
        for path, content in self.files.items():
            (directory / path).parent.mkdir(exist_ok=True)
            (directory / path).write_bytes(content)
        yield from self.documents


LOGGED_OF_ACTS = ("seq", "code", "commitment")


def populated() -> World:
    """275 sealed entries under three checkpoints, one full tile, and two that still wait."""
    world = World()
    for step in range(260):
        world.act(matter=1 + step % 5, code=("ACCEPT", "ASSIGN", "SIGN")[step % 3])
        if step in (100, 200):
            seal(world)
    for serial in range(1, 7):
        world.document(1, "示例鉴", serial)
    for serial in range(1, 5):
        world.document(2, "示例函", serial)
    world.issue(world.documents[2], status="WITHDRAWN")
    for act in world.acts[230:234]:
        world.erase(act)
    seal(world)
    world.act(matter=1)
    world.act(matter=2)
    return world


def seal(world: World) -> None:
    """Run the sequencer, at the world's present time."""
    assert sequencer.run_once(START + timedelta(seconds=world.steps))

"""A small log in memory, as its keeper has it: for draws that are proved, and for those that only look so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jianheng.kernel import canonical, draw, merkle, notes, pulses, tickets
from jianheng.kernel.errors import Reason

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = 0x1F2E3D4C5B6A79881726354453627180  # of a beacon of these tests
CHAIN = pulses.Chain("tests", pulses.public_key(SECRET), 1_760_000_000, 3, "00" * 32)
ROUND = CHAIN.first_after(AT + timedelta(minutes=10))
PULSE = pulses.sign(SECRET, ROUND)
SALT = "5a" * 32
CASE = draw.Case("示例市示例区人民法院", "（2026）吉0199民初100号", "FM0202", "7b" * 32)
OFFICER = "主持摇号的司法技术人员"


class Log:
    """Entries, and receipts for them under a checkpoint signed at a moment of the keeper's choice."""

    def __init__(self) -> None:
        private = Ed25519PrivateKey.generate()
        self.key = notes.Key("tests/log", private.public_key().public_bytes_raw())
        self.sign, self.entries = private.sign, list[dict[str, Any]]()
        outside = Ed25519PrivateKey.generate()
        self.witness = notes.Key("tests/witness", outside.public_key().public_bytes_raw(), notes.COSIGNATURE_V1)
        self.cosign = outside.sign

    def add(self, kind: str, data: Any, *, at: datetime = AT, matter: int = 12) -> int:
        """An entry; its place."""
        entry = {"v": 1, "id": f"{len(self.entries):036d}", "kind": kind, "region": "220199", "matter": matter}
        self.entries.append(entry | {"at": canonical.instant(at), "data": data})
        return len(self.entries) - 1

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry."""
        return merkle.leaf_hash(canonical.encode(self.entries[index]))

    def receipt(
        self, index: int, *, signed: datetime, size: int = 0, cosigned: datetime | None = None
    ) -> dict[str, Any]:
        """The receipt of an entry under a checkpoint said to be signed then, and cosigned by the witness."""
        leaves = [self.leaf(number) for number in range(size or len(self.entries))]
        text = notes.Checkpoint(
            "tests/log", len(leaves), merkle.root(leaves), (f"time {canonical.instant(signed)}", "after 0")
        ).text()
        lines = [notes.sign(text, self.key, self.sign)]
        if cosigned is not None:
            at = int(cosigned.timestamp())
            lines.append(notes.cosign(text, self.witness, self.cosign, time_seconds=at))
        note = notes.Note(text, tuple(lines))
        way = [merkle.root(leaves[start:end]) for start, end in merkle.inclusion_ranges(index, len(leaves))]
        return {
            "format": "jianheng-receipt/1",
            "status": "sealed",
            "entry": self.entries[index],
            "digest": "sha256",
            "leaf_hash": leaves[index].hex(),
            "index": index,
            "size": len(leaves),
            "inclusion": [hashed.hex() for hashed in way],
            "checkpoint": str(note),
            "key": str(self.key),
        }


def texts(*words: str) -> tuple[draw.Text, ...]:
    """What both sides and the officer wrote."""
    said = (*words, "", "", "")[:3]
    names = ("申请人一方", "对方当事人", OFFICER)
    return tuple(draw.Text(who, text, f"{n:02x}" * 32) for n, (who, text) in enumerate(zip(names, said, strict=True)))


def announced(words: tuple[draw.Text, ...], **changes: Any) -> dict[str, Any]:
    """An announcement of seven institutions."""
    size = changes.pop("size", 7)
    expired = Reason("LICENCE_EXPIRED", "许可证有效期已经届满。", ("司法鉴定机构登记管理办法 第三条",))
    said = {
        "draw": "d1" * 16,
        "matter": 12,
        "case": CASE,
        "category": ("FM0202", "致残等级鉴定"),
        "candidates": [draw.Candidate(f"9{n:017d}", f"示例司法鉴定所{n}", n % 4, n) for n in range(1, size + 1)],
        "exclusions": [draw.Exclusion("8" + "0" * 17, "示例已过期鉴定所", (expired,))],
        "texts": words,
        "share": tickets.Share(20, 2, 1, 24),
        "at": AT,
        "decides": draw.Round(CHAIN, ROUND, 60, 3600),
    }
    return draw.announcement(**said | changes)


def waiting(log: Log, *words: str, signed: datetime = AT + timedelta(seconds=2), **changes: Any) -> dict[str, Any]:
    """A draw announced in the log and sealed, without its pulse."""
    said = announced(texts(*words), **changes)
    index = log.add("draw.announced", draw.entry_data(said, SALT))
    file = draw.opened(said, salt=SALT, case=CASE, texts=texts(*words))
    return file | {"proofs": {"announcement": log.receipt(index, signed=signed)}}


def drawn(log: Log, *words: str, **changes: Any) -> dict[str, Any]:
    """The same, concluded."""
    file = waiting(log, *words, **changes)
    leaf = bytes.fromhex(file["proofs"]["announcement"]["leaf_hash"])
    file = draw.conclude(file, leaf, PULSE)
    after = AT + timedelta(minutes=11)
    index = log.add("draw.result", draw.result(file, leaf), at=after)
    return file | {"proofs": file["proofs"] | {"result": log.receipt(index, signed=after), "events": []}}


def passed(log: Log, file: dict[str, Any], ground: str = "REFUSED", *, matter: int = 12) -> dict[str, Any]:
    """The same after its holder gave way."""
    later = AT + timedelta(hours=1 + len(file["events"]))
    happened = draw.event(file, kind="PASSED", matter=matter, ground=ground, at=later)
    index = log.add("draw.event", draw.event_data(file, happened), at=later, matter=matter)
    proofs = file["proofs"] | {"events": [*file["proofs"]["events"], log.receipt(index, signed=later)]}
    return draw.with_event(file, happened) | {"proofs": proofs}


def written(path: Path, value: Any) -> Path:
    """The file, kept."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path

"""A generator of forgeries: of honest exports and receipts, one thing at a time is changed.

Two kinds. *Sweeps* change every member of one row of each kind, every value of a receipt: whatever is said there, no other
value may pass. *Schemes* are what somebody would do on purpose, each with what it must be found as, and where.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jianheng.kernel import canonical

Row = dict[str, Any]


class Material:
    """An export in a directory, which can be changed and put back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.honest = {file.stem: file.read_bytes() for file in path.glob("*.jsonl")}
        self.manifest = (path / "manifest.json").read_bytes()
        self.files = {file: file.read_bytes() for file in path.rglob("*.pdf")}

    def rows(self, name: str) -> list[Row]:
        """The honest rows of a file."""
        return [json.loads(line) for line in self.honest[name].splitlines()]

    def write(self, name: str, rows: list[Row]) -> None:
        """Other rows, and the count that fits them."""
        (self.path / f"{name}.jsonl").write_bytes(b"".join(canonical.encode(row) + b"\n" for row in rows))
        manifest = json.loads(self.manifest)
        manifest["rows"][name] = len(rows)
        (self.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    def put_back(self) -> None:
        """As it was."""
        for name, content in self.honest.items():
            (self.path / f"{name}.jsonl").write_bytes(content)
        (self.path / "manifest.json").write_bytes(self.manifest)
        for file, content in self.files.items():
            file.write_bytes(content)


# --- sweeps ---------------------------------------------------------------------------------------------------


def other(value: Any) -> Any:
    """Another value of the same kind, as near as can be."""
    match value:
        case None:
            return "x"
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return _other_text(value)
        case [first, *rest]:
            return [other(first), *rest]
        case []:
            return ["x"]
        case dict():
            if not value:
                return {"x": 1}
            name = sorted(value)[-1]
            return value | {name: other(value[name])}
    raise TypeError(type(value))


def _other_text(text: str) -> str:
    """One letter changed where the meaning is: in a note, a letter of its last signature."""
    if not text:
        return "x"
    place = len(text) // 2 if "\n\n" not in text else len(text) - 10
    letter = "b" if text[place] != "b" else "c"
    return text[:place] + letter + text[place + 1 :]


def kinds_of(name: str, rows: list[Row]) -> Iterator[int]:
    """The last row; of entries, the last of each kind that speaks of something in another file."""
    found: dict[Any, int] = {}
    for index, row in enumerate(rows):
        if name != "entries" or row["kind"] in ("act", "document", "register"):
            found[row["kind"] if name == "entries" else ""] = index
    yield from found.values()


# Files of an export of a young log, and how many changes there are at least; no tile is full, nothing waits.
FILES = {
    "entries": 24,
    "leaves": 3,
    "checkpoints": 5,
    "acts": 8,
    "documents": 8,
    "register": 6,
    "changes": 6,
    "state": 3,
}


def edited_members(material: Material, name: str) -> Iterator[tuple[str, list[Row]]]:
    """(what, rows of the file) with one member of one row changed."""
    rows = material.rows(name)
    for index in kinds_of(name, rows):
        for member in sorted(rows[index]):
            changed = copy.copy(rows)
            changed[index] = rows[index] | {member: other(rows[index][member])}
            yield f"{name}.{member} in line {index + 1}", changed


def edited_values(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(path, whole) of a JSON value with one scalar in it changed."""
    for place, inside in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inside, dict | list) and inside:
            for deeper, changed in edited_values(inside, (*path, place)):
                yield deeper, _with(value, place, changed)
        else:
            yield (*path, place), _with(value, place, other(inside))


def _with(value: Any, place: Any, inside: Any) -> Any:
    changed = copy.copy(value)
    changed[place] = inside
    return changed


# --- schemes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scheme:
    """What somebody does to an export, what it must be found as, and in which file."""

    name: str
    do: Callable[[Material], None]
    code: str
    place: str


def _change(name: str, change: Callable[[list[Row]], list[Row]]) -> Callable[[Material], None]:
    return lambda material: material.write(name, change(material.rows(name)))


def _drop(name: str, index: int = -1) -> Callable[[Material], None]:
    def change(rows: list[Row]) -> list[Row]:
        del rows[index]
        return rows

    return _change(name, change)


def _double(name: str, index: int = 0) -> Callable[[Material], None]:
    return _change(name, lambda rows: [*rows, rows[index]])


def _swap(name: str) -> Callable[[Material], None]:
    return _change(name, lambda rows: [*rows[:-2], rows[-1], rows[-2]])


def _set(name: str, index: int, /, **members: Any) -> Callable[[Material], None]:
    def change(rows: list[Row]) -> list[Row]:
        rows[index] |= members
        return rows

    return _change(name, change)


def _in_row(name: str, index: int, /, **members: Any) -> Callable[[Material], None]:
    """Content changed, and every column that repeats it."""

    def change(rows: list[Row]) -> list[Row]:
        columns = {member: value for member, value in members.items() if member in rows[index]}
        rows[index] = rows[index] | columns | {"row": rows[index]["row"] | members}
        return rows

    return _change(name, change)


def _body(index: int, old: str, new: str) -> Callable[[Material], None]:
    """An entry's content changed together with its column and its hash."""

    def change(rows: list[Row]) -> list[Row]:
        body = rows[index]["body"].replace(old, new, 1)
        assert body != rows[index]["body"], (old, rows[index]["body"])
        leaf = hashlib.sha256(b"\0" + body.encode()).hexdigest()
        told = json.loads(body)
        columns = {member: told[member] for member in ("id", "region", "kind", "matter", "at")}
        rows[index] |= {"body": body, "leaf_hash": leaf, **columns}
        return rows

    return _change("entries", change)


def _cosignatures(change: Callable[[list[str]], list[str]]) -> Callable[[Material], None]:
    def changed(rows: list[Row]) -> list[Row]:
        for row in rows:
            row["cosignatures"] = change(row["cosignatures"])
        return rows

    return _change("checkpoints", changed)


def _flipped(line: str) -> str:
    head, _, encoded = line.rstrip("\n").rpartition(" ")
    data = bytearray(base64.b64decode(encoded))
    data[-1] ^= 1
    return f"{head} {base64.b64encode(bytes(data)).decode()}\n"


def _later(line: str) -> str:
    head, _, encoded = line.rstrip("\n").rpartition(" ")
    data = bytearray(base64.b64decode(encoded))
    data[11] ^= 1  # the last byte of the time
    return f"{head} {base64.b64encode(bytes(data)).decode()}\n"


def _bend_pdf(material: Material) -> None:
    file, content = next(iter(material.files.items()))
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def _lose_pdf(material: Material) -> None:
    next(iter(material.files)).unlink()


def _manifest(**members: Any) -> Callable[[Material], None]:
    def do(material: Material) -> None:
        told = json.loads(material.manifest) | members
        (material.path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")

    return do


def _truncate(name: str) -> Callable[[Material], None]:
    def do(material: Material) -> None:
        (material.path / f"{name}.jsonl").write_bytes(material.honest[name][:-20])

    return do


def _lose(name: str) -> Callable[[Material], None]:
    return lambda material: (material.path / f"{name}.jsonl").unlink()


def _swap_members(name: str, member: str) -> Callable[[Material], None]:
    """The same member of the first two rows exchanged."""

    def change(rows: list[Row]) -> list[Row]:
        rows[0][member], rows[1][member] = rows[1][member], rows[0][member]
        assert rows[0][member] != rows[1][member]
        return rows

    return _change(name, change)


SCHEMES = (
    Scheme("an act's outcome", _in_row("acts", 3, outcome="REFUSED"), "ACT_EDITED", "acts"),
    Scheme("an act's time", _in_row("acts", 3, at="2026-03-01T00:00:00.000000Z"), "ACT_EDITED", "acts"),
    Scheme("who acted", _in_row("acts", 3, name="示例他人"), "ACT_EDITED", "acts"),
    Scheme("what was given", _in_row("acts", 3, given={}), "ACT_EDITED", "acts"),
    Scheme("two acts' contents exchanged", _swap_members("acts", "row"), "ACT_EDITED", "acts"),
    Scheme("two acts' entries exchanged", _swap_members("acts", "entry"), "ACT_EDITED", "acts"),
    Scheme("an act left out", _drop("acts", 4), "ACT_MISSING", "entries"),
    Scheme("an act told twice", _double("acts"), "ACT_NOT_LOGGED", "acts"),
    Scheme("an act of another matter", _set("acts", 2, matter=999), "ACT_EDITED", "acts"),
    Scheme("an act hidden as if erased", _set("acts", 2, row=None, salt=None), "ERASED_WITHOUT_ENTRY", "acts"),
    Scheme("a paper's state", _in_row("documents", 0, status="WITHDRAWN"), "DOCUMENT_EDITED", "documents"),
    Scheme("a paper's number", _set("documents", 0, number="（2026）假1号"), "DOCUMENT_EDITED", "documents"),
    Scheme("a paper's hash", _set("documents", 0, sha256="00" * 32), "DOCUMENT_EDITED", "documents"),
    Scheme("two papers' files exchanged", _swap_members("documents", "sha256"), "DOCUMENT_EDITED", "documents"),
    Scheme("a paper left out", _drop("documents"), "DOCUMENT_MISSING", "entries"),
    Scheme("a paper told twice", _double("documents"), "DOCUMENT_NOT_LOGGED", "documents"),
    Scheme("a byte of a paper", _bend_pdf, "DOCUMENT_FILE_CHANGED", "documents"),
    Scheme("a paper's file gone", _lose_pdf, "FILE_MISSING", "documents"),
    Scheme("a statement of the register", _set("register", 0, code="licence-other"), "REGISTER_EDITED", "register"),
    Scheme("a statement of the register left out", _drop("register", 0), "REGISTER_MISSING", "entries"),
    Scheme("a statement of the register told twice", _double("register"), "REGISTER_NOT_LOGGED", "register"),
    Scheme("an entry back-dated", _body(-1, '"at":"2026', '"at":"2025'), "LEAF_EDITED", "leaves"),
    Scheme(
        "an entry back-dated, its time named", _body(-1, '"at":"2026', '"at":"2025'), "ENTRY_TIME_OUTSIDE", "entries"
    ),
    Scheme("an entry dated ahead", _body(-1, '"at":"2026', '"at":"2027'), "ENTRY_TIME_OUTSIDE", "entries"),
    Scheme("an entry of another kind", _body(0, '"kind":"', '"kind":"x'), "LEAF_EDITED", "leaves"),
    Scheme("an entry of another region", _body(0, '"region":"', '"region":"9'), "LEAF_EDITED", "leaves"),
    Scheme("an entry left out", _drop("entries", 5), "ENTRY_MISSING", "leaves"),
    Scheme("an entry told twice", _double("entries"), "ENTRY_DUPLICATE", "entries"),
    Scheme("a leaf left out", _drop("leaves", 5), "LEAF_MISSING", "leaves"),
    Scheme("the last leaf left out", _drop("leaves"), "LEAF_MISSING", "checkpoints"),
    Scheme("two leaves exchanged", _swap("leaves"), "LEAF_MISSING", "leaves"),
    Scheme("two leaves' entries exchanged", _swap_members("leaves", "entry"), "LEAF_EDITED", "leaves"),
    Scheme("a leaf told twice", _double("leaves"), "LEAF_DUPLICATE", "leaves"),
    Scheme("a leaf's hash", _set("leaves", 7, leaf_hash="00" * 32), "LEAF_EDITED", "leaves"),
    Scheme(
        "a waiting entry that has its place",
        _change("pending", lambda _: [{"entry": "x"}]),
        "PENDING_INVALID",
        "pending",
    ),
    Scheme("a checkpoint left out", _drop("checkpoints", 1), "CHECKPOINT_MISSING", "checkpoints"),
    Scheme("the newest checkpoint left out", _drop("checkpoints"), "CHECKPOINT_MISSING", "checkpoints"),
    Scheme("two checkpoints exchanged", _swap("checkpoints"), "CHECKPOINT_MISSING", "checkpoints"),
    Scheme(
        "a checkpoint's time",
        _set("checkpoints", 1, at="2026-01-01T00:00:00.000000Z"),
        "CHECKPOINT_EDITED",
        "checkpoints",
    ),
    Scheme("a checkpoint's root", _set("checkpoints", 1, root="00" * 32), "CHECKPOINT_EDITED", "checkpoints"),
    Scheme("every cosignature left out", _cosignatures(lambda lines: []), "COSIGNATURES_MISSING", "checkpoints"),
    Scheme("cosignatures of two only", _cosignatures(lambda lines: lines[:2]), "COSIGNATURES_MISSING", "checkpoints"),
    Scheme(
        "one cosignature bent",
        _cosignatures(lambda lines: [*map(_flipped, lines[:1]), *lines[1:]]),
        "COSIGNATURE_FORGED",
        "checkpoints",
    ),
    Scheme(
        "one cosignature of another time",
        _cosignatures(lambda lines: [*map(_later, lines[:1]), *lines[1:]]),
        "COSIGNATURE_FORGED",
        "checkpoints",
    ),
    Scheme(
        "one witness counted thrice",
        _cosignatures(lambda lines: lines[:1] * 3),
        "COSIGNATURES_MISSING",
        "checkpoints",
    ),
    Scheme("another log's name", _manifest(origin="another/log"), "CHECKPOINT_EDITED", "checkpoints"),
    Scheme("fewer acts than counted", _truncate("acts"), "ROW_MALFORMED", "acts"),
    Scheme("no acts at all", _lose("acts"), "FILE_MISSING", "acts"),
    Scheme("no leaves at all", _lose("leaves"), "FILE_MISSING", "leaves"),
    Scheme("no checkpoints at all", _lose("checkpoints"), "FILE_MISSING", "checkpoints"),
)

"""An object-centric event log: OCEL 2.0 in its JSON form (ocel-standard.org, 2023).

Objects: matters, one type for each procedure; papers; organisations; persons. Events: acts, one type for each act of a
procedure. Relationships are qualified: an event has its ``matter``, the ``case`` that matter belongs to, who it was done
``by`` and for which organisation, and the papers it ``made``; a matter has the one it came ``from`` and its ``case``.
Written piece by piece: a log of millions of events needs little memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jianheng.config.openexport.events import Event, Read

BEGINNING = "1970-01-01T00:00:00.000000Z"  # since when an attribute has been so, where nobody knows
OF_EVENTS = ("title", "outcome", "holder")
OF_MATTERS = ("reference", "title", "region", "end")
OF_DOCUMENTS = ("kind", "title", "number", "status")
OF_ORGANISATIONS = ("name", "kind", "region")


def write(read: Read, path: Path) -> int:
    """Write the log; returns the number of events."""
    kinds: dict[str, None] = {}
    procedures: dict[str, None] = {}
    for matter, events in read.traces():
        procedures[matter["procedure"]] = None
        kinds |= dict.fromkeys(f"{event.procedure}.{event.code}" for event in events)
    types: dict[str, tuple[str, ...]] = {name: OF_MATTERS for name in procedures}
    types |= {"document": OF_DOCUMENTS, "organisation": OF_ORGANISATIONS, "person": ("name",)}
    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        for matter, events in read.traces():
            for event in events:
                count += 1
                yield _event(event, matter)

    with path.open("w", encoding="utf-8") as file:
        file.write('{"objectTypes": ' + json.dumps([_type(name, of) for name, of in types.items()]))
        file.write(', "eventTypes": ' + json.dumps([_type(name, OF_EVENTS) for name in kinds]))
        for name, rows in (("objects", _objects(read)), ("events", counted())):
            file.write(f', "{name}": [\n')
            for number, row in enumerate(rows):
                file.write((",\n" if number else "") + json.dumps(row, ensure_ascii=False))
            file.write("]")
        file.write("}\n")
    return count


def _type(name: str, attributes: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": attribute, "type": "string"} for attribute in attributes]}


def _objects(read: Read) -> Iterator[dict[str, Any]]:
    persons: dict[int, str] = {}
    for matter, events in read.traces():
        persons |= {event.person: event.name for event in events if event.person is not None}
        yield _matter(matter)
    for row in read.lines("documents"):
        if row["row"]:
            yield _object(
                f"document:{row['row']['code']}",
                "document",
                _values(row["row"], OF_DOCUMENTS, row["row"]["issued_at"] or row["row"]["requested_at"]),
                [(f"matter:{row['matter']}", "matter")],
            )
    for number, organisation in read.organisations().items():
        values = _values(organisation, OF_ORGANISATIONS, BEGINNING)
        above = [(f"organisation:{organisation['parent']}", "parent")] if organisation["parent"] else []
        yield _object(f"organisation:{number}", "organisation", values, above)
    for person, name in persons.items():
        yield _object(f"person:{person}", "person", _values({"name": name}, ("name",), BEGINNING), [])


def _matter(matter: Mapping[str, Any]) -> dict[str, Any]:
    values = _values(matter, OF_MATTERS[:-1], matter["opened_at"])
    if matter["closed_at"]:
        values += _values(matter, OF_MATTERS[-1:], matter["closed_at"])
    others = [
        (f"matter:{matter[name]}", said)
        for name, said in (("root", "case"), ("parent", "from"))
        if matter[name] and matter[name] != matter["id"]
    ]
    return _object(f"matter:{matter['id']}", matter["procedure"], values, others)


def _values(row: Mapping[str, Any], names: Iterable[str], since: str) -> list[dict[str, str]]:
    return [{"name": name, "time": since, "value": str(row[name])} for name in names if row[name] not in (None, "")]


def _object(
    number: str, kind: str, attributes: list[dict[str, str]], related: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    return {"id": number, "type": kind, "attributes": attributes, "relationships": _related(related)}


def _related(related: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": number, "qualifier": qualifier} for number, qualifier in related]


def _event(event: Event, matter: Mapping[str, Any]) -> dict[str, Any]:
    related = [(f"matter:{event.matter}", "matter")]
    if matter["root"] and matter["root"] != event.matter:
        related.append((f"matter:{matter['root']}", "case"))
    if event.person is not None:
        related.append((f"person:{event.person}", "by"))
    if event.organisation is not None:
        related.append((f"organisation:{event.organisation}", "for"))
    related += [(f"document:{code}", "made") for code in event.documents]
    return {
        "id": event.id,
        "type": f"{event.procedure}.{event.code}",
        "time": event.at,
        "attributes": [{"name": name, "value": getattr(event, name)} for name in OF_EVENTS],
        "relationships": _related(related),
    }

"""An event log in XES (IEEE 1849-2016): one trace for each matter, one event for each act.

With the standard extensions concept (names), time (timestamps), lifecycle (every act is complete when it is recorded)
and organizational (who did it, in which role, for which organisation).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from jianheng.config.openexport.events import Event, Read

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
NOTHING = {"concept:name": "", "lifecycle:transition": "complete"}
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Writer:
    """Elements one after the other, with characters XML 1.0 does not know told as U+FFFD."""

    def __init__(self, file: Any) -> None:
        self._xml = XMLGenerator(file, "utf-8", short_empty_elements=True)
        self._xml.startDocument()

    def open(self, element: str, **attributes: str) -> None:
        clean = {name: _NOT_XML.sub("\ufffd", value) for name, value in attributes.items()}
        self._xml.startElement(element, AttributesImpl(clean))

    def close(self, element: str) -> None:
        self._xml.endElement(element)
        self._xml.characters("\n")

    def put(self, element: str, **attributes: str) -> None:
        self.open(element, **attributes)
        self.close(element)

    def string(self, key: str, value: str) -> None:
        if value:
            self.put("string", key=key, value=value)


def write(read: Read, path: Path) -> int:
    """Write the log; returns the number of events."""
    organisations = {number: str(row["name"]) for number, row in read.organisations().items()}
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        to = _Writer(file)
        to.open("log", **{"xes.version": "1849-2016", "xes.features": "", "xmlns": NAMESPACE})
        _head(to)
        for matter, events in read.traces():
            to.open("trace")
            _trace(to, matter)
            for event in events:
                count += 1
                _event(to, event, organisations)
            to.close("trace")
        to.close("log")
    return count


def _head(to: _Writer) -> None:
    for name, prefix, uri in EXTENSIONS:
        to.put("extension", name=name, prefix=prefix, uri=uri)
    to.open("global", scope="trace")
    to.put("string", key="concept:name", value="")
    to.close("global")
    to.open("global", scope="event")
    for key, value in NOTHING.items():
        to.put("string", key=key, value=value)
    to.put("date", key="time:timestamp", value="1970-01-01T00:00:00.000+00:00")
    to.close("global")
    to.put("classifier", name="Activity", keys="concept:name lifecycle:transition")
    to.put("classifier", name="Resource", keys="org:resource")
    to.put("string", key="concept:name", value="鉴衡")
    to.put("string", key="lifecycle:model", value="standard")


def _trace(to: _Writer, matter: Mapping[str, Any]) -> None:
    to.put("string", key="concept:name", value=str(matter["id"]))
    for key in ("reference", "title", "procedure", "region", "end"):
        to.string(key, str(matter[key] or ""))
    to.put("int", key="version", value=str(matter["version"]))
    to.put("int", key="case", value=str(matter["root"] or matter["id"]))


def _event(to: _Writer, event: Event, organisations: Mapping[int, str]) -> None:
    to.open("event")
    to.put("string", key="concept:name", value=event.title)
    to.put("string", key="concept:instance", value=event.id)
    to.put("date", key="time:timestamp", value=_timestamp(event.at))
    to.put("string", key="lifecycle:transition", value="complete")
    to.string("org:resource", event.name)
    to.string("org:role", event.holder)
    to.string("org:group", organisations.get(event.organisation or 0, ""))
    to.string("act", f"{event.procedure}.{event.code}")
    to.string("outcome", event.outcome)
    to.close("event")


def _timestamp(at: str) -> str:
    """XES wants xs:dateTime; many readers know no more than milliseconds."""
    return f"{at[:23]}+00:00"

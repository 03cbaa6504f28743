"""The policy of witnesses (C2SP tlog-policy): which logs, which witnesses, and how many of them make a quorum.

Pure text. A policy names each witness's key and, for whoever collects cosignatures, its address.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from jianheng.kernel import notes
from jianheng.kernel.errors import Fault

NONE = "none"
_BLANK = re.compile("[ \t]+")


class MalformedPolicyFault(Fault):
    """The text is not a policy of the C2SP form."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A body that cosigns: its name in the policy, its key, and where it is asked ("" where nobody says)."""

    name: str
    key: notes.Key
    address: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses, groups ``{name: (threshold, members)}``, and the name whose word makes the quorum."""

    logs: tuple[notes.Key, ...]
    witnesses: tuple[Witness, ...]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def suffices(self, cosigned: Collection[str], name: str = "") -> bool:
        """Whether these witnesses together make the quorum."""
        name = name or self.quorum
        if name == NONE:
            return True
        if name not in self.groups:
            return name in cosigned
        threshold, members = self.groups[name]
        return sum(self.suffices(cosigned, member) for member in members) >= threshold

    def last(self, said: Mapping[str, datetime], name: str = "") -> datetime | None:
        """The last moment at which the whole quorum had spoken, ``said`` being each one's last word."""
        name = name or self.quorum
        if name not in self.groups:
            return said.get(name)
        threshold, members = self.groups[name]
        there = sorted((at for member in members if (at := self.last(said, member))), reverse=True)
        return there[threshold - 1] if len(there) >= threshold else None


class _Reading:
    """A policy as far as it has been read."""

    def __init__(self) -> None:
        self.logs: list[notes.Key] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum = ""

    def line(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.log(notes.parse_key(vkey))
            case ["witness", name, vkey, *address] if len(address) <= 1:
                self.witness(Witness(name, notes.parse_key(vkey), "".join(address)))
            case ["group", name, threshold, *members] if members:
                self.group(name, threshold, members)
            case ["quorum", name] if not self.quorum and (name == NONE or self.knows(name)):
                self.quorum = name
            case _:
                raise MalformedPolicyFault("neither log, witness, group nor the one quorum line")

    def log(self, key: notes.Key) -> None:
        if key.kind != notes.ED25519 or any(key.public == other.public for other in self.logs):
            raise MalformedPolicyFault("a log has a key of type 0x01, and has it once")
        self.logs.append(key)

    def witness(self, new: Witness) -> None:
        if new.key.kind != notes.COSIGNATURE_V1:
            raise MalformedPolicyFault(f"{new.name}: only keys of type 0x04 (cosignature/v1) are understood yet")
        if any(new.key.public == other.key.public for other in self.witnesses.values()):
            raise MalformedPolicyFault(f"{new.name}: another witness has the same key")
        self.unused(new.name)
        self.witnesses[new.name] = new

    def group(self, name: str, threshold: str, members: list[str]) -> None:
        self.unused(name)
        taken = {member for _, others in self.groups.values() for member in others}
        if len(set(members)) < len(members) or taken & set(members) or not all(map(self.knows, members)):
            raise MalformedPolicyFault(f"{name}: each member stands on a line before and in one group, once")
        word = {"any": "1", "all": str(len(members))}.get(threshold, threshold)
        if not re.fullmatch("[1-9][0-9]{0,3}", word) or int(word) > len(members):
            raise MalformedPolicyFault(f"{name}: the threshold lies between 1 and the number of members")
        self.groups[name] = (int(word), tuple(members))

    def knows(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def unused(self, name: str) -> None:
        if name == NONE or self.knows(name):
            raise MalformedPolicyFault(f"{name}: the name is taken")


def parse(text: str) -> Policy:
    """The policy written in ``text``."""
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), start=1):
        if any((one < " " and one != "\t") or one == "\x7f" for one in line):
            raise MalformedPolicyFault(f"line {number}: a control character")
        words = _BLANK.split(line.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            continue
        try:
            reading.line(words)
        except (MalformedPolicyFault, notes.MalformedNoteFault) as wrong:
            raise MalformedPolicyFault(f"line {number}: {wrong}") from wrong
    if not reading.quorum:
        raise MalformedPolicyFault("there is no quorum line")
    return Policy(tuple(reading.logs), tuple(reading.witnesses.values()), reading.groups, reading.quorum)

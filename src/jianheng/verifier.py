#!/usr/bin/env python3
"""鉴衡独立核验程序 · the independent verifier of Jianheng.

    python verifier.py PATH… [--key KEY]… [--policy FILE | --witness KEY…] [--at TIME] [--since CHECKPOINT] [--json]

One file, to be read before it is believed. It needs Python 3.11 and the package ``cryptography``, no network, no
database, and shares no line of code with the programs whose work it checks. What it can be given, in any number:

* a **receipt** (``jianheng-receipt/1``): entry → leaf → inclusion proof → root → signed checkpoint;
* an **export**, directory or zip (``jianheng-export/1``): every entry, leaf, tile and checkpoint is recomputed; every
  act and document must have its log entry and every such entry its act or document; content must fit its
  commitment, numbers must have no gap, PDF files must be the ones that were logged;
* a **draw file** (``jianheng-draw/2``): its order recomputed from what was announced and the beacon's pulse, its
  receipts checked; with ``--pulse`` a draw that was announced and not concluded says who is due;
* a **checkpoint** (a signed note) from another day or another place: an export that does not continue it was rolled
  back or rewritten;
* a **PDF**: its SHA-256 must stand in a document entry of the export or of a receipt given beside it;
* any other directory: all of these found in it.

Standards: RFC 8785 (canonical JSON, without fractions), RFC 9162 section 2.1 (tree), C2SP signed-note,
tlog-checkpoint, tlog-cosignature, tlog-policy and tlog-tiles, RFC 8032 (Ed25519), RFC 9380
(hashing to a curve; the BLS signatures of beacons by the package ``py_ecc``). Without ``--key`` the key found in the material itself is used, which proves that the material agrees with itself but not who made it: pin the
log's key.

**Witnesses.** Whoever holds the log's key can write any history. A policy names bodies outside that have cosigned
checkpoints, and how many of them must have: then a receipt needs its checkpoint cosigned by the quorum, and an export
(or a checkpoint alone) must besides be fresh: the quorum's newest cosignature at most one hour older than the moment
of checking, or than ``--at``. Without a policy the report says that nobody outside vouches for the material.

**Times.** An entry says when it was made. It must have been made between the checkpoint before its place in the tree
and the one that has it, give or take fifteen minutes back (transactions still open) and two ahead (clocks of two
machines); under a policy the times of these two are those at which the quorum cosigned. Only where operators stated in the log that
their clock was ahead may entries that their statement names, by leaf hash, claim a later time, up to what it says; they come behind
it in the tree, and the report says so: their time is then claimed, not proved. A PDF's signatures, too, say when they
were made, which must be when its entry was.

Exit status: 0 everything holds, 1 something does not (each with its place), 2 misused.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes as cryptographic_hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXPORT, RECEIPT, DRAW = "jianheng-export/1", "jianheng-receipt/1", "jianheng-draw/2"
OLD_DRAW = "jianheng-draw/1"
EXPORT_FILES = ("entries.jsonl", "leaves.jsonl", "checkpoints.jsonl")  # where one is, there is an export
LARGEST_FILE = 256 * 1024 * 1024
LONGEST_LINE = 16 * 1024 * 1024
AHEAD = "clock.ahead"  # the kind of entry by which operators state that their clock was ahead
IN_FLIGHT, SKEW, STALE = 15 * 60, 2 * 60, 60 * 60  # seconds: see "Times" and "Witnesses" above
ED25519, COSIGNATURE_V1, ML_DSA_44 = 0x01, 0x04, 0x06  # kinds of keys and signatures (C2SP)


class Malformed(Exception):
    """The material is not of the form it should have; the message says what, in Chinese."""


class Problem(NamedTuple):
    """Something that does not hold: a stable code, the place, and a sentence."""

    code: str
    place: str
    text: str


@dataclass
class Report:
    """What was found."""

    problems: dict[Problem, None] = field(default_factory=dict)  # in order of finding, each once
    notes: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def fail(self, code: str, place: str, text: str) -> None:
        """Add a problem."""
        self.problems[Problem(code, place, text)] = None

    def note(self, text: str) -> None:
        """Add a remark that is not a failure, once."""
        if text not in self.notes:
            self.notes.append(text)


# --- canonical JSON (RFC 8785) --------------------------------------------------------------------------------

_ESCAPED = {one: f"\\u{one:04x}" for one in range(32)}
_ESCAPED |= str.maketrans({'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# Python's writer escapes just what RFC 8785 does, and sorts names as it does as long as they are ASCII: see _plain.
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)
_LARGEST = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The one form of a value."""
    try:
        return _WRITER.encode(value).encode() if _plain(value) else _canonical(value)
    except RecursionError:
        raise Malformed("嵌套过深") from None
    except UnicodeEncodeError:
        raise Malformed("文字含有半个代理对") from None


def _plain(value: Any) -> bool:
    """Whether Python's own writer writes the canonical form: nothing but texts, exact integers, truth values, null,
    lists and objects, whose names are ASCII. Everything else is for :func:`_canonical`."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is dict:
            if {*map(type, one)} - {str} or not "".join(one).isascii():
                return False
            waiting.extend(one.values())
        elif kind is list:
            waiting.extend(one)
        elif kind is int:
            if not -_LARGEST <= one <= _LARGEST:
                return False
        elif kind is not str and kind is not bool and one is not None:
            return False
    return True


def _canonical(value: Any) -> bytes:
    if value is None or value is True or value is False:
        return {None: b"null", True: b"true", False: b"false"}[value]
    if isinstance(value, int):
        if not -(2**53) < value < 2**53:
            raise Malformed(f"整数 {value} 超出 2^53")
        return b"%d" % value
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return b"[" + b",".join(_canonical(item) for item in value) + b"]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return b"{" + b",".join(_quoted(name) + b":" + _canonical(value[name]) for name in names) + b"}"
    raise Malformed(f"{type(value).__name__} 没有规范形式")


def _quoted(text: str) -> bytes:
    try:
        return f'"{text.translate(_ESCAPED)}"'.encode()
    except UnicodeEncodeError:
        raise Malformed("文字含有半个代理对") from None


def _refuse(text: str) -> Any:
    raise Malformed(f"不接受的数值 {text}")


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise Malformed("同一对象中成员重名")
    return found


_READER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_refuse, parse_constant=_refuse)


def read_json(data: bytes) -> Any:
    """Strict JSON: no name twice, no fraction, nothing after the value."""
    try:
        return _READER.decode(data.decode(json.detect_encoding(data), "surrogatepass"))
    except (ValueError, RecursionError):
        raise Malformed("不是合规的 JSON") from None


def take(row: Any, /, **wanted: Any) -> list[Any]:
    """The named members, each of the wanted type; raises :class:`Malformed` otherwise."""
    if not isinstance(row, dict):
        raise Malformed("应为 JSON 对象")
    for name, kind in wanted.items():
        value = row.get(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Malformed(f"成员 {name} 缺失或者类型不符")
    return [row.get(name) for name in wanted]


def only(row: Any, /, *optional: str, **wanted: Any) -> list[Any]:
    """The named members as :func:`take` gives them; any member beyond those and the optional ones is refused."""
    values = take(row, **wanted)
    if unknown := row.keys() - wanted.keys() - set(optional):
        raise Malformed(f"不认识的成员 {'、'.join(sorted(unknown))}")
    return values


def same(one: Any, other: Any) -> bool:
    """Whether two values are written alike (Python holds 1 and true to be equal)."""
    if type(one) is type(other) and type(one) in (str, int, bool):
        return bool(one == other)
    return canonical(one) == canonical(other)


OPTIONAL_TEXT, OPTIONAL_NUMBER, OPTIONAL_ROW = (str, type(None)), (int, type(None)), (dict, type(None))


def from_hex(text: str, length: int | None = None) -> bytes:
    """Bytes from hexadecimal."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise Malformed(f"{text[:20]!r} 不是十六进制") from None
    if length is not None and len(data) != length:
        raise Malformed(f"应为 {length} 字节，实为 {len(data)} 字节")
    return data


def from_base64(text: str) -> bytes:
    """Bytes from base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{text[:20]!r} 不是 base64") from None


# --- hashes and the tree (RFC 9162 section 2.1) ---------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905)."""
    try:
        context = cryptographic_hashes.Hash(cryptographic_hashes.SM3())
    except UnsupportedAlgorithm:
        raise Malformed("本机的 cryptography 不支持 SM3") from None
    context.update(data)
    return context.finalize()


DIGESTS: dict[str, Callable[[bytes], bytes]] = {"sha256": sha256, "sm3": sm3}


def digest_named(name: str) -> Callable[[bytes], bytes]:
    """A hash function fit for the log."""
    if name not in DIGESTS:
        raise Malformed(f"杂凑算法 {name[:20]!r} 不可用于账本")
    return DIGESTS[name]


def join(left: bytes, right: bytes) -> bytes:
    """The node above two."""
    return sha256(b"\x01" + left + right)


def root_along(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which ``path`` leads from a leaf; the recursion of the RFC, turned around."""
    if size == 1:
        if path:
            raise Malformed("包含证明过长")
        return leaf
    if not path:
        raise Malformed("包含证明过短")
    middle = 1 << (size - 1).bit_length() - 1
    if index < middle:
        return join(root_along(leaf, index, middle, path[:-1]), path[-1])
    return join(path[-1], root_along(leaf, index - middle, size - middle, path[:-1]))


class Tree:
    """A growing tree as a stack of complete subtrees ``(number of leaves, hash)``."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf on the right."""
        size, hashed = 1, leaf
        while self.stack and self.stack[-1][0] == size:
            _, left = self.stack.pop()
            size, hashed = 2 * size, join(left, hashed)
        self.stack.append((size, hashed))

    def root(self) -> bytes:
        """The hash over all leaves."""
        if not self.stack:
            return sha256(b"")
        hashed = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            hashed = join(left, hashed)
        return hashed


# --- signed notes, checkpoints, keys (C2SP) -------------------------------------------------------------------


class Key(NamedTuple):
    """A public key under its name: a log's, or a witness's (``kind``)."""

    name: str
    key_id: bytes
    public: bytes
    kind: int = ED25519

    @classmethod
    def read(cls, text: str, kind: int = ED25519) -> Key:
        """From a verifier key ``name+id+base64``; the file holding it may be named instead."""
        text = text.strip()
        if text.count("+") < 2 and Path(text).is_file():
            text = Path(text).read_text(encoding="utf-8").strip()
        parts = text.split("+", 2)
        material = from_base64(parts[2]) if len(parts) == 3 else b""
        if kind == COSIGNATURE_V1 and material[:1] == bytes([ML_DSA_44]):
            raise Malformed(f"见证人 {parts[0]} 用的是 ML-DSA-44 公钥，本程序尚不能核验，请改用其 Ed25519 公钥")
        if len(material) != 33 or material[0] != kind:
            whose = "账本公钥，类型为 Ed25519" if kind == ED25519 else "见证人公钥，类型为 cosignature/v1"
            raise Malformed(f"应为 C2SP 形式“名称+编号+base64”的{whose}")
        key = cls(parts[0], sha256(parts[0].encode() + b"\n" + material)[:4], material[1:], kind)
        if key.key_id.hex() != parts[1]:
            raise Malformed("公钥的编号与其内容不符")
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Checkpoint(NamedTuple):
    """The tree at one size, as a note says it."""

    place: str
    origin: str
    size: int
    root: bytes
    extensions: dict[str, str]  # "time" of signing, size of the checkpoint it comes "after"
    text: str = ""
    lines: tuple[tuple[str, bytes], ...] = ()  # every signature: name, key id and what follows

    def time(self) -> int | None:
        """When it says it was signed, in POSIX seconds."""
        said = self.extensions.get("time")
        return None if said is None else int(instant(said).timestamp())


def read_checkpoint(note: str, place: str, keys: Iterable[Key]) -> Checkpoint:
    """The checkpoint in a signed note; raises :class:`Malformed` unless one of ``keys`` has signed it."""
    text, blank, below = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]{0,17}", lines[1]) or not below.endswith("\n"):
        raise Malformed("不是 C2SP 形式的检查点")
    message, good, signatures = (text + "\n").encode(), False, []
    for line in below[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        data = from_base64(encoded)
        if dash != "\u2014" or len(data) < 5:
            raise Malformed("检查点的签名行不合规")
        signatures.append((name, data))
        for key in keys:
            if (key.name, key.key_id) == (name, data[:4]):
                if not key.signed(message, data[4:]):
                    raise Malformed("检查点的签名不成立")
                good = True
    if not good:
        raise Malformed("检查点没有所信任公钥的签名")
    root = from_base64(lines[2])
    if len(root) != 32:
        raise Malformed("检查点的根哈希应为 32 字节")
    extensions = {line.split(" ")[0]: line.partition(" ")[2] for line in lines[3:]}
    return Checkpoint(place, lines[0], int(lines[1]), root, extensions, text + "\n", tuple(signatures))


# --- witnesses (C2SP tlog-cosignature, tlog-policy) -----------------------------------------------------------

Times = dict[str, int]  # of each witness, by its name in the policy


class Policy:
    """Whose word counts beside the log's own: witnesses, groups of them, and the quorum."""

    def __init__(self) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""

    @classmethod
    def read(cls, text: str) -> Policy:
        """From the lines ``log``, ``witness``, ``group`` and ``quorum``."""
        policy = cls()
        for number, line in enumerate(text.split("\n"), start=1):
            if any((one < " " and one != "\t") or one == "\x7f" for one in line):
                raise Malformed(f"见证规则第 {number} 行含有控制字符")
            words = re.split("[ \t]+", line.strip(" \t"))
            if not words[0] or words[0].startswith("#"):
                continue
            try:
                policy.add(*words)
            except TypeError:
                raise Malformed(f"见证规则第 {number} 行不合规：{line.strip()[:60]!r}") from None
            except Malformed as wrong:
                raise Malformed(f"见证规则第 {number} 行不合规：{wrong}") from None
        if not policy.quorum:
            raise Malformed("见证规则没有 quorum 一行")
        return policy

    @classmethod
    def of(cls, witnesses: Sequence[str]) -> Policy:
        """Of witnesses named one by one: more than two thirds of them must have cosigned."""
        policy = cls()
        for number, text in enumerate(witnesses, start=1):
            policy.define(f"{number}", Key.read(text, COSIGNATURE_V1))
        policy.add("group", "quorum", str(2 * len(witnesses) // 3 + 1), *policy.witnesses)
        policy.quorum = "quorum"
        return policy

    def add(self, word: str, name: str, *more: str) -> None:
        """One line."""
        if word == "log" and len(more) <= 1:
            key = Key.read(name)
            if key.public in {other.public for other in self.logs}:
                raise Malformed("同一账本公钥出现两次")
            self.logs.append(key)
        elif word == "witness" and 1 <= len(more) <= 2:
            self.define(name, Key.read(more[0], COSIGNATURE_V1))
        elif word == "group" and len(more) >= 2:
            self.group(name, more[0], list(more[1:]))
        elif word == "quorum" and not more and not self.quorum:
            if name != "none":
                self.known(name)
            self.quorum = name
        else:
            raise Malformed(f"{word[:20]!r} 一行不合规")

    def define(self, name: str, key: Key) -> None:
        """A witness."""
        self.unused(name)
        if key.public in {other.public for other in self.witnesses.values()}:
            raise Malformed("同一见证人公钥出现两次")
        self.witnesses[name] = key

    def group(self, name: str, threshold: str, members: list[str]) -> None:
        """So many of these."""
        self.unused(name)
        for member in members:
            self.known(member)
        taken = [one for _, others in self.groups.values() for one in others]
        if len(set(members)) < len(members) or set(members) & set(taken):
            raise Malformed("一个名称只能归入一组一次")
        word = {"any": "1", "all": str(len(members))}.get(threshold, threshold)
        if not re.fullmatch("[1-9][0-9]{0,3}", word) or int(word) > len(members):
            raise Malformed(f"门槛 {threshold[:20]!r} 应在 1 与组员数之间")
        self.groups[name] = (int(word), members)

    def unused(self, name: str) -> None:
        """A name that is not taken."""
        if name == "none" or name in self.witnesses or name in self.groups:
            raise Malformed(f"名称 {name[:40]!r} 重复或者不可用")

    def known(self, name: str) -> None:
        """A name on an earlier line."""
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"名称 {name[:40]!r} 未在前面定义")

    def since(self, times: Times) -> int | None:
        """The moment from which the quorum was there, when each witness's is ``times``; ``None``: it never was."""
        return self._reached(self.quorum, times, latest=False)

    def until(self, times: Times) -> int | None:
        """The last moment at which the whole quorum had spoken, ``times`` being each one's last word."""
        return self._reached(self.quorum, times, latest=True)

    def _reached(self, name: str, times: Times, *, latest: bool) -> int | None:
        if name == "none":
            return 0
        if name in self.witnesses:
            return times.get(name)
        threshold, members = self.groups[name]
        reached = [self._reached(member, times, latest=latest) for member in members]
        there = sorted((one for one in reached if one is not None), reverse=latest)
        return there[threshold - 1] if len(there) >= threshold else None


class Watch:
    """What witnesses said of the log, collected from all notes of one run."""

    def __init__(self, policy: Policy, moment: int, report: Report) -> None:
        self.policy, self.moment, self.report = policy, moment, report
        self.said: dict[tuple[str, int, bytes], dict[str, list[int]]] = {}  # origin, size, root → witness → times

    def hear(self, checkpoint: Checkpoint) -> None:
        """Keep every good cosignature of a note; a bad one by a known witness is a forgery."""
        there = self.said.setdefault((checkpoint.origin, checkpoint.size, checkpoint.root), {})
        for name, data in checkpoint.lines:
            for witness, key in self.policy.witnesses.items():
                if (key.name, key.key_id) == (name, data[:4]):
                    at = int.from_bytes(data[4:12], "big")
                    message = f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()
                    if len(data) != 76 or not key.signed(message, data[12:]):
                        text = f"见证人 {witness} 的签名不成立：检查点或者签名被改动。"
                        self.report.fail("COSIGNATURE_FORGED", checkpoint.place, text)
                    elif at > self.moment + SKEW:
                        self.report.note(f"{checkpoint.place}：见证人 {witness} 的签名写着尚未到来的时间，不计。")
                    else:
                        there.setdefault(witness, []).append(at)

    def first(self, checkpoint: Checkpoint) -> int | None:
        """Since when the quorum has vouched for the checkpoint."""
        there = self.said.get((checkpoint.origin, checkpoint.size, checkpoint.root), {})
        return self.policy.since({witness: min(times) for witness, times in there.items()})

    def last(self, checkpoint: Checkpoint) -> int | None:
        """When the quorum last said that this was the newest."""
        there = self.said.get((checkpoint.origin, checkpoint.size, checkpoint.root), {})
        return self.policy.until({witness: max(times) for witness, times in there.items()})

    def missing(self, checkpoint: Checkpoint) -> str:
        """Who cosigned and that it does not suffice."""
        there = self.said.get((checkpoint.origin, checkpoint.size, checkpoint.root), {})
        names = "、".join(sorted(there)) or "无"
        return f"{checkpoint.size} 条的检查点只有以下见证人签名：{names}，不足见证规则要求的数目"


def told(seconds: int) -> str:
    """A POSIX time for a reader."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@dataclass
class Case:
    """Everything one run is given: pinned keys, and what receipts, checkpoints and exports say."""

    report: Report
    pinned: list[Key]
    watch: Watch | None = None
    used: list[Key] = field(default_factory=list)  # without pinned keys: those the material brought
    known: list[Checkpoint] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)  # of those known
    vouched: dict[str, int] = field(default_factory=dict)  # place of a receipt → when the quorum had its checkpoint
    documents: dict[bytes, str] = field(default_factory=dict)  # sha256 -> number
    logged_at: dict[bytes, int] = field(default_factory=dict)  # sha256 -> when it first stood in an entry
    leaves: list[tuple[str, int, str]] = field(default_factory=list)  # of receipts: place, index, leaf hash
    chains: frozenset[str] = frozenset()  # hashes of beacons trusted beside the public one
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    pulses: dict[int, bytes] = field(default_factory=dict)  # given by the caller: round -> signature
    draws: dict[str, int] = field(default_factory=dict)  # draw -> events in its file
    saw_log: bool = False

    def keys(self, embedded: Iterable[str], place: str) -> list[Key]:
        """The keys to check with: those pinned, else those the material brings, which must all be the same."""
        if self.pinned:
            return self.pinned
        self.report.note("未用 --key 指定账本公钥：只能证明材料自相一致，不能证明出自何处。")
        found = [Key.read(text) for text in embedded]
        if self.used and not set(found) <= set(self.used):
            self.report.fail("KEY_DIFFERS", place, "材料中出现不同的账本公钥，请用 --key 指定应当信任的公钥。")
        self.used += [key for key in found if key not in self.used]
        return found

    def unvouched(self) -> None:
        """Say once that nobody outside vouches."""
        if self.watch is None:
            self.report.note("未用 --policy 或 --witness 指定见证人：没有外部机构证明账本未被持钥人改写。")

    def remember(self, checkpoint: Checkpoint) -> None:
        """Two checkpoints of one size must have one root: otherwise somebody was shown another log."""
        if self.watch is not None:
            self.watch.hear(checkpoint)
        if checkpoint.text in self.texts:
            return
        self.texts.add(checkpoint.text)
        for other in self.known:
            if other.size == checkpoint.size and other.root != checkpoint.root:
                self.report.fail(
                    "LOG_FORKED",
                    checkpoint.place,
                    f"与{other.place}同为 {other.size} 条，根哈希却不同：账本有两个版本。",
                )
            elif other.size == checkpoint.size:
                text = f"与{other.place}同为 {other.size} 条，签名的时间或者前一检查点却不同。"
                self.report.fail("LOG_FORKED", checkpoint.place, text)
        self.known.append(checkpoint)


# --- receipts -------------------------------------------------------------------------------------------------


def check_receipt(case: Case, receipt: Any, place: str) -> None:
    """Entry → leaf → inclusion proof → root → signature."""
    case.report.checked["receipts"] += 1
    try:
        _check_receipt(case, receipt, place)
    except Malformed as wrong:
        case.report.fail("RECEIPT_INVALID", place, f"回执不成立：{wrong}。")


def _check_receipt(case: Case, receipt: Any, place: str) -> None:
    status, entry, digest, stated = take(receipt, status=str, entry=dict, digest=str, leaf_hash=str)
    kind, data = take(entry, kind=str, data=dict)
    leaf = digest_named(digest)(b"\x00" + canonical(entry))
    if leaf.hex() != stated:
        raise Malformed("记录内容与叶哈希不符，内容已被改动")
    if "opening" in receipt:
        salt, row = take(receipt["opening"], salt=str, row=dict)
        if sha256(from_hex(salt) + canonical(row)).hex() != data.get("commitment"):
            raise Malformed("所附内容与账本记录的承诺值不符")
    if status not in ("sealed", "unwitnessed"):
        case.report.fail("RECEIPT_PENDING", place, "回执尚未封账，请稍后重新下载后再核验。")
        return
    if status == "unwitnessed":
        case.report.fail("RECEIPT_UNWITNESSED", place, "回执所在的检查点尚未得到足够见证，请稍后重新下载后再核验。")
    index, size, path, note, key = take(receipt, index=int, size=int, inclusion=list, checkpoint=str, key=str)
    keys = case.keys([key], place)
    case.unvouched()
    checkpoint = read_checkpoint(note, place, keys)
    if not 0 <= index < size or size != checkpoint.size:
        raise Malformed("序位或者叶数与检查点不符")
    if not all(isinstance(step, str) for step in path):
        raise Malformed("包含证明不合规")
    if root_along(leaf, index, size, [from_hex(step, 32) for step in path]) != checkpoint.root:
        raise Malformed("包含证明不能通向检查点的根哈希")
    case.remember(checkpoint)
    before = _before(case, receipt, keys, index, checkpoint, place)
    [at] = take(entry, at=str)
    claimed = int(instant(at).timestamp())
    ahead = _stated(case, receipt, f"{place} clock") if receipt.get("clock") is not None else None
    if ahead is not None:
        ahead.must_explain(leaf.hex(), claimed, index, checkpoint.origin)
        case.report.note(f"{place}：{ahead.sentence(1)}")
    _judge_time(case, place, claimed, before, checkpoint, is_explained=ahead is not None)
    case.leaves.append((place, index, stated))
    if kind == "document":
        learn_document(case, data, at)


class Ahead(NamedTuple):
    """A statement that a clock was ahead: when it was made, by how many seconds, of which leaves, and its own place."""

    at: int
    seconds: int
    ground: str
    leaves: frozenset[str]
    position: int
    origin: str

    @classmethod
    def read(cls, data: dict[str, Any], at: str, position: int, origin: str) -> Ahead:
        """From the content of its entry."""
        seconds, _, ground, leaves, _, _ = only(
            data, **{"ahead": int, "by": list, "ground": str, "entries": list, "from": str, "until": str}
        )
        if not all(isinstance(leaf, str) for leaf in leaves):
            raise Malformed("时钟说明所列的记录不合规")
        return cls(int(instant(at).timestamp()), seconds, ground, frozenset(leaves), position, origin)

    def must_explain(self, leaf: str, claimed: int, index: int, origin: str) -> None:
        """Raises :class:`Malformed` unless it names this entry, which came later and claims no more than is stated."""
        if origin != self.origin or leaf not in self.leaves:
            raise Malformed("时钟说明没有列出这条记录")
        if index <= self.position:
            raise Malformed("时钟说明所列的记录在说明之前已经封账，当时并未等待")
        if not self.at + SKEW <= claimed <= self.at + self.seconds + 1:  # whole seconds of both
            raise Malformed("时钟说明所列的记录自称的时间不在所说明的范围内")

    def sentence(self, count: int) -> str:
        """What it comes to."""
        return (
            f"运行人员于 {told(self.at)} 说明服务器时钟曾快至多 {self.seconds} 秒（{self.ground}）；"
            f"{count} 条记录自称的时间不能证明，只能证明在该说明之时已经收到。"
        )


def _stated(case: Case, receipt: dict[str, Any], place: str) -> Ahead:
    """The statement a receipt carries, proved by its own receipt."""
    [statement] = take(receipt, clock=dict)
    if statement.get("clock") is not None:
        raise Malformed("时钟说明自身不得由时钟说明解释")
    entry, index, note = take(statement, entry=dict, index=int, checkpoint=str)
    kind, at, data = take(entry, kind=str, at=str, data=dict)
    if kind != AHEAD or statement.get("status") not in ("sealed", "unwitnessed"):
        raise Malformed("所附不是已经封账的时钟说明")
    _check_receipt(case, statement, place)
    return Ahead.read(data, at, index, note.split("\n", 1)[0])


def _before(
    case: Case, receipt: dict[str, Any], keys: list[Key], index: int, checkpoint: Checkpoint, place: str
) -> Checkpoint | None:
    """The checkpoint that does not have the entry yet; only where the log had none is there none."""
    [note] = take({"before": None} | receipt, before=OPTIONAL_TEXT)
    if note is None:
        if case.watch is None and checkpoint.extensions.get("after") != "0":
            raise Malformed("缺少前一检查点，记录自称的时间无从核对")
        return None
    before = read_checkpoint(note, f"{place} before", keys)
    case.remember(before)
    if before.origin != checkpoint.origin or not before.size <= index:
        raise Malformed("所附前一检查点不在这条记录之前")
    if case.watch is None and checkpoint.extensions.get("after") != str(before.size):
        raise Malformed("所附前一检查点不是紧接着的一个")
    return before


def _judge_time(
    case: Case, place: str, at: int, before: Checkpoint | None, checkpoint: Checkpoint, *, is_explained: bool = False
) -> None:
    """What an entry says of its time, against the two checkpoints it lies between."""
    floor, ceiling = before.time() if before else None, checkpoint.time()
    if case.watch is not None:
        ceiling = case.watch.first(checkpoint)
        if ceiling is None:
            case.report.fail("COSIGNATURES_MISSING", place, f"{case.watch.missing(checkpoint)}。")
            return
        case.vouched[place] = ceiling
        floor = case.watch.last(before) if before else None
        if floor is None:  # nobody outside says that it was not there long before: then it must be fresh
            floor = ceiling - STALE
    judge_time(case.report, place, at, floor, None if is_explained else ceiling)


def judge_time(report: Report, place: str, at: int, floor: int | None, ceiling: int | None) -> None:
    """An entry's time must lie between these."""
    if floor is not None and at < floor - IN_FLIGHT:
        text = f"记录自称写于 {told(at)}，账本在 {told(floor)} 时却还没有它：时间被提前。"
        report.fail("ENTRY_TIME_OUTSIDE", place, text)
    if ceiling is not None and at > ceiling + SKEW:
        text = f"记录自称写于 {told(at)}，账本在 {told(ceiling)} 时却已经有它：时间被推后。"
        report.fail("ENTRY_TIME_OUTSIDE", place, text)


def learn_document(case: Case, data: dict[str, Any], at: str) -> None:
    """A document's logged hash, and when it first was, for PDF files given beside."""
    case.saw_log = True
    if isinstance(data.get("sha256"), str):
        digest, logged = from_hex(data["sha256"], 32), int(instant(at).timestamp())
        case.documents[digest] = str(data.get("number"))
        case.logged_at[digest] = min(logged, case.logged_at.get(digest, logged))


def signing_times(pdf: bytes) -> list[int]:
    """When the signatures of a PDF say they were made (ISO 32000-2, table 255, entry M), in POSIX seconds.

    Only what they say: whether they hold, a reader of PDF tells (``pdfsig``).
    """
    found = []
    for mark in re.finditer(rb"/ByteRange\s*\[", pdf):
        end = pdf.find(b"endobj", mark.end(), mark.end() + 4096)
        said = re.search(rb"/M\s*\(([^)]{8,80})\)", pdf[mark.end() : end]) if end > 0 else None
        text = re.sub(rb"\\([0-7]{3})", lambda one: bytes([int(one[1], 8) % 256]), said[1]) if said else b""
        read = re.fullmatch(rb"D:(\d{14})(?:Z|([+-]\d\d)'(\d\d)'?)?", text)
        if read:
            zone = (read[2] or b"+00") + b":" + (read[3] or b"00")
            try:
                found.append(int(datetime.strptime((read[1] + zone).decode(), "%Y%m%d%H%M%S%z").timestamp()))
            except ValueError:
                continue
    return found


def judge_signing(case: Case, place: str, pdf: bytes, digest: bytes) -> None:
    """A paper is logged when it is signed: a signature of another time was dated back, or the entry was."""
    logged = case.logged_at.get(digest)
    for said in signing_times(pdf):
        if logged is not None and not -SKEW <= logged - said <= IN_FLIGHT:
            text = f"文书的签名自称签于 {told(said)}，账本记录却写于 {told(logged)}：两者必有一个时间不实。"
            case.report.fail("DOCUMENT_TIME_DIFFERS", place, text)


# --- draws ----------------------------------------------------------------------------------------------------

LARGEST_DRAW, MOST_TICKETS, SMALLEST_MARGIN = 4096, 100, 60
QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"  # the public chain of drand
GROUNDS = ("REFUSED", "SILENT", "RECUSED", "TERMINATED", "REJECTED", "REPLACED", "OVERDUE", "UNQUALIFIED")
GOES_ON = {"CONTINUED": "NEW_REQUEST", "ENDED": "REQUEST_ENDED"}


def plain_hex(text: str, length: int) -> bytes:
    """Bytes from lower-case hexadecimal without spaces: one value, one spelling."""
    if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise Malformed(f"应为 {length} 字节的小写十六进制")
    return bytes.fromhex(text)


class Announced(NamedTuple):
    """What an announcement of a draw says, read."""

    draw: str
    matter: int
    at: datetime
    names: dict[str, str]  # credit code -> name
    weights: list[tuple[str, int]]
    chain: str
    key: bytes
    round: int
    falls_at: datetime
    margin: int
    due: datetime


def check_draw(case: Case, draw: Any, place: str) -> None:
    """Recompute a draw from its announcement and the pulse; then check its receipts against the log's key."""
    case.report.checked["draws"] += 1
    try:
        if isinstance(draw, dict) and draw.get("format") == OLD_DRAW:
            text = "旧格式（jianheng-draw/1）：最后写入文字的人可以挑选结果，不能证明什么。"
            case.report.fail("DRAW_UNPROVEN", place, text)
            return
        for code, where, text in draw_problems(case, draw, place):
            case.report.fail(code, f"{place} {where}", text)
    except Malformed as wrong:
        case.report.fail("DRAW_FORMAT", place, f"摇号文件不合规：{wrong}。")


def draw_problems(case: Case, draw: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """Everything in a draw file that is not proved by its announcement, the pulse and the log."""
    only(
        draw,
        "openings",
        format=str,
        announcement=dict,
        salt=str,
        order=list,
        events=list,
        proofs=dict,
        pulse=OPTIONAL_ROW,
    )
    canonical(draw)
    if draw["format"] != DRAW or not all(isinstance(name, str) for name in draw["order"]):
        raise Malformed("格式不认识")
    said, proofs, salt = draw["announcement"], draw["proofs"], plain_hex(draw["salt"], 32)
    only(proofs, "announcement", "result", "events")
    announced = read_announced(said)
    yield from _list_problems(said)
    yield from _opening_problems(draw, said)
    if announced.chain != QUICKNET and announced.chain not in case.chains:
        text = "信标不是公开的 drand quicknet：谁掌握其钥匙，谁就预知结果；信任它的，以 --beacon 写明其杂凑值。"
        yield "BEACON_UNKNOWN", "announcement.beacon", text
    least = SMALLEST_MARGIN if announced.chain == QUICKNET else 1
    if announced.margin < least or (announced.falls_at - announced.at).total_seconds() < announced.margin:
        yield "ROUND_TOO_EARLY", "announcement.round", "所指信标轮次不在公布之后足够久，公布时已经可能知道结果。"
    data = {
        "draw": announced.draw,
        "commitment": sha256(salt + canonical(said)).hex(),
        "case": said["case"],
        "size": len(said["candidates"]),
        "chain": announced.chain,
        "round": announced.round,
        "due": written(announced.due),
        "after": said["after"],
    }
    first = _Proof("draw.announced", announced.matter, data, at=said["announced_at"])
    leaf = yield from _proved(case, proofs.get("announcement"), first, place, "proofs.announcement")
    if leaf is None:
        return
    yield from _sealed_in_time(case, proofs["announcement"], announced, f"{place} proofs.announcement")
    yield from _result_problems(case, draw, announced, leaf, place)


def read_announced(said: Any) -> Announced:
    """The announcement; raises :class:`Malformed` unless everything that decides is in it, and nothing else."""
    texts = dict.fromkeys(("draw", "announced_at", "algorithm", "case", "after"), str)
    numbers = dict.fromkeys(("matter", "round", "margin", "patience"), int)
    parts = dict.fromkeys(("category", "share", "beacon"), dict)
    lists = dict.fromkeys(("candidates", "exclusions", "texts", "history"), list)
    only(said, **texts, **numbers, **parts, **lists)
    draw, matter, candidates = said["draw"], said["matter"], said["candidates"]
    round_, margin, patience = said["round"], said["margin"], said["patience"]
    if not 0 < len(candidates) <= LARGEST_DRAW:
        raise Malformed(f"候选机构应为 1 至 {LARGEST_DRAW} 家")
    if said["algorithm"] != "jh-tickets/v1" or not re.fullmatch("[0-9a-f]{32}", draw):
        raise Malformed("算法或者摇号编号不认识")
    chain, key, genesis, period = read_chain(said["beacon"])
    if not 0 < round_ < 2**53 or margin < 0 or patience < 0:
        raise Malformed("轮次或者时间不合规")
    rows = [only(row, uscc=str, name=str, open=int, months=int, weight=int) for row in candidates]
    if not all(0 < row[4] <= MOST_TICKETS for row in rows):
        raise Malformed(f"权重应为 1 至 {MOST_TICKETS}")
    try:
        falls = datetime.fromtimestamp(genesis + (round_ - 1) * period, UTC)
        due = falls + timedelta(seconds=patience)
    except (OverflowError, ValueError, OSError):
        raise Malformed("轮次的时间超出范围") from None
    weights = [(row[0], row[4]) for row in rows]
    names = {row[0]: row[1] for row in rows}
    return Announced(
        draw, matter, instant(said["announced_at"]), names, weights, chain, key, round_, falls, margin, due
    )


def read_chain(said: Any) -> tuple[str, bytes, int, int]:
    """A beacon's chain: its hash as drand reckons it, key, first second, seconds between rounds."""
    beacon, key, genesis, period, group = only(
        said, beacon=str, public_key=str, genesis=int, period=int, group_hash=str
    )
    if not 0 <= genesis < 2**40 or not 0 < period < 2**31:
        raise Malformed("信标的起始时间或者间隔不合规")
    public = plain_hex(key, 96)
    body = period.to_bytes(4, "big") + genesis.to_bytes(8, "big") + public + plain_hex(group, 32)
    return sha256(body + (b"" if beacon == "default" else beacon.encode())).hex(), public, genesis, period


def _list_problems(said: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    only(said["category"], code=str, title=str)
    base, per_open, per_month, most = only(said["share"], base=int, per_open=int, per_month=int, months_most=int)
    codes = [row["uscc"] for row in said["candidates"]]
    out = [only(row, uscc=str, name=str, reasons=list)[0] for row in said["exclusions"]]
    for name, listed_codes in (("candidates", codes), ("exclusions", out)):
        if sorted(set(listed_codes)) != listed_codes:
            yield "LIST_ORDER", f"announcement.{name}", "名单未按统一社会信用代码排列或者有重复。"
    if both := set(codes) & set(out):
        yield "CANDIDATE_EXCLUDED", "announcement.exclusions", f"{'、'.join(sorted(both))} 既在候选名单又在排除名单。"
    for index, row in enumerate(said["exclusions"]):
        laws = [only(reason, code=str, text=str, law=list)[2] for reason in row["reasons"]]
        if not all(isinstance(article, str) for law in laws for article in law):
            raise Malformed(f"exclusions[{index}] 的依据不合规")
        if not laws:
            yield "EXCLUSION_WITHOUT_REASON", f"announcement.exclusions[{index}]", f"{row['name']}被排除却没有理由。"
    for index, row in enumerate(said["candidates"]):
        reckoned = base - per_open * row["open"] + per_month * min(row["months"], most)
        if row["weight"] != max(1, min(reckoned, MOST_TICKETS)):
            where = f"announcement.candidates[{index}].weight"
            yield "WEIGHT_DIFFERS", where, f"{row['name']}的权重不是按公布的规则算出的。"
    for row in said["texts"]:
        only(row, who=str, commitment=str)
    for row in said["history"]:
        instant(only(row, at=str, matter=int, draw=str, what=str)[0])


def _opening_problems(draw: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if "openings" not in draw:
        return
    opened, texts = only(draw["openings"], case=dict, texts=list)
    salt = plain_hex(only(opened, court=str, case_number=str, category=str, salt=str)[3], 32)
    row = {name: value for name, value in opened.items() if name != "salt"}
    if sha256(salt + canonical(row)).hex() != said["case"] or opened["category"] != said["category"]["code"]:
        yield "OPENING_DIFFERS", "openings.case", "所称案件与公布时承诺的不是同一件。"
    if len(texts) != len(said["texts"]):
        yield "OPENING_DIFFERS", "openings.texts", "所附文字与公布时的份数不符。"
    for index, (told, announced) in enumerate(zip(texts, said["texts"], strict=False)):
        only(told, salt=str, text=str)
        if sha256(plain_hex(told["salt"], 32) + canonical(told["text"])).hex() != announced["commitment"]:
            yield "OPENING_DIFFERS", f"openings.texts[{index}]", f"{announced['who']}的文字与公布时承诺的不符。"


class _Proof(NamedTuple):
    """The entry a receipt must show."""

    kind: str
    matter: int
    data: dict[str, Any]
    at: str = ""


def _proved(
    case: Case, receipt: Any, wanted: _Proof, place: str, where: str
) -> Generator[tuple[str, str, str], None, bytes | None]:
    """The leaf hash of the entry a receipt proves; problems where it proves another one or nothing."""
    if not isinstance(receipt, dict) or receipt.get("format") != RECEIPT:
        yield "DRAW_UNPROVEN", where, "没有附账本回执：这一步只有文件自己的说法。"
        return None
    check_receipt(case, receipt, f"{place} {where}")
    entry = receipt.get("entry")
    kind, matter, at, data = take(entry, kind=str, matter=int, at=str, data=dict)
    if (kind, matter) != (wanted.kind, wanted.matter):
        yield "LOG_DIFFERS", where, "回执是另一事项或者另一种类的，不是这一步的。"
        return None
    if not same(data, wanted.data) or (wanted.at and at != wanted.at):
        yield "LOG_DIFFERS", where, "账本记录与摇号文件不符。"
        return None
    return sha256(b"\x00" + canonical(entry))


def _sealed_in_time(
    case: Case, receipt: dict[str, Any], announced: Announced, where: str
) -> Iterator[tuple[str, str, str]]:
    """The announcement must stand under a checkpoint from before the round fell, by the margin announced.

    Under a policy that is when the quorum of witnesses had cosigned it; else when the log itself says it signed.
    """
    if receipt.get("status") != "sealed":
        return  # said by the receipt's own check
    if case.watch is not None:
        vouched = case.vouched.get(where)
        signed = None if vouched is None else datetime.fromtimestamp(vouched, UTC)
    else:
        known = [one for one in case.known if one.size == receipt.get("size")]
        signed = instant(known[-1].extensions.get("time", "")) if known else None
    if signed is None or signed + timedelta(seconds=announced.margin) > announced.falls_at:
        text = "公布的封账时间不早于信标轮次：名单、权重和文字可能是在知道脉冲之后写的。"
        yield "DRAW_UNPROVEN", "proofs.announcement", text


def _result_problems(
    case: Case, draw: dict[str, Any], announced: Announced, leaf: bytes, place: str
) -> Iterator[tuple[str, str, str]]:
    pulse, given = draw["pulse"], case.pulses.get(announced.round)
    label = f"{place}（摇号 {announced.draw}）"
    if pulse is None:
        late = "，已经过期：公布而未作出结果" if case.now > announced.due else ""
        if draw["order"] or draw["events"] or "result" in draw["proofs"]:
            yield "DRAW_UNPROVEN", "pulse", "没有脉冲，却有结果。"
        elif given is None:
            case.report.note(
                f"{label}：已经公布，没有结果。信标第 {announced.round} 轮应于 {written(announced.falls_at)} 发布，"
                f"结果应于 {written(announced.due)} 之前作出{late}；以 --pulse 给出该轮脉冲，即可算出应由谁承接。"
            )
        elif holds(announced.key, announced.round, given):
            order = ticket_order(announced, leaf, given)
            names = "、".join(f"{n}. {announced.names[uscc]}" for n, uscc in enumerate(order, start=1))
            case.report.note(f"{label}：已经公布，没有结果。按公布的内容和所给脉冲，顺位应为：{names}{late}。")
        else:
            yield "PULSE_FALSE", "announcement.round", "所给的脉冲不是该信标这一轮的，签名不成立。"
        return
    round_, signed = only(pulse, round=int, signature=str)
    signature = plain_hex(signed, 48)
    if round_ != announced.round or signed != signature.hex() or not holds(announced.key, round_, signature):
        yield "PULSE_FALSE", "pulse", f"脉冲不是所指信标第 {announced.round} 轮的，签名不成立。"
        return
    right = ticket_order(announced, leaf, signature)
    if not same(draw["order"], right):
        order = draw["order"]
        first = next((i for i, due in enumerate(right) if i >= len(order) or order[i] != due), len(right))
        yield "ORDER_DIFFERS", f"order[{first}]", "顺序与重算的结果不同。"
    data = {
        "draw": announced.draw,
        "announcement": leaf.hex(),
        "round": round_,
        "signature": signed,
        "order": sha256(canonical(draw["order"])).hex(),
    }
    wanted = _Proof("draw.result", announced.matter, data)
    yield from _proved(case, draw["proofs"].get("result"), wanted, place, "proofs.result")
    yield from _event_problems(case, draw, announced, right, place)


def _event_problems(
    case: Case, draw: dict[str, Any], announced: Announced, order: list[str], place: str
) -> Iterator[tuple[str, str, str]]:
    receipts = take({"events": []} | draw["proofs"], events=list)[0]
    if len(receipts) > len(draw["events"]):
        yield "LOG_DIFFERS", "proofs.events", "账本回执比文件所列的事项多。"
    waiting, before = list(order), announced.falls_at
    for index, row in enumerate(draw["events"]):
        number, at, kind, matter, uscc, ground = only(
            row, number=int, at=str, kind=str, matter=int, uscc=str, ground=str
        )
        where = f"events[{index}]"
        if ground not in GROUNDS if kind == "PASSED" else ground != GOES_ON.get(kind):
            raise Malformed(f"{where} 的事由不认识")
        if number != index + 1 or instant(at) < before:
            yield "EVENT_OUT_OF_ORDER", where, f"第 {index + 1} 件事项的次序或者时间不对。"
        before = max(before, instant(at))
        if [uscc] != (waiting[:1] if kind == "PASSED" else [""]):
            yield "EVENT_OUT_OF_ORDER", where, f"第 {index + 1} 件事项所指的机构不在轮候。"
        elif kind == "PASSED":
            waiting.pop(0)
        wanted = _Proof("draw.event", matter, {"draw": announced.draw, **row}, at=at)
        receipt = receipts[index] if index < len(receipts) else None
        yield from _proved(case, receipt, wanted, place, f"proofs.events[{index}]")
    case.draws[announced.draw] = len(draw["events"])
    due = announced.names.get(waiting[0], waiting[0]) if waiting else "无（全部顺位均已递补）"
    case.report.note(f"{place}（摇号 {announced.draw}）：现应由 {due} 承接。")


def ticket_order(announced: Announced, leaf: bytes, signature: bytes) -> list[str]:
    """The order of the whole list: each name ranked by the best of its tickets."""
    body = leaf + bytes.fromhex(announced.chain) + announced.round.to_bytes(8, "big") + signature
    start = b"jh-ticket/v1\0" + sha256(b"jh-seed/v1\0" + body) + announced.draw.encode() + b"\0"

    def rank(name: str, weight: int) -> bytes:
        return min(sha256(start + name.encode() + number.to_bytes(4, "big")) for number in range(weight))

    return [name for _, name in sorted((rank(name, weight), name) for name, weight in announced.weights)]


def holds(key: bytes, round_: int, signature: bytes) -> bool:
    """Whether a signature is the pulse of a round: e(signature, g2) = e(H(SHA-256(round)), key) on BLS12-381.

    The package ``py_ecc`` (MIT, pure Python) does the pairing; without it nothing is accepted.
    """
    depth = sys.getrecursionlimit()
    try:
        from py_ecc.bls import hash_to_curve, point_compression
        from py_ecc.bls.g2_primitives import subgroup_check
        from py_ecc.optimized_bls12_381 import FQ12, G2, final_exponentiate, is_inf, neg, pairing
    except ImportError:
        raise Malformed("核验信标脉冲需要 py_ecc，请安装后再核验（pip install py_ecc）") from None
    finally:
        sys.setrecursionlimit(depth)  # the package raises it so far that deeply nested JSON would end the program
    try:
        point = point_compression.decompress_G1(int.from_bytes(signature, "big"))
        halves = int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big")
        public = point_compression.decompress_G2(halves)
    except ValueError:
        return False
    if is_inf(point) or is_inf(public) or not subgroup_check(point) or not subgroup_check(public):
        return False
    hashed = hash_to_curve.hash_to_G1(sha256(round_.to_bytes(8, "big")), PULSE_DOMAIN, hashlib.sha256)
    both = pairing(G2, point, final_exponentiate=False) * pairing(public, neg(hashed), final_exponentiate=False)
    return bool(final_exponentiate(both) == FQ12.one())


PULSE_DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


def read_pulse(text: str) -> tuple[int, bytes]:
    """A pulse as one line: round, space, signature in hexadecimal."""
    number, _, signature = text.strip().partition(" ")
    if not number.isascii() or not number.isdigit() or len(number) > 16:
        raise Malformed("脉冲应写成“轮次 签名”")
    return int(number), plain_hex(signature.strip().lower(), 48)


def instant(text: str) -> datetime:
    """An instant in UTC with six decimals."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text, re.ASCII):
        raise Malformed(f"{text[:40]!r} 不是 UTC 时间")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{text!r} 不是时间") from None


def written(moment: datetime) -> str:
    """An instant as it is written."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- exports --------------------------------------------------------------------------------------------------


class Folder:
    """An export in a directory."""

    def __init__(self, path: Path) -> None:
        self.path, self.label = path, str(path)

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return (self.path / name).is_file()

    def open(self, name: str) -> BinaryIO | None:
        """A file by its relative name, never one outside."""
        found = (self.path / name).resolve()
        inside = found.is_relative_to(self.path.resolve()) and found.is_file()
        return found.open("rb") if inside else None


class Archive:
    """An export in a zip file, at its top or in its only folder."""

    def __init__(self, path: Path) -> None:
        self.label = str(path)
        self.zip = zipfile.ZipFile(path)
        marks = [name for name in self.zip.namelist() if PurePosixPath(name).name in EXPORT_FILES]
        self.prefix = min(marks, key=len, default="").rpartition("/")[0]
        self.prefix += "/" if self.prefix else ""

    def has(self, name: str) -> bool:
        """Whether the member is there."""
        return self.prefix + name in self.zip.NameToInfo

    def open(self, name: str) -> BinaryIO | None:
        """A member by its name below the export's folder."""
        return cast(BinaryIO, self.zip.open(self.prefix + name)) if self.has(name) else None


class Entry(NamedTuple):
    """What is kept of a log entry."""

    line: int
    kind: str
    matter: int | None
    at: str
    data: dict[str, Any]
    leaf: bytes


class Change(NamedTuple):
    """A row of a covered table as one transaction left it."""

    place: str
    id: int
    batch: str
    number: int
    table: str
    key: str
    matter: int | None
    shape: int
    salt: bytes | None
    hash: bytes | None
    columns: frozenset[str] = frozenset()

    @classmethod
    def read(cls, row: Any, place: str) -> Change:
        """From a line of the export."""
        number, batch, position, table, key, matter, shape, salt, hashed = only(
            row,
            id=int,
            batch=str,
            place=int,
            table=str,
            key=str,
            matter=OPTIONAL_NUMBER,
            shape=int,
            salt=OPTIONAL_TEXT,
            hash=OPTIONAL_TEXT,
        )
        opened = from_hex(salt) if salt is not None else None
        covered = from_hex(hashed, 32) if hashed is not None else None
        where = f"{place}（{table} {key}）"
        return cls(where, number, batch, position, table, key, matter, shape, opened, covered)

    def line(self) -> bytes:
        """What the chain of a batch hashes of it."""
        matter = "" if self.matter is None else self.matter
        hashed = self.hash.hex() if self.hash else ""
        told = (self.batch, self.number, self.id, self.table, self.key, matter, self.shape, hashed)
        return "\n".join(map(str, told)).encode()


def members(text: str) -> dict[str, str]:
    """The members of a JSON object, each value as it is written, in the order they stand."""
    decoder, found, at = json.JSONDecoder(), {}, 1
    try:
        while text[at] != "}":
            name, at = decoder.raw_decode(text, at)
            start = at + 2  # PostgreSQL writes ": " and ", "
            _, at = decoder.raw_decode(text, start)
            found[name] = text[start:at]
            at += 2 if text[at] == "," else 0
    except (ValueError, IndexError, RecursionError):
        raise Malformed("不是 PostgreSQL 写出的对象") from None
    return found


def family_of(text: str) -> dict[int, int]:
    """The number of a matter and of the one its family begins with, from its row."""
    try:
        number, root = take(json.loads(text), id=int, root_id=int)
    except (ValueError, RecursionError):
        raise Malformed("不是 PostgreSQL 写出的对象") from None
    return {number: root}


def only_members(columns: dict[str, str], wanted: Iterable[str]) -> str:
    """The object with the wanted members alone, written as PostgreSQL writes it."""
    wanted = set(wanted)
    told = (f"{json.dumps(name, ensure_ascii=False)}: {value}" for name, value in columns.items() if name in wanted)
    return "{" + ", ".join(told) + "}"


# Members an act or a document has beside its content that the log entry covers, or that cover the content.
ACT_MEMBERS = {"id", "matter", "seq", "code", "entry", "salt", "row", "commitment"}
DOCUMENT_MEMBERS = {"number", "kind", "sha256", "matter", "entry", "salt", "row", "commitment", "path"}

REGISTER_MEMBERS = {"id", "code", "entry", "salt", "row", "commitment"}


Numbers = dict[str, dict[int, dict[int | None, str | None]]]  # series → serial → version → number


class Export:
    """One export and all that is known of it."""

    def __init__(self, case: Case, bundle: Folder | Archive) -> None:
        self.case, self.bundle, self.report = case, bundle, case.report
        self.entries: dict[str, Entry] = {}
        self.leaves: list[tuple[str, bytes]] = []
        self.index_of: dict[str, int] = {}
        self.unbroken = True
        self.rows: dict[str, int] = {}
        self.origin, self.keys, self.stated = self.read_manifest()

    def check(self) -> None:
        """Everything."""
        self.report.checked["exports"] += 1
        self.case.unvouched()
        self.check_entries()
        self.check_leaves()
        self.check_pending()
        self.check_draws()
        self.check_tree()
        self.check_acts()
        self.check_documents()
        self.check_register()
        self.check_state()
        for name, count in self.stated.items():
            if name not in self.rows:
                self.rows[name] = sum(1 for _ in self.lines(name))
            if self.rows[name] != count:
                text = f"应有 {count} 行，实有 {self.rows[name]} 行。"
                self.report.fail("EXPORT_TRUNCATED", self.place(name), text)

    def place(self, name: str, line: int | str = "") -> str:
        """Where: file and line."""
        return f"{self.bundle.label} {name}.jsonl" + (f" 第 {line} 行" if line else "")

    def lines(self, name: str) -> Iterator[tuple[int, Any]]:
        """The rows of one file with their line numbers; malformed lines are reported and skipped."""
        file = self.bundle.open(f"{name}.jsonl")
        self.rows[name] = 0
        if file is None:
            self.report.fail("FILE_MISSING", self.place(name), "导出中缺少这个文件。")
            return
        with file:
            while data := file.readline(LONGEST_LINE):
                self.rows[name] += 1
                line = self.rows[name]
                try:
                    row = read_json(data)
                    if canonical(row) + b"\n" != data:
                        raise Malformed("不是规范形式或者行不完整")
                    yield line, row
                except Malformed as wrong:
                    self.report.fail("ROW_MALFORMED", self.place(name, line), f"{wrong}。")

    def read_manifest(self) -> tuple[str, list[Key], dict[str, int]]:
        """The log's name, its keys, and the rows each file should have."""
        place = f"{self.bundle.label} manifest.json"
        file = self.bundle.open("manifest.json")
        try:
            if file is None:
                raise Malformed("缺少这个文件")
            with file:
                manifest = read_json(file.read(LONGEST_LINE))
            form, origin, keys, rows = take(manifest, format=str, origin=str, keys=list, rows=dict)
            if form != EXPORT or not all(isinstance(count, int) for count in rows.values()):
                raise Malformed("格式不认识")
            return origin, self.case.keys([key for key in keys if isinstance(key, str)], place), rows
        except Malformed as wrong:
            self.report.fail("MANIFEST_INVALID", place, f"{wrong}。")
            return "", self.case.pinned, {}

    def check_entries(self) -> None:
        """Each entry: canonical, hashed as stated, every column a copy of its content."""
        for line, row in self.lines("entries"):
            self.report.checked["entries"] += 1
            place = self.place("entries", line)
            try:
                entry_id, kind, at, digest, stated, body = take(
                    row, id=str, kind=str, at=str, digest=str, leaf_hash=str, body=str
                )
                written = body.encode("utf-8", "surrogatepass")
                content = read_json(written)
                leaf = digest_named(digest)(b"\x00" + written)
                if canonical(content) != written:
                    raise Malformed("内容不是规范形式")
                [data] = take(content, data=dict)
            except Malformed as wrong:
                self.report.fail("ENTRY_MALFORMED", place, f"{wrong}。")
                continue
            copies = {name: row.get(name) for name in ("id", "region", "kind", "matter", "at")}
            if leaf.hex() != stated:
                self.report.fail("ENTRY_EDITED", place, f"记录 {entry_id} 的内容与叶哈希不符，已被改动。")
            if canonical(copies | {"v": 1, "data": data}) != written:
                self.report.fail("ENTRY_EDITED", place, f"记录 {entry_id} 的列与其内容不符，已被改动。")
            if entry_id in self.entries:
                self.report.fail("ENTRY_DUPLICATE", place, f"记录 {entry_id} 出现两次。")
            self.entries[entry_id] = Entry(line, kind, row.get("matter"), at, data, leaf)
            if kind == "document":
                try:
                    learn_document(self.case, data, at)
                except Malformed as wrong:
                    self.report.fail("ENTRY_MALFORMED", place, f"{wrong}。")

    def check_leaves(self) -> None:
        """Leaves count from 0 without gaps; each belongs to one entry."""
        self.case.saw_log = True
        for line, row in self.lines("leaves"):
            self.report.checked["leaves"] += 1
            place = self.place("leaves", line)
            try:
                index, entry_id, leaf = take(row, index=int, entry=str, leaf_hash=str)
                leaf = from_hex(leaf, 32)
            except Malformed as wrong:
                self.unbroken = False
                self.report.fail("LEAF_MALFORMED", place, f"{wrong}。")
                continue
            due = len(self.leaves)
            if index != due and self.unbroken:
                self.unbroken = False
                text = f"序位应为 {due}，实为 {index}：叶有缺失、重复或者次序被改。"
                self.report.fail("LEAF_MISSING" if index > due else "LEAF_OUT_OF_ORDER", place, text)
            entry = self.entries.get(entry_id)
            if entry is None:
                self.report.fail("ENTRY_MISSING", place, f"序位 {index} 的记录 {entry_id} 不在导出中。")
            elif entry.leaf != leaf:
                self.report.fail("LEAF_EDITED", place, f"序位 {index} 的叶哈希与记录 {entry_id} 不符。")
            if entry_id in self.index_of:
                self.report.fail("LEAF_DUPLICATE", place, f"记录 {entry_id} 有两个序位。")
            self.index_of[entry_id] = index
            self.leaves.append((entry_id, leaf))

    def check_pending(self) -> None:
        """Whatever is not in the tree must be waiting for it."""
        waiting: set[str] = set()
        for line, row in self.lines("pending"):
            entry_id = str(row.get("entry")) if isinstance(row, dict) else ""
            if entry_id not in self.entries or entry_id in self.index_of or entry_id in waiting:
                self.report.fail("PENDING_INVALID", self.place("pending", line), "待封账的记录不存在或者已经封账。")
            waiting.add(entry_id)
        for entry_id, entry in self.entries.items():
            if entry_id not in self.index_of and entry_id not in waiting:
                text = f"记录 {entry_id} 既不在树中也不在待封队列，其叶已被删除，或者记录是后来塞入的。"
                self.report.fail("LEAF_MISSING", self.place("entries", entry.line), text)
        if waiting:
            self.report.note(f"{len(waiting)} 条记录尚未封账，其内容已核对，次序尚无签名。")

    def check_draws(self) -> None:
        """One announcement and one result for each selection and case, a new one only after one that ended in nobody."""
        announced: dict[str, Entry] = {}
        newest: dict[str, str] = {}  # matter, and commitment to the case -> its newest draw
        results: set[str] = set()
        events: Counter[str] = Counter()
        for entry in sorted(self.entries.values(), key=lambda entry: entry.at):
            draw, place = str(entry.data.get("draw")), self.place("entries", entry.line)
            if not entry.kind.startswith("draw."):
                continue
            if "draw" not in entry.data:
                self.report.note("导出中有旧式摇号记录（jianheng-draw/1），它们不能证明结果没有被挑选。")
            elif entry.kind == "draw.announced":
                keys = {f"事项 {entry.matter}", str(entry.data.get("case"))}
                before = {newest[key] for key in keys if key in newest}
                if draw in announced or before - {entry.data.get("after")}:
                    self.report.fail("DRAW_TWICE", place, f"同一案件或者同一次选择公布了两次摇号（{draw}）。")
                elif before:
                    self.report.note(f"摇号 {draw} 在摇号 {'、'.join(before)} 全部递补完之后重新公布。")
                announced[draw] = entry
                newest |= dict.fromkeys(keys, draw)
            elif draw not in announced:
                self.report.fail("DRAW_UNPROVEN", place, f"摇号 {draw} 没有公布，却有结果或者递补。")
            elif entry.kind == "draw.result":
                if draw in results or entry.data.get("announcement") != announced[draw].leaf.hex():
                    self.report.fail("DRAW_TWICE", place, f"摇号 {draw} 有两个结果，或者结果不属于这次公布。")
                results.add(draw)
            else:
                events[draw] += 1
        for draw, entry in announced.items():
            if draw not in results:
                due = entry.data.get("due")
                self.report.note(f"摇号 {draw} 已经公布，导出中没有结果（应于 {due} 之前作出）。")
        for draw, known in self.case.draws.items():
            if events[draw] > known:
                text = f"账本中摇号 {draw} 有 {events[draw]} 件递补事项，所给摇号文件只有 {known} 件。"
                self.report.fail("DRAW_EVENT_HIDDEN", self.place("entries"), text)

    def check_tree(self) -> None:
        """The signed roots, recomputed; the tiles; every checkpoint known from elsewhere."""
        checkpoints = list(self.checkpoints())
        last = checkpoints[-1].size if checkpoints else 0
        if self.leaves and last != len(self.leaves):
            code, more = (
                ("LEAF_MISSING", "缺少叶") if last > len(self.leaves) else ("CHECKPOINT_MISSING", "有叶未经签名")
            )
            self.report.fail(
                code, self.place("checkpoints"), f"最后的检查点为 {last} 条，导出有 {len(self.leaves)} 条：{more}。"
            )
        elif last and not self.leaves:
            self.report.fail("LEAF_MISSING", self.place("leaves"), f"检查点为 {last} 条，导出中一条也没有。")
        roots = self.roots({one.size for one in [*checkpoints, *self.case.known]})
        if self.unbroken:
            self.check_tiles()
        self.compare_roots(checkpoints, roots)
        self.compare_known(roots)
        self.check_times(checkpoints)
        if self.case.watch is not None:
            self.check_witnesses(self.case.watch, checkpoints)

    def checkpoints(self) -> Iterator[Checkpoint]:
        """The export's own checkpoints that are properly signed."""
        before = 0
        for line, row in self.lines("checkpoints"):
            self.report.checked["checkpoints"] += 1
            place = self.place("checkpoints", line)
            try:
                size, root, note, at = take(row, size=int, root=str, note=str, at=str)
                checkpoint = read_checkpoint(note, place, self.keys)
            except Malformed as wrong:
                self.report.fail("CHECKPOINT_FORGED", place, f"{wrong}。")
                continue
            signed = (checkpoint.size, checkpoint.root.hex(), checkpoint.extensions.get("time"), checkpoint.origin)
            if signed != (size, root, at, self.origin):
                self.report.fail("CHECKPOINT_EDITED", place, "叶数、根哈希、时间或者来源与签名文本不符。")
            if checkpoint.extensions.get("after") != str(before):
                text = f"它签名时的前一检查点为 {checkpoint.extensions.get('after')} 条，导出中为 {before} 条：检查点有缺失或者次序被改。"
                self.report.fail("CHECKPOINT_MISSING", place, text)
            before = checkpoint.size
            with_cosignatures = self.with_cosignatures(checkpoint, row, place)
            if self.case.watch is not None:
                self.case.watch.hear(with_cosignatures)
            yield checkpoint

    def with_cosignatures(self, checkpoint: Checkpoint, row: Any, place: str) -> Checkpoint:
        """The checkpoint with the cosignatures that stand beside its note."""
        try:
            [lines] = take({"cosignatures": []} | row, cosignatures=list)
            [note] = take(row, note=str)
            if not all(isinstance(line, str) and line.endswith("\n") and line.count("\n") == 1 for line in lines):
                raise Malformed("见证签名行不合规")
            return read_checkpoint(note + "".join(lines), place, self.keys)
        except Malformed as wrong:
            self.report.fail("COSIGNATURE_FORGED", place, f"{wrong}。")
            return checkpoint

    def check_times(self, checkpoints: list[Checkpoint]) -> None:
        """Checkpoints go forward in time; each entry was made between the one before its place and its own."""
        watch, smaller = self.case.watch, Times()
        explained = self.explained_by_clock()
        size, floor = 0, None
        for checkpoint in checkpoints:
            ceiling = checkpoint.time()
            if ceiling is None or (floor is not None and ceiling < floor):
                text = f"{checkpoint.size} 条的检查点没有写明时间，或者早于前一检查点。"
                self.report.fail("CHECKPOINT_TIME_BACKWARD", self.place("checkpoints"), text)
            seen = watch.policy.until(smaller) if watch else None
            lowest = max((one for one in (floor, seen) if one is not None), default=None)
            for index in range(size, min(checkpoint.size, len(self.leaves))):
                if entry := self.entries.get(self.leaves[index][0]):
                    self.judge_entry(entry, lowest, None if entry.leaf in explained else ceiling)
            if watch:
                self.check_claim(watch, checkpoint, seen, smaller)
            size, floor = max(size, checkpoint.size), ceiling
        for entry_id, entry in self.entries.items():
            if entry_id not in self.index_of:
                self.judge_entry(entry, floor, None)

    def explained_by_clock(self) -> set[bytes]:
        """Leaves whose time is later than their place because a clock was ahead, as a statement before them says."""
        named: dict[bytes, tuple[Entry, int | None]] = {}
        explained: set[bytes] = set()
        for entry_id, statement in self.entries.items():
            if statement.kind != AHEAD or entry_id not in self.index_of:
                continue
            named = named or {entry.leaf: (entry, self.index_of.get(one)) for one, entry in self.entries.items()}
            place = self.place("entries", statement.line)
            try:
                ahead = Ahead.read(statement.data, statement.at, self.index_of[entry_id], self.origin)
                fitting = {leaf for text in ahead.leaves if self.fits(ahead, leaf := from_hex(text, 32), named)}
            except Malformed as wrong:
                self.report.fail("CLOCK_STATEMENT_WRONG", place, f"{wrong}。")
                continue
            explained |= fitting
            self.report.note(f"{place}：{ahead.sentence(len(ahead.leaves))}")
        return explained

    def fits(self, ahead: Ahead, leaf: bytes, named: dict[bytes, tuple[Entry, int | None]]) -> bool:
        """Whether a named leaf is of this log, came behind the statement (or waits), and claims what was stated."""
        if leaf not in named:
            raise Malformed("时钟说明所列的记录不在导出中")
        entry, index = named[leaf]
        claimed = int(instant(entry.at).timestamp())
        ahead.must_explain(leaf.hex(), claimed, sys.maxsize if index is None else index, self.origin)
        return True

    def check_claim(self, watch: Watch, checkpoint: Checkpoint, seen: int | None, smaller: Times) -> None:
        """A checkpoint says when it was signed: not before witnesses saw a smaller log, not after they saw it."""
        said, first, place = checkpoint.time(), watch.first(checkpoint), self.place("checkpoints")
        if said is not None and seen is not None and said < seen - IN_FLIGHT:
            text = f"{checkpoint.size} 条的检查点自称签于 {told(said)}，见证人在 {told(seen)} 见到的账本却更短。"
            self.report.fail("CHECKPOINT_TIME_DIFFERS", place, text)
        if said is not None and first is not None and said > first + SKEW:
            text = f"{checkpoint.size} 条的检查点自称签于 {told(said)}，见证人在 {told(first)} 已经见到它。"
            self.report.fail("CHECKPOINT_TIME_DIFFERS", place, text)
        there = watch.said.get((checkpoint.origin, checkpoint.size, checkpoint.root), {})
        smaller |= {witness: max(smaller.get(witness, 0), *times) for witness, times in there.items()}

    def judge_entry(self, entry: Entry, floor: int | None, ceiling: int | None) -> None:
        """One entry's time."""
        place = self.place("entries", entry.line)
        try:
            judge_time(self.report, place, int(instant(entry.at).timestamp()), floor, ceiling)
        except Malformed as wrong:
            self.report.fail("ENTRY_MALFORMED", place, f"{wrong}。")

    def check_witnesses(self, watch: Watch, checkpoints: list[Checkpoint]) -> None:
        """The newest cosigned checkpoint is fresh, what lies beyond is new, and nobody outside contradicts a time."""
        vouched = [checkpoint for checkpoint in checkpoints if watch.first(checkpoint) is not None]
        place = self.place("checkpoints")
        if not vouched:
            if checkpoints:
                self.report.fail("COSIGNATURES_MISSING", place, f"{watch.missing(checkpoints[-1])}。")
            return
        newest = vouched[-1]
        last = watch.last(newest) or 0
        if last < watch.moment - STALE:
            text = f"见证人最近一次签名于 {told(last)}，距核验时（{told(watch.moment)}）超过一小时：可能另有更新的账本未出示。"
            self.report.fail("COSIGNATURES_STALE", place, text)
        for checkpoint in checkpoints:
            if checkpoint.size > newest.size:
                if (checkpoint.time() or 0) < watch.moment - STALE:
                    self.report.fail("COSIGNATURES_MISSING", place, f"{watch.missing(checkpoint)}。")
                else:
                    self.report.note(f"{len(self.leaves) - newest.size} 条记录刚刚封账，尚无见证。")
        self.report.note(f"账本前 {newest.size} 条有见证，最近一次见证于 {told(last)}。")

    def roots(self, sizes: set[int]) -> dict[int, bytes]:
        """The root at each of the sizes, as the exported leaves give it."""
        tree, found = Tree(), {0: sha256(b"")}
        for count, (_, leaf) in enumerate(self.leaves, start=1):
            tree.add(leaf)
            if count in sizes:
                found[count] = tree.root()
        return found

    def check_tiles(self) -> None:
        """Every full tile holds the hashes below it; no tile is missing, none is left over."""
        stored: dict[tuple[int, int], tuple[int, bytes, bytes]] = {}
        for line, row in self.lines("tiles"):
            self.report.checked["tiles"] += 1
            try:
                level, index, hashes, root = take(row, level=int, index=int, hashes=str, root=str)
                if (level, index) in stored:
                    raise Malformed(f"瓦片 {level}/{index} 出现两次")
                stored[level, index] = (line, from_base64(hashes), from_hex(root))
            except Malformed as wrong:
                self.report.fail("TILE_EDITED", self.place("tiles", line), f"{wrong}。")
        level, below = 0, [leaf for _, leaf in self.leaves]
        while len(below) >= 256:
            above = []
            for index in range(len(below) // 256):
                part = below[index * 256 : index * 256 + 256]
                tree = Tree()
                for hashed in part:
                    tree.add(hashed)
                above.append(tree.root())
                self.compare_tile(level, index, part, tree.root(), stored.pop((level, index), None))
            level, below = level + 1, above
        for (level, index), (line, _, _) in stored.items():
            self.report.fail("TILE_EDITED", self.place("tiles", line), f"不应有瓦片 {level}/{index}。")

    def compare_tile(
        self, level: int, index: int, part: list[bytes], root: bytes, stored: tuple[int, bytes, bytes] | None
    ) -> None:
        """One tile; where a level-0 tile differs, the leaves that differ are named."""
        if stored is None:
            self.report.fail("TILE_MISSING", self.place("tiles"), f"缺少瓦片 {level}/{index}。")
            return
        line, hashes, stored_root = stored
        if hashes == b"".join(part) and stored_root == root:
            return
        differing = [i for i, hashed in enumerate(part) if hashes[i * 32 : i * 32 + 32] != hashed]
        if level == 0 and differing:
            lines = "、".join(str(index * 256 + i + 1) for i in differing[:5])
            text = f"瓦片 {level}/{index} 与 leaves.jsonl 第 {lines} 行不符：叶被替换、调换，或者瓦片被改动。"
        else:
            text = f"瓦片 {level}/{index} 与下层的哈希不符。"
        self.report.fail("TILE_EDITED", self.place("tiles", line), text)

    def compare_roots(self, checkpoints: list[Checkpoint], roots: dict[int, bytes]) -> None:
        """Each signed root; the first that fails bounds where the log was changed."""
        good = 0
        for checkpoint in checkpoints:
            if roots.get(checkpoint.size) == checkpoint.root:
                good = checkpoint.size
                continue
            if checkpoint.size in roots and self.unbroken:
                lines = f"第 {good + 1} 至 {checkpoint.size} 行"
                text = f"导出的叶与 {checkpoint.size} 条时签名的根哈希不符：{lines}之间有改动。"
                where = self.misplaced(good, checkpoint.size)
                self.report.fail("ROOT_DIFFERS", self.place("leaves", where or f"{good + 1}–{checkpoint.size}"), text)
            return

    def misplaced(self, start: int, end: int) -> int | None:
        """The line of the first leaf that stands out of the order of time in which one batch is sealed."""
        batch = [
            (self.entries[entry_id].at, entry_id)
            for entry_id, _ in self.leaves[start:end]
            if entry_id in self.entries
        ]
        for place, (one, following) in enumerate(pairwise(batch)):
            if following < one:
                return start + place + 1
        return None

    def compare_known(self, roots: dict[int, bytes]) -> None:
        """Checkpoints and receipts from elsewhere: this log must continue them."""
        for known in self.case.known:
            if known.size > len(self.leaves):
                text = f"{known.place}证明账本曾有 {known.size} 条，导出只有 {len(self.leaves)} 条：账本被回退。"
                self.report.fail("LOG_ROLLED_BACK", self.bundle.label, text)
            elif self.unbroken and roots[known.size] != known.root:
                text = f"前 {known.size} 条与{known.place}签名的根哈希不符：此后历史被改写。"
                self.report.fail("LOG_REWRITTEN", self.bundle.label, text)
        for place, index, leaf in self.case.leaves:
            if index < len(self.leaves) and self.leaves[index][1].hex() != leaf:
                self.report.fail("LOG_REWRITTEN", self.place("leaves", index + 1), f"与{place}证明的记录不同。")

    # acts and documents

    def check_acts(self) -> None:
        """Every act has its entry and every entry its act; content fits; steps count from 1 without gaps."""
        logged = {entry_id: entry for entry_id, entry in self.entries.items() if entry.kind == "act"}
        if not logged and not self.bundle.has("acts.jsonl"):
            return
        claimed: set[str] = set()
        steps: dict[int, list[int]] = defaultdict(list)
        for line, row in self.lines("acts"):
            self.report.checked["acts"] += 1
            try:
                act, matter, seq, code, entry_id, commitment = take(
                    row, id=(str, int), matter=int, seq=int, code=str, entry=str, commitment=str
                )
            except Malformed as wrong:
                self.report.fail("ACT_MALFORMED", self.place("acts", line), f"{wrong}。")
                continue
            place = f"{self.place('acts', line)}（办理行为 {act}）"
            steps[matter].append(seq)
            entry = logged.get(entry_id)
            if entry is None or entry_id in claimed:
                self.report.fail("ACT_NOT_LOGGED", place, "账本中没有这一办理行为的记录，行为是后来塞入的。")
                continue
            claimed.add(entry_id)
            stated = {"act": act, "seq": seq, "code": code, "commitment": commitment}
            self.compare_columns("ACT_EDITED", place, stated, entry, matter)
            self.check_content("ACT_EDITED", place, row, ACT_MEMBERS)
        for entry_id, entry in logged.items():
            if entry_id not in claimed:
                text = f"账本记有办理行为 {entry.data.get('act')}，导出中没有：行为被删除。"
                self.report.fail("ACT_MISSING", self.place("entries", entry.line), text)
        for matter, seqs in steps.items():
            for due, seq in enumerate(sorted(seqs), start=1):
                if seq != due:
                    self.report.fail("ACT_GAP", self.place("acts"), f"事项 {matter} 缺少或者重复第 {due} 步。")
                    break

    def check_register(self) -> None:
        """Every act of the register has its entry and every entry its act; content fits; numbers run without gaps."""
        logged = {entry_id: entry for entry_id, entry in self.entries.items() if entry.kind == "register"}
        if not logged and not self.bundle.has("register.jsonl"):
            return
        claimed: set[str] = set()
        serials: dict[str, list[str]] = defaultdict(list)
        for line, row in self.lines("register"):
            self.report.checked["register"] += 1
            try:
                act, code, entry_id, commitment = take(row, id=str, code=str, entry=str, commitment=str)
            except Malformed as wrong:
                self.report.fail("REGISTER_MALFORMED", self.place("register", line), f"{wrong}。")
                continue
            place = f"{self.place('register', line)}（登记 {act}）"
            entry = logged.get(entry_id)
            if entry is None or entry_id in claimed:
                text = "账本中没有这一登记的记录，名册是后来改动的。"
                self.report.fail("REGISTER_NOT_LOGGED", place, text)
                continue
            claimed.add(entry_id)
            subject, _, serial = act.rpartition("/")
            serials[subject].append(serial)
            stated = {"register": act, "code": code, "commitment": commitment}
            self.compare_columns("REGISTER_EDITED", place, stated, entry, None)
            self.check_content("REGISTER_EDITED", place, row, REGISTER_MEMBERS)
        for entry_id, entry in logged.items():
            if entry_id not in claimed:
                text = f"账本记有登记 {entry.data.get('register')}，导出中没有：登记被删除。"
                self.report.fail("REGISTER_MISSING", self.place("entries", entry.line), text)
        for subject, found in serials.items():
            if sorted(found) != sorted(str(due) for due in range(1, len(found) + 1)):
                self.report.fail("REGISTER_GAP", self.place("register"), f"{subject} 的登记缺少或者重复。")

    # state: the rows a case turns on, folded out of the changes

    def check_state(self) -> None:
        """Every row is what its newest change committed to, every change stands in the log, something explains it.

        Knows no rule of any procedure: which tables, which columns and what may explain a change is said by entries of
        kind "shape", each batch of changes by one entry of kind "state".
        """
        batches: dict[str, tuple[Entry, dict[str, Any]]] = {}
        for entry in self.entries.values():
            if "state" in entry.data:
                self.open_batch(entry, batches)
        if not batches and not self.bundle.has("changes.jsonl"):
            return
        newest = self.fold(batches, self.shapes())
        family = self.compare_rows(newest)
        for change, causes in self.explained:
            if change.matter is not None and causes:
                wanted = {family.get(cause, cause) for cause in causes}
                if family.get(change.matter, change.matter) not in wanted:
                    text = "同一事务中的办理行为属于另外的案件，不能说明这一改动。"
                    self.report.fail("CHANGE_OF_ANOTHER_CASE", change.place, text)

    def open_batch(self, entry: Entry, batches: dict[str, tuple[Entry, dict[str, Any]]]) -> None:
        """A batch as its entry says it."""
        place = self.place("entries", entry.line)
        try:
            batch, chain, changes = only(entry.data["state"], batch=str, chain=str, changes=int)
        except Malformed as wrong:
            self.report.fail("ENTRY_MALFORMED", place, f"{wrong}。")
            return
        if batch in batches:
            self.report.fail("CHANGE_EDITED", place, f"批 {batch} 在账本中记录了两次。")
        batches[batch] = (entry, {"chain": chain, "changes": changes})

    def shapes(self) -> dict[tuple[str, int], dict[str, Any]]:
        """What the hashes of a table cover, by table and number."""
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for entry in self.entries.values():
            if entry.kind != "shape":
                continue
            try:
                table, number, key, matter, by, columns = take(
                    entry.data, table=str, shape=int, key=str, matter=str, by=list, columns=dict
                )
                found[table, number] = {"key": key, "matter": matter, "by": by, "columns": frozenset(columns)}
            except Malformed as wrong:
                self.report.fail("ENTRY_MALFORMED", self.place("entries", entry.line), f"{wrong}。")
        return found

    def fold(
        self, batches: dict[str, tuple[Entry, dict[str, Any]]], shapes: dict[tuple[str, int], dict[str, Any]]
    ) -> dict[tuple[str, str], Change]:
        """The newest change of every row; batches are recomputed and compared with their entries."""
        newest: dict[tuple[str, str], Change] = {}
        chains: dict[str, tuple[int, bytes]] = {}
        self.explained: list[tuple[Change, list[int]]] = []
        anew: Counter[str] = Counter()
        behind: dict[str, tuple[list[Entry], set[str]]] = {}  # what explains a batch, and of which kinds that is
        erased = [entry.data.get("change") for entry in self.entries.values() if entry.kind == "erasure"]
        before = 0
        for line, row in self.lines("changes"):
            self.report.checked["changes"] += 1
            place = self.place("changes", line)
            try:
                change = Change.read(row, place)
            except Malformed as wrong:
                self.report.fail("CHANGE_MALFORMED", place, f"{wrong}。")
                continue
            place = change.place
            if change.hash is not None and change.salt is None and change.id not in erased:
                self.report.fail("ERASED_WITHOUT_ENTRY", place, "盐缺失，内容无从核对，账本中却没有删除记录。")
            count, chain = chains.get(change.batch, (0, b""))
            if change.id <= before or change.number != count + 1:
                self.report.fail("CHANGE_MISSING", place, "变动的编号不连续：同一批中有变动被删除、插入或者调换。")
            before = change.id
            chains[change.batch] = (count + 1, sha256(chain + change.line()))
            shape = shapes.get((change.table, change.shape))
            if shape is None:
                self.report.fail("CHANGE_UNDECLARED", place, "账本中没有这一版次的列约定。")
                continue
            newest[change.table, change.key] = change._replace(columns=shape["columns"])
            if change.batch not in behind:
                causes = self.causes(batches[change.batch][0]) if change.batch in batches else []
                behind[change.batch] = causes, {cause.kind for cause in causes}
            causes, kinds = behind[change.batch]
            if any(one.kind == "shape" and self.declares(one, change) for one in causes):
                anew[f"{change.table} 有 {{}} 行因列的约定变更而重新承诺"] += 1
            elif "upgrade" in kinds:
                anew[f"{change.table} 有 {{}} 行由升级程序改动"] += 1
            elif not kinds & set(shape["by"]):
                text = f"没有办理行为说明这一改动（同一事务的日志记录：{'、'.join(sorted(kinds)) or '无'}）。"
                self.report.fail("CHANGE_UNEXPLAINED", place, text)
            elif not any(cause.kind in shape["by"] and cause.kind != "act" for cause in causes):
                matters = [cause.matter for cause in causes if cause.kind == "act" and cause.matter is not None]
                self.explained.append((change, matters))
        for batch, (entry, stated) in batches.items():
            count, chain = chains.pop(batch, (0, b""))
            if stated != {"chain": chain.hex(), "changes": count}:
                text = f"账本记录的这一批变动有 {stated['changes']} 项，与导出的不符：变动被改动或者删除。"
                self.report.fail("CHANGE_EDITED", self.place("entries", entry.line), text)
        for batch in chains:
            self.report.fail("CHANGE_NOT_LOGGED", self.place("changes"), f"批 {batch} 在账本中没有记录。")
        for text, count in anew.items():
            self.report.note(f"{text.format(count)}；此前的内容以旧承诺为准，不由本次核验证明。")
        return newest

    def declares(self, entry: Entry, change: Change) -> bool:
        """Whether an entry declares just the shape a change was hashed in: only that gives a row its hash anew."""
        return same([entry.data.get("table"), entry.data.get("shape")], [change.table, change.shape])

    def causes(self, state: Entry) -> list[Entry]:
        """What explains a batch: the act or operation it stands in, else the entries its transaction made before."""
        named = state.data.get("by")
        if state.kind != "state" or not isinstance(named, list):
            return [state]
        return [self.entries[one] for one in named if one in self.entries]

    def compare_rows(self, newest: dict[tuple[str, str], Change]) -> dict[int, int]:
        """Every row against its newest change; the family each matter belongs to."""
        family: dict[int, int] = {}
        for line, row in self.lines("state"):
            self.report.checked["rows"] += 1
            try:
                table, key, text = take(row, table=str, key=str, row=str)
                change = newest.get((table, key))
                if change and change.salt and sha256(change.salt + text.encode()) == change.hash:
                    newest.pop((table, key))  # it is what was committed to, letter by letter
                    family |= family_of(text) if table == "procedures_matter" else {}
                    continue
                columns = members(text)
            except Malformed as wrong:
                self.report.fail("ROW_MALFORMED", self.place("state", line), f"{wrong}。")
                continue
            place = f"{self.place('state', line)}（{table} {key}）"
            if table == "procedures_matter":
                family[int(columns.get("id", "0"))] = int(columns.get("root_id", "0"))
            change = newest.pop((table, key), None)
            if change is None or change.hash is None:
                self.report.fail("ROW_UNEXPLAINED", place, "没有任何记录说明这一行，它是绕过平台写入的。")
                continue
            if change.salt is None:
                self.report.note("有已依法删除盐值的行，其内容不再可核。")
                continue
            kept = text if columns.keys() == change.columns else only_members(columns, change.columns)
            if sha256(change.salt + kept.encode()) != change.hash:
                self.report.fail("ROW_DIFFERS", place, f"现有内容与最近一次承诺（{change.place}）不符，已被改动。")
        for (table, key), change in newest.items():
            if change.hash is not None:
                self.report.fail("ROW_MISSING", change.place, f"{table} {key} 应当存在，导出中没有：被删除。")
        return family

    def compare_columns(self, code: str, place: str, stated: dict[str, Any], entry: Entry, matter: Any) -> None:
        """What stands beside the content must be what the log says."""
        differing = [name for name, value in stated.items() if not same(entry.data.get(name), value)]
        differing += ["matter"] if not same(entry.matter, matter) else []
        if differing:
            self.report.fail(
                code, place, f"{'、'.join(differing)} 与账本记录（entries.jsonl 第 {entry.line} 行）不符。"
            )

    def check_content(self, code: str, place: str, row: dict[str, Any], covered: set[str]) -> None:
        """Salt and content fit the commitment; columns repeat the content; what is erased was erased by an act."""
        content, salt = row.get("row"), row.get("salt")
        if content is None and salt is None:
            erased = any(e.kind == "erasure" and e.data.get("entry") == row["entry"] for e in self.entries.values())
            if not erased:
                self.report.fail("ERASED_WITHOUT_ENTRY", place, "内容与盐均缺失，账本中却没有删除记录。")
            return
        try:
            content, salt = take(row, row=dict, salt=str)
            fits = sha256(from_hex(salt) + canonical(content)).hex() == row["commitment"]
        except Malformed as wrong:
            self.report.fail(code, place, f"{wrong}。")
            return
        if not fits:
            self.report.fail(code, place, "内容、盐与承诺值不符：内容或者盐被改动。")
        for name, value in row.items():
            if name in content and not same(content[name], value):
                self.report.fail(code, place, f"{name} 与已承诺的内容不符。")
            elif name not in content and name not in covered:
                self.report.fail(code, place, f"{name} 不在已承诺的内容中，无从核对。")

    def check_documents(self) -> None:
        """Every document has its newest entry; files are the logged ones; numbers run without gaps."""
        logged = {entry_id: entry for entry_id, entry in self.entries.items() if entry.kind == "document"}
        if not logged and not self.bundle.has("documents.jsonl"):
            return
        newest: dict[str, str] = {}
        for entry_id, entry in sorted(logged.items(), key=lambda item: self.age(*item)):
            newest[str(entry.data.get("document"))] = entry_id
        claimed: set[str] = set()
        series: Numbers = defaultdict(dict)
        for line, row in self.lines("documents"):
            self.report.checked["documents"] += 1
            try:
                number, kind, digest, entry_id, commitment = take(
                    row, number=OPTIONAL_TEXT, kind=str, sha256=OPTIONAL_TEXT, entry=str, commitment=str
                )
            except Malformed as wrong:
                self.report.fail("DOCUMENT_MALFORMED", self.place("documents", line), f"{wrong}。")
                continue
            place = f"{self.place('documents', line)}（文书 {number}）"
            logged_as = logged.get(entry_id)
            document = str(logged_as.data.get("document")) if logged_as else ""
            if logged_as is None or document in claimed:
                self.report.fail("DOCUMENT_NOT_LOGGED", place, "账本中没有这份文书的记录，文书是后来塞入的。")
                continue
            claimed.add(document)
            if newest[document] != entry_id:
                text = f"账本中这份文书另有更新的记录 {newest[document]}，此行是旧状态。"
                self.report.fail("DOCUMENT_EDITED", place, text)
            stated = {"number": number, "kind": kind, "sha256": digest, "commitment": commitment}
            matter = row.get("matter", logged_as.matter)
            self.compare_columns("DOCUMENT_EDITED", place, stated, logged_as, matter)
            self.check_content("DOCUMENT_EDITED", place, row, DOCUMENT_MEMBERS)
            self.check_file(place, row.get("path"), digest)
            self.count_number(place, row, number, series)
        for document, entry_id in newest.items():
            if document not in claimed:
                lost = logged[entry_id]
                text = f"账本记有文书 {lost.data.get('number') or document}，导出中没有：文书被删除。"
                self.report.fail("DOCUMENT_MISSING", self.place("entries", lost.line), text)
        for name, numbers in series.items():
            gaps = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
            if gaps:
                listed = "、".join(map(str, gaps[:5]))
                self.report.fail("NUMBER_GAP", self.place("documents"), f"文号序列“{name}”缺少第 {listed} 号。")

    def age(self, entry_id: str, entry: Entry) -> tuple[int, str, str]:
        """Sorts entries from old to new: by place in the tree, those still waiting last."""
        return self.index_of.get(entry_id, sys.maxsize), entry.at, entry_id

    def check_file(self, place: str, path: Any, digest: str | None) -> None:
        """A document's file against the logged hash."""
        if path is None:
            self.report.checked["documents without file"] += 1
            return
        file = self.bundle.open(path) if isinstance(path, str) else None
        if file is None:
            self.report.fail("FILE_MISSING", place, f"导出中没有文书文件 {path}。")
            return
        with file:
            self.report.checked["files"] += 1
            content = file.read(LARGEST_FILE)
            judge_signing(self.case, place, content, sha256(content))
            if sha256(content).hex() != digest:
                self.report.fail(
                    "DOCUMENT_FILE_CHANGED", place, f"文件 {path} 与账本记录的 SHA-256 不符，文件被改动。"
                )

    def count_number(self, place: str, row: dict[str, Any], number: str | None, series: Numbers) -> None:
        """Remember a number of a series; the same one twice only for versions of one document."""
        content = row.get("row") or row
        try:
            name, serial, version = take(
                content, series=OPTIONAL_TEXT, serial=OPTIONAL_NUMBER, version=OPTIONAL_NUMBER
            )
        except Malformed as wrong:
            self.report.fail("DOCUMENT_MALFORMED", place, f"{wrong}。")
            return
        if name is None or serial is None:
            return
        others = series[name].setdefault(serial, {})
        if serial < 1 or version in others or set(others.values()) - {number}:
            self.report.fail("NUMBER_DUPLICATE", place, f"文号序列“{name}”第 {serial} 号无效或者重复。")
        others[version] = number


# --- what was given -------------------------------------------------------------------------------------------


@dataclass
class Given:
    """The paths, sorted by what they are."""

    exports: list[Folder | Archive] = field(default_factory=list)
    receipts: list[tuple[str, Any]] = field(default_factory=list)
    draws: list[tuple[str, Any]] = field(default_factory=list)
    checkpoints: list[tuple[str, str]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def count(self) -> int:
        """How much there is."""
        texts = len(self.receipts) + len(self.draws) + len(self.checkpoints)
        return len(self.exports) + len(self.files) + texts


def sort_out(path: Path, given: Given, report: Report, *, named: bool) -> None:
    """Put one path where it belongs; what was ``named`` by the caller must be of a known kind."""
    if path.is_dir():
        folder = Folder(path)
        if any(folder.has(name) for name in EXPORT_FILES):
            given.exports.append(folder)
            return
        before = given.count()
        for inner in sorted(inner for inner in path.iterdir() if not inner.is_symlink()):
            sort_out(inner, given, report, named=False)
        if named and given.count() == before:
            report.fail("UNKNOWN_FILE", str(path), "目录中没有可以核验的材料。")
        return
    if not path.is_file():
        report.fail("UNKNOWN_FILE", str(path), "没有这个文件。")
        return
    with path.open("rb") as file:
        start = file.read(5)
        data = start if start == b"%PDF-" or start[:4] == b"PK\x03\x04" else start + file.read(LARGEST_FILE)
    if start == b"%PDF-":
        given.files.append(path)
    elif start[:4] == b"PK\x03\x04":
        sort_out_archive(path, given, report, named=named)
    elif not sort_out_text(str(path), data, given) and named:
        report.fail("UNKNOWN_FILE", str(path), "不是回执、摇号文件、检查点、导出或者 PDF。")


def sort_out_archive(path: Path, given: Given, report: Report, *, named: bool) -> None:
    """A zip file is an export, or nothing to us."""
    try:
        archive = Archive(path)
    except (zipfile.BadZipFile, OSError):
        report.fail("UNKNOWN_FILE", str(path), "压缩文件已损坏。")
        return
    if any(archive.has(name) for name in EXPORT_FILES):
        given.exports.append(archive)
    elif named:
        report.fail("UNKNOWN_FILE", str(path), "压缩文件中没有账本导出。")


def sort_out_text(place: str, data: bytes, given: Given) -> bool:
    """A receipt, a draw or a checkpoint; ``False`` for anything else."""
    if b"\n\n\xe2\x80\x94 " in data and not data.lstrip().startswith(b"{"):
        given.checkpoints.append((place, data.decode("utf-8", "replace")))
        return True
    try:
        value = read_json(data)
    except Malformed:
        return False
    form = value.get("format") if isinstance(value, dict) else None
    if form in (RECEIPT, DRAW, OLD_DRAW):
        (given.receipts if form == RECEIPT else given.draws).append((place, value))
    return form in (RECEIPT, DRAW, OLD_DRAW)


def verify(
    paths: Iterable[Path],
    *,
    keys: Iterable[str] = (),
    since: Path | None = None,
    policy: Policy | None = None,
    at: int | None = None,
    pulses: Iterable[str] = (),
    beacons: Iterable[str] = (),
) -> Report:
    """Check everything given, as of the POSIX time ``at``; raises :class:`Malformed` only for an unreadable key or pulse."""
    report = Report()
    pinned = [Key.read(key) for key in keys] or (policy.logs if policy else [])
    moment = int(datetime.now(UTC).timestamp()) if at is None else at
    case = Case(report, list(pinned), None if policy is None else Watch(policy, moment, report))
    case.pulses, case.chains = dict(map(read_pulse, pulses)), frozenset(beacons)
    case.now = datetime.fromtimestamp(moment, UTC)
    given = Given()
    for path in paths:
        sort_out(path, given, report, named=True)
    if since is not None:
        given.checkpoints.append((f"旧检查点 {since}", since.read_text(encoding="utf-8")))
    for place, receipt in given.receipts:
        check_receipt(case, receipt, place)
    for place, draw in given.draws:
        check_draw(case, draw, place)
    exports = [Export(case, bundle) for bundle in given.exports]
    check_checkpoints(case, given)
    for export in exports:
        export.check()
    if since is not None and not exports:
        report.note("--since 须与导出一并使用，才能核验账本未被回退。")
    if given.checkpoints and case.watch and case.known and not (exports or given.receipts or given.draws):
        check_alone(case, case.watch)
    for path in given.files:
        check_pdf(case, path)
    return report


def check_alone(case: Case, watch: Watch) -> None:
    """Where checkpoints are all there is: the newest, by all the cosignatures brought, has the quorum and is fresh."""
    newest = max(case.known, key=lambda known: known.size)
    last = watch.last(newest)
    if last is None:
        case.report.fail("COSIGNATURES_MISSING", newest.place, f"{watch.missing(newest)}。")
    elif last < watch.moment - STALE:
        text = f"见证人最近一次签名于 {told(last)}，距核验时（{told(watch.moment)}）超过一小时。"
        case.report.fail("COSIGNATURES_STALE", newest.place, text)


def check_checkpoints(case: Case, given: Given) -> None:
    """Checkpoints from elsewhere, signed by the log's key; without a pinned key, by the one the material brings."""
    if given.checkpoints:
        case.unvouched()
    for place, note in given.checkpoints:
        case.report.checked["checkpoints"] += 1
        try:
            case.remember(read_checkpoint(note, place, case.pinned or case.used))
        except Malformed as wrong:
            case.report.fail("CHECKPOINT_FORGED", place, f"{wrong}。")


def check_pdf(case: Case, path: Path) -> None:
    """A PDF by its hash."""
    case.report.checked["files"] += 1
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE)
    digest = sha256(content)
    judge_signing(case, str(path), content, digest)
    if not case.saw_log:
        case.report.fail("NO_REFERENCE", str(path), "请同时给出这份文书的回执或者账本导出，才能核验。")
    elif digest not in case.documents:
        case.report.fail(
            "DOCUMENT_FILE_CHANGED", str(path), "账本中没有这个文件：文件被改动，或者不是所附回执的文书。"
        )


NAMES = {
    "exports": "导出",
    "entries": "账本记录",
    "leaves": "叶",
    "tiles": "瓦片",
    "checkpoints": "检查点",
    "acts": "办理行为",
    "register": "登记行为",
    "changes": "变动",
    "rows": "行",
    "documents": "文书",
    "documents without file": "未附文件的文书",
    "files": "文件",
    "receipts": "回执",
    "draws": "摇号",
}


def show(report: Report, *, as_json: bool) -> None:
    """Print the report."""
    if as_json:
        problems = [problem._asdict() for problem in report.problems]
        result = {"ok": not problems, "problems": problems, "notes": report.notes, "checked": dict(report.checked)}
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    counts = "，".join(f"{NAMES[name]} {count}" for name, count in report.checked.items())
    print(f"已核验：{counts or '无'}。")
    for note in report.notes:
        print(f"提示：{note}")
    for problem in report.problems:
        print(f"不成立 [{problem.code}] {problem.place}：{problem.text}")
    print(f"结论：不成立，共 {len(report.problems)} 处。" if report.problems else "结论：全部成立。")


def options(parser: argparse.ArgumentParser) -> None:
    """The arguments, for this program and for whoever offers it as a command."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help="回执、导出（目录或 zip）、摇号文件、检查点、PDF"
    )
    parser.add_argument("--key", action="append", default=[], help="账本公钥（C2SP 形式，或者所在文件），可多次给出")
    parser.add_argument("--policy", type=Path, help="见证规则文件（C2SP tlog-policy）：哪些机构见证，多少家才算数")
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        help="见证人公钥，可多次给出：须有三分之二以上签名；不与 --policy 并用",
    )
    parser.add_argument("--at", help="按这一时刻核验见证是否过时（如 2026-11-28T08:00:00+08:00），默认为现在")
    parser.add_argument("--since", type=Path, help="以前取得的检查点：账本必须是它的延续")
    parser.add_argument("--pulse", action="append", default=[], help="信标脉冲“轮次 签名”：算出已公布而无结果的摇号")
    parser.add_argument("--beacon", action="append", default=[], help="drand quicknet 之外信任的信标，以其杂凑值写明")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def policy_of(path: Path | None, witnesses: Sequence[str]) -> Policy | None:
    """The policy of a file, or that of single witnesses."""
    if path is not None and witnesses:
        raise Malformed("--policy 与 --witness 只能用一个")
    if path is not None:
        return Policy.read(path.read_text(encoding="utf-8"))
    return Policy.of(witnesses) if witnesses else None


def moment(text: str) -> int:
    """A time given by hand, with its offset, in POSIX seconds."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"--at {text!r} 不是时间") from None
    if given.tzinfo is None:
        raise Malformed(f"--at {text!r} 没有写明时区，如 +08:00")
    return int(given.timestamp())


def run(given: argparse.Namespace) -> int:
    """Check what the arguments name and print the report; the exit status."""
    try:
        at = None if given.at is None else moment(given.at)
        policy = policy_of(given.policy, given.witness)
        report = verify(
            given.paths,
            keys=given.key,
            since=given.since,
            policy=policy,
            at=at,
            pulses=given.pulse,
            beacons=given.beacon,
        )
    except (Malformed, OSError, UnicodeDecodeError) as wrong:
        print(f"无法核验：{wrong}", file=sys.stderr)
        return 2
    show(report, as_json=given.json)
    return 1 if report.problems else 0


def main(argv: Sequence[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(description="鉴衡独立核验程序 · independent verifier")
    options(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())

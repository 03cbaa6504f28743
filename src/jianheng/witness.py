#!/usr/bin/env python3
"""鉴衡独立见证程序 · an independent witness of transparency logs.

    python witness.py make  --home DIR --name NAME [--from CHECKPOINT]… --log KEY…
    python witness.py serve --home DIR [--listen 127.0.0.1:8411] [--at-least SIZE]
    python witness.py add   --home DIR [--from CHECKPOINT]… --log KEY…
    python witness.py key   --home DIR

One file, to be kept and run by somebody else than the operator of the log: a higher court, a bureau, a bar, a
university. It needs Python 3.11 and the package ``cryptography``, and shares no line of code with the platform.

It speaks C2SP tlog-witness. ``POST /add-checkpoint`` brings a checkpoint of a log it knows, with the proof that it
continues the one before; then the witness signs it with the time (tlog-cosignature, Ed25519) and answers the
signature. ``GET /<hex SHA-256 of the origin>/checkpoint`` gives the newest it signed, to anybody.

    200 signature · 400 malformed, or older than it says · 403 not signed by the log · 404 unknown log
    409 continues another size than ours (the body says ours) · 413 too long · 422 the proof does not hold, or another
    root at our size, or shorter than this witness was told to begin with · 503 our clock went back

What it promises: of one log it never signs two versions. Comparing, storing and flushing to disk are one transaction,
and the answer comes after it. A witness whose memory was lost must not simply begin anew, for it could then be shown a
shorter log: where there is a key and no memory it does not start; it is made again ``--from`` the newest checkpoint that
other witnesses hold. ``--at-least`` refuses whatever is shorter, for a memory restored from an old copy.

A request with a good signature of the log that we refuse may prove that the log has two versions: it is kept in
``evidence`` and printed.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import os
import re
import signal
import socket
import socketserver
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LONGEST_BODY, MOST_PROOF_LINES = 16 * 1024, 63
PATIENCE_SECONDS, MOST_AT_ONCE, MOST_EVIDENCE = 5, 32, 1000
CLOCK_TOLERANCE_SECONDS = 120
LONGEST_LINE, MOST_HEADERS = 4096, 64
REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
}
ED25519, COSIGNATURE_V1 = 0x01, 0x04
TABLES = """
create table if not exists log (
  origin text primary key, key text not null, size integer not null, root blob not null, note text not null,
  cosigned_at integer not null, floor integer not null
) without rowid;
create table if not exists evidence (id integer primary key, at integer not null, status integer not null, body blob not null);
"""


class Misuse(Exception):
    """The program cannot be run like this; the message says why and what to do, in Chinese."""


class No(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        super().__init__(text)
        self.status, self.text, self.kind = status, text, kind


# --- keys, notes, checkpoints (C2SP) --------------------------------------------------------------------------


class Key(NamedTuple):
    """A public key under its name."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that name it in signature lines."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"

    @classmethod
    def read(cls, text: str) -> Key:
        """A log's verifier key; the file holding it may be named instead."""
        if text.count("+") < 2 and Path(text).is_file():
            text = Path(text).read_text(encoding="utf-8")
        name, _, rest = text.strip().partition("+")
        said, _, encoded = rest.partition("+")
        try:
            material = base64.b64decode(encoded, validate=True)
            key = cls(name, material[0], material[1:])
        except (binascii.Error, IndexError):
            raise Misuse(f"“{text.strip()[:60]}”不是账本公钥（C2SP 形式：名称+编号+base64）。") from None
        if key.kind != ED25519 or len(key.public) != 32 or key.id.hex() != said:
            raise Misuse(f"“{text.strip()[:60]}”不是 Ed25519 账本公钥，或者编号与内容不符。")
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Checkpoint(NamedTuple):
    """A tree at one size: the signed text, and the signature lines below it."""

    origin: str
    size: int
    root: bytes
    text: str
    lines: tuple[tuple[str, str, bytes], ...]  # as written, name, key id and signature

    def signed_by(self, key: Key) -> list[str]:
        """The lines with which the key has signed; a bad one among them spoils all."""
        found = [(line, data[4:]) for line, name, data in self.lines if (name, data[:4]) == (key.name, key.id)]
        good = all(key.signed(self.text.encode(), signature) for _, signature in found)
        return [line for line, _ in found] if good else []


def number(text: str) -> int:
    """A size in decimal, without leading zeroes."""
    if not re.fullmatch("0|[1-9][0-9]{0,17}", text):
        raise No(400, f"not a size: {text[:40]!r}\n")
    return int(text)


def hash_of(text: str) -> bytes:
    """32 bytes in base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != 32 or base64.b64encode(data).decode() != text:
        raise No(400, "a hash is 32 bytes in base64\n")
    return data


def read_checkpoint(note: str) -> Checkpoint:
    """The checkpoint in a signed note, its signatures not checked yet; 400 when it is none."""
    text, blank, below = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or not below.endswith("\n") or len(lines) < 3 or not all(lines):
        raise No(400, "not a checkpoint\n")
    if any(one < " " and one != "\n" for one in note):
        raise No(400, "a control character\n")
    signatures = []
    for line in below[:-1].split("\n"):
        found = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})", line)
        try:
            data = base64.b64decode(found[2], validate=True) if found else b""
        except binascii.Error:
            data = b""
        if not found or len(data) < 5:
            raise No(400, "not a signature line\n")
        signatures.append((f"{line}\n", found[1], data))
    return Checkpoint(lines[0], number(lines[1]), hash_of(lines[2]), f"{text}\n", tuple(signatures))


def read_request(body: bytes) -> tuple[int, list[bytes], Checkpoint]:
    """(old size, proof, checkpoint) of an add-checkpoint request."""
    try:
        head, blank, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise No(400, "not UTF-8\n") from None
    first, *proof = head.split("\n")
    if not blank or not first.startswith("old "):
        raise No(400, "a request begins with the old size and ends with a checkpoint\n")
    if len(proof) > MOST_PROOF_LINES:
        raise No(400, f"more than {MOST_PROOF_LINES} lines of proof\n")
    return number(first[4:]), [hash_of(line) for line in proof], read_checkpoint(note)


# --- the tree (RFC 6962 section 2.1.2, checked as RFC 9162 section 2.1.4.2 says) --------------------------------


def join(left: bytes, right: bytes) -> bytes:
    """The node above two."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def continues(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``new`` leaves has that of ``old`` as its beginning."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = join(step, before), join(step, after)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            after = join(after, step)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


# --- the witness ----------------------------------------------------------------------------------------------


class Witness:
    """Key and memory of one witness, in one directory."""

    def __init__(self, home: Path, *, at_least: int = 0, clock: Callable[[], float] = time.time) -> None:
        self.home, self.at_least, self.clock = home, at_least, clock
        if not (home / "witness.db").is_file():
            raise Misuse(
                f"{home} 中没有见证记录 witness.db。记录丢失的见证人不得从头开始：请向其他见证人取得最新检查点，"
                "以 make --from 检查点文件 重建；从未建立的，请先执行 make。"
            )
        name, self.private = read_key(home / "witness.key")
        self.key = Key(name, COSIGNATURE_V1, self.private.public_key().public_bytes_raw())

    def add(self, body: bytes) -> str:
        """Cosign a checkpoint; the signature line, or :class:`No`."""
        old, proof, checkpoint = read_request(body)
        with self._transaction() as memory:
            row = memory.execute(
                "select key, size, root, cosigned_at, floor from log where origin = ?", [checkpoint.origin]
            ).fetchone()
            if row is None:
                raise No(404, "unknown log\n")
            key, size, root, cosigned_at, floor = row
            lines = checkpoint.signed_by(Key.read(key))
            if not lines:
                raise No(403, "no good signature of the log\n")
            try:
                self._judge(old, proof, checkpoint, size, root, max(floor, self.at_least))
                now = self._now(cosigned_at)
            except No as refused:
                self._keep_evidence(memory, refused, body)
                raise
            line = self._signature(checkpoint.text, now)
            note = f"{checkpoint.text}\n{''.join(lines)}{line}"
            memory.execute(
                "update log set size = ?, root = ?, note = ?, cosigned_at = ? where origin = ?",
                [checkpoint.size, checkpoint.root, note, now, checkpoint.origin],
            )
        return line

    def newest(self, digest: str) -> str:
        """The newest checkpoint of the log whose origin has this SHA-256, with our signature."""
        with closing(self._memory()) as memory:
            for origin, note in memory.execute("select origin, note from log where note <> ''"):
                if hashlib.sha256(origin.encode()).hexdigest() == digest:
                    return str(note)
        raise No(404, "unknown log, or nothing seen of it yet\n")

    def _judge(
        self, old: int, proof: list[bytes], checkpoint: Checkpoint, size: int, root: bytes, floor: int
    ) -> None:
        if old > checkpoint.size:
            raise No(400, "older than it says\n")
        if old != size:
            raise No(409, f"{size}\n", "text/x.tlog.size")
        if not continues(size, root, checkpoint.size, checkpoint.root, proof):
            raise No(422, "not a continuation of what was seen\n")
        if checkpoint.size < floor:
            raise No(422, f"shorter than the {floor} leaves this witness begins with\n")

    def _now(self, cosigned_at: int) -> int:
        now = int(self.clock())
        if now < cosigned_at - CLOCK_TOLERANCE_SECONDS:
            raise No(503, "the witness's clock went back\n")
        return max(now, cosigned_at)

    def _signature(self, text: str, now: int) -> str:
        signature = self.private.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
        encoded = base64.b64encode(self.key.id + now.to_bytes(8, "big") + signature).decode()
        return f"\u2014 {self.key.name} {encoded}\n"

    def _keep_evidence(self, memory: sqlite3.Connection, refused: No, body: bytes) -> None:
        """Signed by the log and still no continuation; only a size that is behind ours is everyday."""
        if refused.status != 422:
            return
        [kept] = memory.execute("select count(*) from evidence").fetchone()
        if kept < MOST_EVIDENCE:
            now = int(self.clock())
            memory.execute("insert into evidence (at, status, body) values (?, ?, ?)", [now, refused.status, body])
            memory.commit()
        print(f"拒绝见证并留存证据：{refused.text.strip()}", file=sys.stderr, flush=True)

    def _memory(self) -> sqlite3.Connection:
        memory = sqlite3.connect(self.home / "witness.db", timeout=PATIENCE_SECONDS, isolation_level=None)
        memory.execute("pragma synchronous = full")
        return memory

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One at a time; on disk when it ends well, and nothing of it otherwise."""
        with closing(self._memory()) as memory:
            memory.execute("begin immediate")
            try:
                yield memory
            except BaseException:
                if memory.in_transaction:
                    memory.rollback()
                raise
            memory.commit()


def read_key(path: Path) -> tuple[str, Ed25519PrivateKey]:
    """Name and private key, ``PRIVATE+KEY+name+id+base64``, in a file nobody else may read."""
    try:
        mode, content = path.stat().st_mode & 0o777, path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Misuse(f"见证私钥 {path} 不能读取：{error.strerror}。") from None
    if mode & 0o077:
        raise Misuse(f"见证私钥 {path} 可被他人读取（权限 {mode:04o}），请改为 0600，并考虑更换密钥。")
    found = re.fullmatch(r"PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})", content)
    try:
        material = base64.b64decode(found[3], validate=True) if found else b""
    except binascii.Error:
        material = b""
    if not found or len(material) != 33 or material[0] != COSIGNATURE_V1:
        raise Misuse(f"{path} 不是见证私钥。")
    private = Ed25519PrivateKey.from_private_bytes(material[1:])
    if Key(found[1], COSIGNATURE_V1, private.public_key().public_bytes_raw()).id.hex() != found[2]:
        raise Misuse(f"{path} 中的编号与私钥不符，文件已损坏。")
    return found[1], private


def make(home: Path, name: str, logs: Sequence[Key], begin: Sequence[Checkpoint] = ()) -> None:
    """A new witness; or, where only the key is left, its memory, then of every log from a checkpoint held elsewhere."""
    if not re.fullmatch(r"[^\s+]{1,120}", name):
        raise Misuse("见证人名称不能为空，不能含空格和加号，不超过 120 字。")
    if (home / "witness.db").exists():
        raise Misuse(f"{home} 中已有见证记录，不重新建立。")
    known = {checkpoint.origin: checkpoint for checkpoint in begin}
    for log in logs:
        if log.name in known and not known[log.name].signed_by(log):
            raise Misuse(f"“{log.name}”的检查点没有该账本公钥的签名。")
        if log.name not in known and (home / "witness.key").exists():
            raise Misuse(f"已有私钥而见证记录丢失：请以 --from 给出“{log.name}”在其他见证人处的最新检查点。")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / "witness.key").exists():
        _write_key(home / "witness.key", name)
    draft = home / "witness.db.new"
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as memory:
        memory.executescript(TABLES)
        _begin(memory, logs, known)
    draft.replace(home / "witness.db")


def add(home: Path, logs: Sequence[Key], begin: Sequence[Checkpoint] = ()) -> None:
    """Further logs for a witness that is there, one begun long ago from a checkpoint others hold; may be running."""
    known = {checkpoint.origin: checkpoint for checkpoint in begin}
    for log in logs:
        if log.name in known and not known[log.name].signed_by(log):
            raise Misuse(f"“{log.name}”的检查点没有该账本公钥的签名。")
    with closing(sqlite3.connect(home / "witness.db", timeout=PATIENCE_SECONDS)) as memory:
        try:
            _begin(memory, logs, known)
        except sqlite3.IntegrityError:
            raise Misuse("这一账本已在见证之列，其公钥和起点不得更改。") from None


def knows(home: Path, log: Key) -> bool:
    """Whether this witness watches a log of that name."""
    with closing(sqlite3.connect(home / "witness.db", timeout=PATIENCE_SECONDS)) as memory:
        return memory.execute("select 1 from log where origin = ?", [log.name]).fetchone() is not None


def _begin(memory: sqlite3.Connection, logs: Sequence[Key], known: dict[str, Checkpoint]) -> None:
    for log in logs:
        seen = known.get(log.name)
        size, root = (seen.size, seen.root) if seen else (0, hashlib.sha256(b"").digest())
        memory.execute("insert into log values (?, ?, ?, ?, '', 0, ?)", [log.name, str(log), size, root, size])
    memory.commit()


def _write_key(path: Path, name: str) -> None:
    private = Ed25519PrivateKey.generate()
    key = Key(name, COSIGNATURE_V1, private.public_key().public_bytes_raw())
    material = base64.b64encode(bytes([COSIGNATURE_V1]) + private.private_bytes_raw()).decode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"PRIVATE+KEY+{name}+{key.id.hex()}+{material}\n")
        file.flush()
        os.fsync(file.fileno())


# --- over HTTP ------------------------------------------------------------------------------------------------


class Server(socketserver.ThreadingTCPServer):
    """Answers a bounded number of callers at once; further ones wait at the door."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)
        self.witness = witness
        self.places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One caller, when there is a place."""
        with self.places:
            super().process_request_thread(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hung up or sent nothing is no incident."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(socketserver.StreamRequestHandler):
    """One connection: as much of HTTP/1.1 as two addresses need."""

    timeout = PATIENCE_SECONDS
    server: Server

    def handle(self) -> None:
        """Requests one after the other, until the caller goes or sends what cannot be read."""
        while self._one():
            pass

    def _one(self) -> bool:
        line = self.rfile.readline(LONGEST_LINE)
        words = line.decode("latin-1").split()
        if not line.endswith(b"\n") or len(words) != 3:
            return False
        headers = self._headers()
        if headers is None:
            return False
        status, kind, text, goes_on = 200, "text/plain; charset=utf-8", "", headers.get("connection") != "close"
        try:
            text = self._asked(words[0], words[1], headers)
        except No as refused:
            status, text, kind = refused.status, refused.text, refused.kind
            goes_on = goes_on and status != 413  # what was not read cannot be passed over
        except (sqlite3.Error, OSError) as error:
            print(f"不能见证：{error}", file=sys.stderr, flush=True)
            status, text = 500, "the witness cannot store what it sees\n"
        data, ending = text.encode(), "" if goes_on else "Connection: close\r\n"
        head = f"HTTP/1.1 {status} {REASONS.get(status, '')}\r\nContent-Type: {kind}\r\n{ending}"
        self.wfile.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        return goes_on

    def _headers(self) -> dict[str, str] | None:
        headers: dict[str, str] = {}
        for _ in range(MOST_HEADERS):
            line = self.rfile.readline(LONGEST_LINE)
            if line in (b"\r\n", b"\n"):
                return headers
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not line.endswith(b"\n"):
                return None
            headers[name.strip().lower()] = value.strip().lower()
        return None

    def _asked(self, method: str, path: str, headers: dict[str, str]) -> str:
        length = headers.get("content-length", "0")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > LONGEST_BODY or "transfer-encoding" in headers:
            raise No(413, f"a request has a length, of at most {LONGEST_BODY}\n")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise OSError("the caller hung up")
        found = re.fullmatch("/([0-9a-f]{64})/checkpoint", path)
        if path == "/add-checkpoint" and method == "POST":
            return self.server.witness.add(body)
        if found and method == "GET":
            return self.server.witness.newest(found[1])
        if found or path == "/add-checkpoint":
            raise No(405, "GET asks for a checkpoint, POST adds one\n")
        raise No(404, "unknown path\n")


def serve(witness: Witness, host: str, port: int) -> None:
    """Answer until told to stop."""
    server = Server((host, port), witness)

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number_, stop)
    port = server.server_address[1]
    print(f"见证人 {witness.key.name} 已启动：http://{host}:{port}/\n公钥 {witness.key}", flush=True)
    with server:
        server.serve_forever(poll_interval=0.2)


# --- the command line -----------------------------------------------------------------------------------------


def options(parser: argparse.ArgumentParser) -> None:
    """The arguments, for this program and for whoever offers it as a command."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make", help="建立见证人：生成私钥，登记要见证的账本")
    making.add_argument("--name", required=True, help="见证人名称，如 witness.example.gov.cn/1")
    adding = verbs.add_parser("add", help="登记另一份要见证的账本")
    for verb in (making, adding):
        verb.add_argument(
            "--log", action="append", required=True, help="账本公钥（C2SP 形式，或者所在文件），可多次给出"
        )
        verb.add_argument("--from", dest="begin", action="append", default=[], type=Path, help="从这一检查点起见证")
    serving = verbs.add_parser("serve", help="运行见证人")
    serving.add_argument("--listen", default="127.0.0.1:8411", help="地址和端口")
    serving.add_argument("--at-least", type=int, default=0, help="不为少于这一条数的账本签名")
    telling = verbs.add_parser("key", help="打印见证人公钥")
    for verb in (making, adding, serving, telling):
        verb.add_argument("--home", type=Path, required=True, help="私钥和见证记录所在目录")


def run(given: argparse.Namespace) -> int:
    """Do what the arguments say; the exit status."""
    try:
        if given.verb in ("make", "add"):
            begin = [read_checkpoint(path.read_text(encoding="utf-8")) for path in given.begin]
            logs = [Key.read(log) for log in given.log]
            make(given.home, given.name, logs, begin) if given.verb == "make" else add(given.home, logs, begin)
        witness = Witness(given.home, at_least=getattr(given, "at_least", 0))
        if given.verb != "serve":
            print(witness.key)
            return 0
        host, _, port = given.listen.rpartition(":")
        if not re.fullmatch("[0-9]{1,5}", port):
            raise Misuse(f"--listen 应为 地址:端口，如 127.0.0.1:8411，而不是“{given.listen}”。")
        serve(witness, host.strip("[]") or "127.0.0.1", int(port))
    except No as wrong:
        print(f"检查点不合规：{wrong.text.strip()}", file=sys.stderr)
        return 2
    except (Misuse, OSError, UnicodeDecodeError) as wrong:
        print(f"无法见证：{wrong}", file=sys.stderr)
        return 2
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(description="鉴衡独立见证程序 · independent witness")
    options(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())

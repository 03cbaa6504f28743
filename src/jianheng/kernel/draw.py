"""The draw 摇号: an order over the whole list that anyone can recompute (RFC 3797), and the file that lets them.

The order of events carries the proof:

1. candidates are filtered by rule, every exclusion with its reasons; the list, the digest and the kinds of seed are
   *announced* (:func:`announcement` is what the log entry says), the server's secret by its hash only;
2. afterwards each party may add a text of its own, the server reveals its secret, a beacon may be read;
3. :func:`build` forms the key from all of them and orders the *whole* list at once;
4. whoever is first has the turn; who declines or is recused passes it to the next (:func:`next_turn`), and nobody
   ever draws again.

``jianheng-draw/1`` is the file's format: one JSON object, integers and text only (:mod:`jianheng.kernel.canonical`).

* ``format``, ``matter`` (the court's reference), ``category``, ``digest`` ("sha256" or "sm3");
* ``candidates`` [{uscc, name}] and ``exclusions`` [{uscc, name, reasons: [{code, text, law: […]}]}], sorted by uscc;
  ``list_commitment``, the SHA-256 of the canonical ``{"candidates", "exclusions"}``; ``committed_at``;
* ``sources`` [{kind, who, value, at}] in the order announced, of kind "party", "server" (with ``committed``, the
  SHA-256 of the secret) or "beacon"; ``key``, formed from them; ``drawn_at``;
* ``order``, numbers into ``candidates`` from 1; ``turns`` [{turn, number, uscc, name, at, passed}], ``passed`` saying
  why it went on to the next, "" for the present holder;
* ``proofs`` {announcement, result}, receipts of the log, optional. Instants are UTC with six decimals.

:func:`verify` recomputes everything in it and names each place that does not fit. Neither popularity nor rating has
a place in the file, so neither can enter a draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, zip_longest
from typing import Any

from jianheng.kernel import canonical, digests
from jianheng.kernel.errors import Reason
from jianheng.kernel.rfc3797 import LARGEST_LIST, DrawError, key_string, order, steps

__all__ = [
    "FORMAT",
    "Candidate",
    "DrawError",
    "Exclusion",
    "NoCandidateError",
    "Source",
    "announcement",
    "build",
    "commit",
    "holder",
    "key_string",
    "next_turn",
    "order",
    "result",
    "secret_commitment",
    "steps",
    "verify",
]

FORMAT = "jianheng-draw/1"
SOURCE_KINDS = ("party", "server", "beacon")


class NoCandidateError(DrawError):
    """没有可供选择的鉴定机构，无法摇号。"""

    code = "DRAW_NO_CANDIDATE"
    next_step = "请核对排除理由，扩大名册范围或者改用协商、指定方式选定。"


# --- what a draw is made of -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """An institution that may be drawn: unified social credit code and name."""

    uscc: str
    name: str

    def as_json(self) -> dict[str, Any]:
        """As the file has it."""
        return {"uscc": self.uscc, "name": self.name}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An institution kept out of the draw, with every reason why."""

    uscc: str
    name: str
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """As the file has it: of each reason its code, its sentence and its articles."""
        reasons = [{"code": reason.code, "text": reason.text, "law": list(reason.law)} for reason in self.reasons]
        return {"uscc": self.uscc, "name": self.name, "reasons": reasons}


@dataclass(frozen=True, slots=True)
class Source:
    """One source of the seed. ``kind`` is "party", "server" or "beacon"; ``who`` a role or a beacon's name.

    ``value`` and ``at`` (when it was given, revealed or published) are missing until then. A server's source is
    announced with ``committed``, the hash of the secret it will reveal; a party may stay silent ("").
    """

    kind: str
    who: str
    value: str | int | tuple[int, ...] = ""
    at: datetime | None = None
    committed: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the file has it."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        written = {"kind": self.kind, "who": self.who, "value": value, "at": self.at and canonical.instant(self.at)}
        return written | ({"committed": self.committed} if self.kind == "server" else {})


def secret_commitment(secret: str) -> str:
    """The hash under which a server announces its secret: SHA-256 of its UTF-8 bytes, hexadecimal."""
    return digests.sha256(secret.encode()).hex()


def commit(candidates: Iterable[Candidate], exclusions: Iterable[Exclusion]) -> str:
    """The commitment to the list: SHA-256 of the canonical candidates and exclusions, both sorted by code."""
    return _commitment(
        [candidate.as_json() for candidate in _sorted(candidates)],
        [exclusion.as_json() for exclusion in _sorted(exclusions)],
    )


def _commitment(candidates: Sequence[Any], exclusions: Sequence[Any]) -> str:
    return digests.sha256(canonical.encode({"candidates": candidates, "exclusions": exclusions})).hex()


def _sorted(institutions: Iterable[Any]) -> list[Any]:
    return sorted(institutions, key=lambda institution: institution.uscc)


def announcement(
    *, candidates: Sequence[Candidate], exclusions: Sequence[Exclusion], digest: str, sources: Iterable[Source]
) -> dict[str, Any]:
    """What is committed to the log before the seed exists: no names, only hashes, counts and kinds.

    The digest and the sources belong to it: whoever could choose them afterwards could choose the result.
    """
    if not candidates:
        raise NoCandidateError
    digests.named(digest)
    return _announced(
        commit(candidates, exclusions), len(candidates), digest, [source.as_json() for source in sources]
    )


def _announced(list_commitment: str, size: int, digest: str, sources: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    kinds = [{name: source[name] for name in ("kind", "committed") if name in source} for source in sources]
    return {"list_commitment": list_commitment, "size": size, "digest": digest, "sources": kinds}


def result(draw: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of a finished draw: hashes of its key and of its order, tied to the announced list."""
    return {
        "list_commitment": draw["list_commitment"],
        "key": digests.sha256(draw["key"].encode()).hex(),
        "order": digests.sha256(canonical.encode(draw["order"])).hex(),
    }


def build(
    *,
    matter: str,
    category: str,
    digest: str,
    candidates: Iterable[Candidate],
    exclusions: Iterable[Exclusion],
    sources: Sequence[Source],
    committed_at: datetime,
    drawn_at: datetime,
) -> dict[str, Any]:
    """The draw file, with the first turn given. Receipts of the log may be added as its member ``proofs``:
    ``{"announcement": …, "result": …}``, of the entries with the data of :func:`announcement` and :func:`result`.

    ``matter`` is the court's reference, ``category`` the category code. Refuses an empty list
    (:class:`NoCandidateError`) and everything :func:`verify` would object to (:class:`DrawError`).
    """
    listed, excluded = _sorted(candidates), _sorted(exclusions)
    if not listed:
        raise NoCandidateError
    digests.named(digest)
    key = key_string(source.value for source in sources)
    draw = {
        "format": FORMAT,
        "matter": matter,
        "category": category,
        "digest": digest,
        "candidates": [candidate.as_json() for candidate in listed],
        "exclusions": [exclusion.as_json() for exclusion in excluded],
        "list_commitment": commit(listed, excluded),
        "committed_at": canonical.instant(committed_at),
        "sources": [source.as_json() for source in sources],
        "key": key,
        "drawn_at": canonical.instant(drawn_at),
        "order": list(order(key, len(listed), digest)),
        "turns": [],
    }
    draw = _with_turn(draw, at=drawn_at)
    if reasons := verify(draw):
        raise DrawError(reasons=reasons)
    return draw


def _with_turn(draw: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    number = draw["order"][len(draw["turns"])]
    turn = {"turn": len(draw["turns"]) + 1, "number": number, **draw["candidates"][number - 1]}
    turn |= {"at": canonical.instant(at), "passed": ""}
    return draw | {"turns": [*draw["turns"], turn]}


def next_turn(draw: dict[str, Any], *, passed: str, at: datetime) -> dict[str, Any]:
    """The draw after the holder of the turn passed it on; ``passed`` says why (declined, recused …).

    The next in the order has the turn; when nobody is left, :func:`holder` says so.
    """
    if not passed.strip() or holder(draw) is None:
        raise DrawError("由下一家机构递补时，应当有正在轮候的机构，并写明其未承接的原因。", about="passed")
    ended = [*draw["turns"][:-1], draw["turns"][-1] | {"passed": passed}]
    after = draw | {"turns": ended}
    return after if len(ended) == len(draw["order"]) else _with_turn(after, at=at)


def holder(draw: Mapping[str, Any]) -> Candidate | None:
    """The institution whose turn it is; ``None`` when all have passed."""
    last = draw["turns"][-1]
    return None if last["passed"] else Candidate(last["uscc"], last["name"])


# --- recomputing a draw file ----------------------------------------------------------------------------------

_INSTITUTION = {"uscc": str, "name": str}
_REASON = {"code": str, "text": str, "law": [str]}
_SOURCE = {"kind": str, "who": str, "value": (str, int, [int]), "at": str, "committed?": str}
_TURN = {"turn": int, "number": int, **_INSTITUTION, "at": str, "passed": str}
_SHAPE = {
    "format": str,
    "matter": str,
    "category": str,
    "digest": str,
    "candidates": [_INSTITUTION],
    "exclusions": [_INSTITUTION | {"reasons": [_REASON]}],
    "list_commitment": str,
    "committed_at": str,
    "sources": [_SOURCE],
    "key": str,
    "drawn_at": str,
    "order": [int],
    "turns": [_TURN],
    "proofs?": dict,
}


def _misfits(value: Any, shape: Any, place: str) -> Iterator[str]:
    """The places where ``value`` has not the shape: a type, alternatives, a list of one shape, or named members."""
    if isinstance(shape, tuple):
        if all(any(_misfits(value, one, place)) for one in shape):
            yield place
    elif isinstance(shape, type):
        if type(value) is not shape:
            yield place
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield place
        else:
            for index, item in enumerate(value):
                yield from _misfits(item, shape[0], f"{place}[{index}]")
    elif not isinstance(value, dict):
        yield place
    else:
        known = {name.rstrip("?"): (name, inner) for name, inner in shape.items()}
        yield from (f"{place}.{name}".lstrip(".") for name in value if name not in known)
        for name, (written, inner) in known.items():
            if name in value or not written.endswith("?"):
                yield from _misfits(value.get(name), inner, f"{place}.{name}".lstrip("."))


def _objection(code: str, text: str, about: str) -> Reason:
    return Reason(code=code, text=text, about=about, next_step="请保存本文件，并持本文件向委托法院提出异议。")


def verify(draw: Any) -> list[Reason]:
    """Recompute a draw file; an empty list says that everything in it follows from the list and the seed.

    Each reason names the place (``about``): ``DRAW_FORMAT`` (nothing else is looked at then), ``LIST_ORDER``,
    ``LIST_EDITED``, ``EXCLUSION_WITHOUT_REASON``, ``CANDIDATE_EXCLUDED``, ``SERVER_SECRET_MISMATCH``,
    ``SEED_MISSING``, ``COMMITTED_AFTER_SEED``, ``DRAWN_BEFORE_SEED``, ``SEED_CHANGED``, ``ORDER_DIFFERS``,
    ``CANDIDATE_SWAPPED``, ``TURN_OUT_OF_ORDER``, ``LOG_DIFFERS``. Receipts under ``proofs`` are compared with the
    file here; that the log itself is sound is the independent verifier's business.
    """
    malformed = [
        _objection("DRAW_FORMAT", f"摇号文件在 {place} 处缺少内容或者格式不符。", place)
        for place in _unreadable(draw)
    ]
    if malformed:
        return malformed
    return [*_list_objections(draw), *_seed_objections(draw), *_order_objections(draw), *_log_objections(draw)]


def _unreadable(draw: Any) -> list[str]:
    if places := list(_misfits(draw, _SHAPE, "")):
        return places
    try:
        canonical.encode(draw)
    except canonical.NotCanonicalFault as fault:
        return [str(fault)]
    instants = [("committed_at", draw["committed_at"]), ("drawn_at", draw["drawn_at"])]
    instants += [(f"sources[{index}].at", source["at"]) for index, source in enumerate(draw["sources"])]
    instants += [(f"turns[{index}].at", turn["at"]) for index, turn in enumerate(draw["turns"])]
    places = [place for place, text in instants if not canonical.is_instant(text)]
    kinds = [source["kind"] for source in draw["sources"]]
    places += [f"sources[{index}].kind" for index, kind in enumerate(kinds) if kind not in SOURCE_KINDS]
    places += [name for name in ("candidates", "sources", "turns") if not draw[name]]
    places += ["candidates"] if len(draw["candidates"]) > LARGEST_LIST else []
    places += ["format"] if draw["format"] != FORMAT else []
    return places + ([] if draw["digest"] in digests.LOG else ["digest"])


def _list_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    for name in ("candidates", "exclusions"):
        codes = [institution["uscc"] for institution in draw[name]]
        for index, (one, following) in enumerate(pairwise(codes), start=1):
            if one >= following:
                yield _objection(
                    "LIST_ORDER", f"名单第 {index + 1} 家未按统一社会信用代码排列或者重复。", f"{name}[{index}]"
                )
    candidates = {institution["uscc"] for institution in draw["candidates"]}
    for index, excluded in enumerate(draw["exclusions"]):
        place = f"exclusions[{index}]"
        if not excluded["reasons"]:
            yield _objection("EXCLUSION_WITHOUT_REASON", f"{excluded['name']}被排除却没有写明理由。", place)
        if excluded["uscc"] in candidates:
            yield _objection("CANDIDATE_EXCLUDED", f"{excluded['name']}既在候选名单又在排除名单。", place)
    if draw["list_commitment"] != _commitment(draw["candidates"], draw["exclusions"]):
        yield _objection("LIST_EDITED", "候选名单或者排除名单与摇号前公布的承诺值不符，名单已被改动。", "candidates")


def _seed_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    for index, source in enumerate(draw["sources"]):
        place, who = f"sources[{index}]", source["who"]
        if source["kind"] == "server" and secret_commitment(str(source["value"])) != source.get("committed"):
            yield _objection("SERVER_SECRET_MISMATCH", f"{who}公开的秘密与其事先承诺不符。", place)
        if source["kind"] != "party" and source["value"] in ("", []):
            yield _objection("SEED_MISSING", f"{who}没有给出种子。", place)
        if not draw["committed_at"] < source["at"]:
            yield _objection("COMMITTED_AFTER_SEED", f"{who}的种子产生时，名单尚未公布。", place)
        if source["at"] > draw["drawn_at"]:
            yield _objection("DRAWN_BEFORE_SEED", f"{who}的种子在摇号之后才给出。", place)
    if all(source["value"] in ("", []) for source in draw["sources"]):
        yield _objection("SEED_MISSING", "没有任何一方给出种子，结果可以预知。", "sources")
    try:
        key = key_string(source["value"] for source in draw["sources"])
    except DrawError as refused:
        yield _objection("SEED_CHANGED", refused.text, "sources")
    else:
        if key != draw["key"]:
            yield _objection("SEED_CHANGED", f"各方种子合成的密钥应为 {key}，文件所载不同。", "key")


def _order_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    right = order(draw["key"], len(draw["candidates"]), draw["digest"])
    for index, (due, stated) in enumerate(zip_longest(right, draw["order"])):
        if due != stated:
            text = f"第 {index + 1} 顺位应为名单第 {due} 家，文件所载为第 {stated} 家。"
            yield _objection("ORDER_DIFFERS", text, f"order[{index}]")
            break
    for index, turn in enumerate(draw["turns"]):
        place, is_last = f"turns[{index}]", index == len(draw["turns"]) - 1
        if index >= len(right):
            yield _objection("TURN_OUT_OF_ORDER", "名单上的机构均已轮过，不应再有下一轮。", place)
            break
        due = right[index]
        if (turn["turn"], turn["number"]) != (index + 1, due):
            yield _objection("TURN_OUT_OF_ORDER", f"第 {index + 1} 轮应由名单第 {due} 家承接。", place)
        elif {name: turn[name] for name in _INSTITUTION} != draw["candidates"][due - 1]:
            yield _objection("CANDIDATE_SWAPPED", f"第 {index + 1} 轮的机构不是名单第 {due} 家。", place)
        if not turn["passed"] and not is_last:
            yield _objection("TURN_OUT_OF_ORDER", f"第 {index + 1} 轮的机构未放弃，不得由下一家递补。", place)
        if turn["at"] < (draw["turns"][index - 1]["at"] if index else draw["drawn_at"]):
            yield _objection("TURN_OUT_OF_ORDER", f"第 {index + 1} 轮早于其前一步。", place)


def _log_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    due = {
        "announcement": _announced(draw["list_commitment"], len(draw["candidates"]), draw["digest"], draw["sources"]),
        "result": result(draw),
    }
    for name, receipt in draw.get("proofs", {}).items():
        entry = receipt.get("entry") if isinstance(receipt, dict) else None
        if name not in due or not isinstance(entry, dict) or entry.get("data") != due[name]:
            yield _objection("LOG_DIFFERS", "回执所载的账本记录与本文件不符。", f"proofs.{name}")
        elif name == "announcement" and entry.get("at") != draw["committed_at"]:
            yield _objection("LOG_DIFFERS", "账本所载的名单公布时间与本文件不符。", f"proofs.{name}")

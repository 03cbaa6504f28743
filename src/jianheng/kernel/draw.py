"""The draw 摇号: a result nobody who acts late can choose, and the file that lets anyone recompute it.

The order of events carries the proof:

1. candidates are filtered by rule, every exclusion with its reasons; the texts of the sides and of the officer are
   collected, *before* anything is announced;
2. all of it is *announced* at once (:func:`entry_data` is what the log says): list, weights, texts, the algorithm, and a
   round of a public beacon still to come. The log's entry is sealed before that round falls;
3. the beacon's pulse follows (:mod:`jianheng.kernel.pulses`). From then on the result is a function of public data
   (:func:`conclude`): nobody types anything, and an announcement without a result shows;
4. whoever is first has the turn; who declines or is passed over gives way to the next, each with a ground of
   :data:`GROUNDS` in an entry of the log, and nobody ever draws again.

``jianheng-draw/2`` is the file's format: one JSON object, integers and text only (:mod:`jianheng.kernel.canonical`).

* ``announcement``: ``draw`` (32 hexadecimal digits), ``matter``, ``case`` (commitment to court, case number and
  category), ``category`` {code, title}, ``announced_at``, ``algorithm``, ``share`` (the rule of weights), ``candidates``
  [{uscc, name, open, months, weight}] and ``exclusions`` [{uscc, name, reasons: [{code, text, law}]}], both by uscc,
  ``texts`` [{who, commitment}], ``beacon`` (the chain), ``round``, ``margin`` and ``patience`` (seconds before and after
  the round), ``after`` (the exhausted draw this one follows, else "") and ``history`` (what happened in this case and
  category before: [{at, matter, draw, what}]);
* ``salt``: the announcement's commitment is SHA-256(salt ‖ canonical announcement);
* ``openings``: {case: {salt, court, case_number, category}, texts: [{salt, text}]}, left out for the public;
* ``pulse`` {round, signature} and ``order`` (credit codes), ``null`` and ``[]`` until the round has fallen;
* ``events`` [{number, at, kind, matter, uscc, ground}] after the result;
* ``proofs`` {announcement, result, events: […]}, receipts of the log.

seed = SHA-256("jh-seed/v1\\0" ‖ announcement's leaf hash ‖ chain hash ‖ u64be round ‖ signature). The leaf hash covers
every text that was announced, whatever its letters. :func:`verify` recomputes everything and names each place that does
not fit; popularity and rating have no place in the file, so neither can enter a draw.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from jianheng.kernel import canonical, pulses, tickets
from jianheng.kernel.errors import Reason
from jianheng.kernel.rfc3797 import DrawError

FORMAT = "jianheng-draw/2"
SMALLEST_MARGIN = 60  # seconds between the seal of the announcement and the round, on a public chain
# Why a name is passed over, by code: what a public file says of it. The story stands in the acts.
GROUNDS = {
    "REFUSED": "机构不予受理",
    "SILENT": "机构逾期未答复",
    "RECUSED": "机构应当回避",
    "TERMINATED": "机构终止鉴定",
    "REJECTED": "法院审查不通过",
    "REPLACED": "法院决定更换",
    "OVERDUE": "机构逾期未完成",
    "UNQUALIFIED": "轮候时已不符合条件",
    "EARLIER": "按此前的程序递补",
    "REQUEST_ENDED": "该次委托已结束",
    "NEW_REQUEST": "同一案件、同一类别再次委托，沿用原顺位",
}
PASSED, CONTINUED, ENDED = KINDS = ("PASSED", "CONTINUED", "ENDED")


class NoCandidateError(DrawError):
    """没有可供选择的鉴定机构，无法摇号。"""

    code = "DRAW_NO_CANDIDATE"
    next_step = "请核对排除理由，扩大名册范围或者改用协商、指定方式选定。"


# --- what a draw is made of -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """An institution that may be drawn: credit code, name, appraisals at hand, months since it was drawn last."""

    uscc: str
    name: str
    open: int = 0
    months: int = 0


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
class Text:
    """What a side or the officer wrote before the announcement; "" for a side that stayed silent."""

    who: str
    text: str
    salt: str

    def as_json(self) -> dict[str, str]:
        """As the announcement has it."""
        return {"who": self.who, "commitment": commitment(self.salt, self.text)}


@dataclass(frozen=True, slots=True)
class Case:
    """The case and category whose first order goes on for every later request; the salt is the case's own."""

    court: str
    case_number: str
    category: str
    salt: str

    def commitment(self) -> str:
        """What the announcement says of it."""
        return commitment(self.salt, {key: value for key, value in self.as_json().items() if key != "salt"})

    def as_json(self) -> dict[str, str]:
        """As it is opened to those concerned."""
        return {"court": self.court, "case_number": self.case_number, "category": self.category, "salt": self.salt}


@dataclass(frozen=True, slots=True)
class Round:
    """The round that decides: of which chain, how long the announcement lies sealed before, how long one waits after."""

    chain: pulses.Chain
    number: int
    margin: int
    patience: int


def commitment(salt: str, value: Any) -> str:
    """SHA-256(salt ‖ canonical value), hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical.encode(value)).hexdigest()


def announcement(
    *,
    draw: str,
    matter: int,
    case: Case,
    category: tuple[str, str],
    candidates: Iterable[Candidate],
    exclusions: Iterable[Exclusion],
    texts: Iterable[Text],
    share: tickets.Share,
    at: datetime,
    decides: Round,
    after: str = "",
    history: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Everything that decides, closed at once. Refuses an empty list, and what :func:`verify` would object to."""
    listed = sorted(candidates, key=lambda one: one.uscc)
    if not listed:
        raise NoCandidateError
    said = {
        "draw": draw,
        "matter": matter,
        "case": case.commitment(),
        "category": {"code": category[0], "title": category[1]},
        "announced_at": canonical.instant(at),
        "algorithm": tickets.ALGORITHM,
        "share": share.as_json(),
        "candidates": [
            {"uscc": one.uscc, "name": one.name, "open": one.open, "months": one.months}
            | {"weight": share.weight(one.open, one.months)}
            for one in listed
        ],
        "exclusions": [one.as_json() for one in sorted(exclusions, key=lambda one: one.uscc)],
        "texts": [text.as_json() for text in texts],
        "beacon": decides.chain.as_json(),
        "round": decides.number,
        "margin": decides.margin,
        "patience": decides.patience,
        "after": after,
        "history": [dict(row) for row in history],
    }
    if reasons := [*_announced_objections(said)]:
        raise DrawError(reasons=reasons)
    return said


def entry_data(said: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """What is written to the log of an announcement: no names, only commitments, counts, and what must be public."""
    return {
        "draw": said["draw"],
        "commitment": commitment(salt, said),
        "case": said["case"],
        "size": len(said["candidates"]),
        "chain": pulses.chain_of(said["beacon"]).hash,
        "round": said["round"],
        "due": canonical.instant(deadline(said)),
        "after": said["after"],
    }


def falls_at(said: Mapping[str, Any]) -> datetime:
    """When the round of an announcement falls."""
    return pulses.chain_of(said["beacon"]).time_of(said["round"])


def deadline(said: Mapping[str, Any]) -> datetime:
    """Until when the result should be there; without it the draw stands as announced and not concluded."""
    return falls_at(said) + timedelta(seconds=said["patience"])


def opened(said: Mapping[str, Any], *, salt: str, case: Case, texts: Sequence[Text]) -> dict[str, Any]:
    """The file of a draw that is announced and waits for its pulse."""
    words = [{"salt": text.salt, "text": text.text} for text in texts]
    return {
        "format": FORMAT,
        "announcement": dict(said),
        "salt": salt,
        "openings": {"case": case.as_json(), "texts": words},
        "pulse": None,
        "order": [],
        "events": [],
        "proofs": {},
    }


def for_the_public(draw: Mapping[str, Any]) -> dict[str, Any]:
    """The file without what names the case or was written by its sides; everything in it can still be recomputed."""
    return {name: value for name, value in draw.items() if name != "openings"}


# --- the result -----------------------------------------------------------------------------------------------


def seed(leaf_hash: bytes, chain: pulses.Chain, pulse: pulses.Pulse) -> bytes:
    """What the order is drawn from: the sealed announcement and the pulse that came after it."""
    body = leaf_hash + bytes.fromhex(chain.hash) + pulse.round.to_bytes(8, "big") + bytes.fromhex(pulse.signature)
    return hashlib.sha256(b"jh-seed/v1\0" + body).digest()


def ordered(said: Mapping[str, Any], leaf_hash: bytes, pulse: pulses.Pulse) -> list[str]:
    """The whole order, a function of public data; refuses a pulse that is not the announced round's."""
    chain = pulses.chain_of(said["beacon"])
    if pulse.round != said["round"]:
        raise pulses.PulseError(f"本次摇号公布的轮次是 {said['round']}，不是 {pulse.round}。")
    pulses.must_hold(chain, pulse)
    names = [(one["uscc"], one["weight"]) for one in said["candidates"]]
    return tickets.order(seed(leaf_hash, chain, pulse), said["draw"], names)


def conclude(draw: Mapping[str, Any], leaf_hash: bytes, pulse: pulses.Pulse) -> dict[str, Any]:
    """The draw with its result."""
    order = ordered(draw["announcement"], leaf_hash, pulse)
    return {**draw, "pulse": {"round": pulse.round, "signature": pulse.signature}, "order": order}


def result(draw: Mapping[str, Any], leaf_hash: bytes) -> dict[str, Any]:
    """What the log says of a finished draw."""
    return {
        "draw": draw["announcement"]["draw"],
        "announcement": leaf_hash.hex(),
        "round": draw["pulse"]["round"],
        "signature": draw["pulse"]["signature"],
        "order": hashlib.sha256(canonical.encode(draw["order"])).hexdigest(),
    }


def event(draw: Mapping[str, Any], *, kind: str, matter: int, ground: str, at: datetime) -> dict[str, Any]:
    """What happens to a concluded draw next: the holder passed over, or the order going on for a new request."""
    holding = holder(draw)
    if ground not in GROUNDS or kind not in KINDS or (kind == PASSED and holding is None):
        raise DrawError("由下一家机构递补时，应当有正在轮候的机构，并写明其未承接的法定事由。", about="ground")
    uscc = holding.uscc if kind == PASSED and holding else ""
    number = len(draw["events"]) + 1
    told = {"number": number, "at": canonical.instant(at), "kind": kind, "matter": matter}
    return told | {"uscc": uscc, "ground": ground}


def event_data(draw: Mapping[str, Any], happened: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of it."""
    return {"draw": draw["announcement"]["draw"], **happened}


def with_event(draw: Mapping[str, Any], happened: Mapping[str, Any]) -> dict[str, Any]:
    """The draw after it."""
    return {**draw, "events": [*draw["events"], dict(happened)]}


def holder(draw: Mapping[str, Any]) -> Candidate | None:
    """The institution whose turn it is; ``None`` before the result and when all have passed."""
    gone = {happened["uscc"] for happened in draw["events"] if happened["kind"] == PASSED}
    waiting = [uscc for uscc in draw["order"] if uscc not in gone]
    known = {one["uscc"]: one for one in draw["announcement"]["candidates"]}
    return Candidate(waiting[0], known[waiting[0]]["name"]) if waiting and waiting[0] in known else None


def turns(draw: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whose turn it has been, each with why it went on ("" for the present holder)."""
    names = {one["uscc"]: one["name"] for one in draw["announcement"]["candidates"]}
    told = [
        {"uscc": one["uscc"], "name": names[one["uscc"]], "passed": GROUNDS[one["ground"]], "at": one["at"]}
        for one in draw["events"]
        if one["kind"] == PASSED
    ]
    holding = holder(draw)
    return [*told, {"uscc": holding.uscc, "name": holding.name, "passed": "", "at": ""}] if holding else told


# --- recomputing a draw file ----------------------------------------------------------------------------------

_INSTITUTION = {"uscc": str, "name": str}
_REASON = {"code": str, "text": str, "law": [str]}
_PAST = {"at": str, "matter": int, "draw": str, "what": str}
_ANNOUNCEMENT = {
    "draw": str,
    "matter": int,
    "case": str,
    "category": {"code": str, "title": str},
    "announced_at": str,
    "algorithm": str,
    "share": dict.fromkeys(("base", "per_open", "per_month", "months_most"), int),
    "candidates": [{**_INSTITUTION, "open": int, "months": int, "weight": int}],
    "exclusions": [{**_INSTITUTION, "reasons": [_REASON]}],
    "texts": [{"who": str, "commitment": str}],
    "beacon": {"beacon": str, "public_key": str, "genesis": int, "period": int, "group_hash": str},
    "round": int,
    "margin": int,
    "patience": int,
    "after": str,
    "history": [_PAST],
}
_SHAPE = {
    "format": str,
    "announcement": _ANNOUNCEMENT,
    "salt": str,
    "openings?": {
        "case": {"court": str, "case_number": str, "category": str, "salt": str},
        "texts": [{"salt": str, "text": str}],
    },
    "pulse": ({"round": int, "signature": str}, type(None)),
    "order": [str],
    "events": [{"number": int, "at": str, "kind": str, "matter": int, "uscc": str, "ground": str}],
    "proofs": {"announcement?": dict, "result?": dict, "events?": [dict]},
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
    """Recompute a draw file; an empty list says that everything in it follows from what was announced and the pulse.

    Each reason names the place (``about``): ``DRAW_FORMAT`` (nothing else is looked at then), ``LIST_ORDER``,
    ``EXCLUSION_WITHOUT_REASON``, ``CANDIDATE_EXCLUDED``, ``WEIGHT_DIFFERS``, ``ROUND_TOO_EARLY``, ``OPENING_DIFFERS``,
    ``DRAW_UNPROVEN``, ``PULSE_FALSE``, ``ORDER_DIFFERS``, ``EVENT_OUT_OF_ORDER``, ``LOG_DIFFERS``. Receipts under
    ``proofs`` are compared with the file here; that the log itself is sound, and sealed the announcement before the
    round fell, is the independent verifier's business.
    """
    places = _unreadable(draw)
    if places:
        return [_objection("DRAW_FORMAT", f"摇号文件在 {place} 处缺少内容或者格式不符。", place) for place in places]
    said = draw["announcement"]
    return [
        *_announced_objections(said),
        *_opening_objections(draw),
        *_result_objections(draw),
        *_event_objections(draw),
        *_log_objections(draw),
    ]


def _unreadable(draw: Any) -> list[str]:
    listed = draw.get("announcement") if isinstance(draw, dict) else None
    if isinstance(listed, dict) and len(listed.get("candidates") or ()) > tickets.LARGEST_LIST:
        return ["announcement.candidates"]  # said before anything long is looked at
    if places := list(_misfits(draw, _SHAPE, "")):
        return places
    try:
        canonical.encode(draw)
    except canonical.NotCanonicalFault as fault:
        return [str(fault)]
    said = draw["announcement"]
    instants = [("announcement.announced_at", said["announced_at"])]
    instants += [(f"announcement.history[{index}].at", row["at"]) for index, row in enumerate(said["history"])]
    instants += [(f"events[{index}].at", row["at"]) for index, row in enumerate(draw["events"])]
    places = [place for place, text in instants if not canonical.is_instant(text)]
    salts = [("salt", draw["salt"]), ("openings.case.salt", draw.get("openings", {}).get("case", {}).get("salt"))]
    salts += [
        (f"openings.texts[{index}].salt", row["salt"])
        for index, row in enumerate(draw.get("openings", {}).get("texts", ()))
    ]
    places += [place for place, salt in salts if salt is not None and not pulses.is_hex(salt, 32)]
    places += ["format"] if draw["format"] != FORMAT else []
    places += ["announcement.draw"] if not re.fullmatch("[0-9a-f]{32}", said["draw"]) else []
    places += ["announcement.algorithm"] if said["algorithm"] != tickets.ALGORITHM else []
    places += [] if said["candidates"] else ["announcement.candidates"]
    for index, one in enumerate(said["candidates"]):  # beyond this the reckoning itself would be the attack
        fits = 0 < one["weight"] <= tickets.MOST_TICKETS
        places += [] if fits else [f"announcement.candidates[{index}].weight"]
    for index, row in enumerate(draw["events"]):
        places += [f"events[{index}].ground"] if row["ground"] not in GROUNDS else []
        places += [f"events[{index}].kind"] if row["kind"] not in KINDS else []
    try:
        pulses.chain_of(said["beacon"]).time_of(said["round"])
        deadline(said)
    except (pulses.ChainError, OverflowError, ValueError, OSError):
        places.append("announcement.beacon")
    return places


def _announced_objections(said: Mapping[str, Any]) -> Iterator[Reason]:
    for name in ("candidates", "exclusions"):
        codes = [institution["uscc"] for institution in said[name]]
        for index, (one, following) in enumerate(pairwise(codes), start=1):
            if one >= following:
                text = f"名单第 {index + 1} 家未按统一社会信用代码排列或者重复。"
                yield _objection("LIST_ORDER", text, f"announcement.{name}[{index}]")
    listed = {institution["uscc"] for institution in said["candidates"]}
    for index, excluded in enumerate(said["exclusions"]):
        place = f"announcement.exclusions[{index}]"
        if not excluded["reasons"]:
            yield _objection("EXCLUSION_WITHOUT_REASON", f"{excluded['name']}被排除却没有写明理由。", place)
        if excluded["uscc"] in listed:
            yield _objection("CANDIDATE_EXCLUDED", f"{excluded['name']}既在候选名单又在排除名单。", place)
    share = tickets.Share(**said["share"])
    for index, one in enumerate(said["candidates"]):
        if one["weight"] != share.weight(one["open"], one["months"]):
            text = f"{one['name']}的权重不是按公布的规则算出的。"
            yield _objection("WEIGHT_DIFFERS", text, f"announcement.candidates[{index}].weight")
    chain, at = pulses.chain_of(said["beacon"]), datetime.fromisoformat(said["announced_at"])
    least = SMALLEST_MARGIN if chain == pulses.QUICKNET else 1
    if said["margin"] < least or falls_at(said) < at + timedelta(seconds=said["margin"]) or said["patience"] < 0:
        text = "所指信标轮次不在公布之后足够久，公布时已经可能知道结果。"
        yield _objection("ROUND_TOO_EARLY", text, "announcement.round")


def _opening_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    if "openings" not in draw:
        return
    said, told = draw["announcement"], draw["openings"]
    if Case(**told["case"]).commitment() != said["case"] or told["case"]["category"] != said["category"]["code"]:
        yield _objection("OPENING_DIFFERS", "所称案件与公布时承诺的不是同一件。", "openings.case")
    if len(told["texts"]) != len(said["texts"]):
        yield _objection("OPENING_DIFFERS", "所附文字与公布时的份数不符。", "openings.texts")
    for index, (row, announced) in enumerate(zip(told["texts"], said["texts"], strict=False)):
        if commitment(row["salt"], row["text"]) != announced["commitment"]:
            text = f"{announced['who']}的文字与公布时承诺的不符。"
            yield _objection("OPENING_DIFFERS", text, f"openings.texts[{index}]")


def leaf_of(draw: Mapping[str, Any]) -> bytes | None:
    """The leaf hash of the entry a receipt shows; reckoned, not believed."""
    entry = draw["proofs"].get("announcement", {}).get("entry")
    try:
        return hashlib.sha256(b"\x00" + canonical.encode(entry)).digest() if isinstance(entry, dict) else None
    except canonical.NotCanonicalFault:
        return None


def _result_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    leaf = leaf_of(draw)
    if leaf is None:
        yield _objection("DRAW_UNPROVEN", "没有附公布的账本回执，不能证明名单、权重和文字先于脉冲。", "proofs")
        return
    if draw["pulse"] is None:
        if draw["order"] or draw["events"] or "result" in draw["proofs"]:
            yield _objection("DRAW_UNPROVEN", "没有脉冲，却有结果。", "pulse")
        return
    if "result" not in draw["proofs"]:
        yield _objection("DRAW_UNPROVEN", "没有附结果的账本回执。", "proofs.result")
    try:
        right = ordered(draw["announcement"], leaf, pulses.Pulse(**draw["pulse"]))
    except pulses.PulseError as false:
        yield _objection("PULSE_FALSE", false.text, "pulse")
        return
    if draw["order"] != right:
        first = next(
            (i for i, due in enumerate(right) if i >= len(draw["order"]) or draw["order"][i] != due), len(right)
        )
        yield _objection("ORDER_DIFFERS", "顺序与重算的结果不同。", f"order[{first}]")


def _event_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    waiting = list(draw["order"])
    before = canonical.instant(falls_at(draw["announcement"]))
    for index, happened in enumerate(draw["events"]):
        place = f"events[{index}]"
        if happened["number"] != index + 1 or happened["at"] < before:
            yield _objection("EVENT_OUT_OF_ORDER", f"第 {index + 1} 件事项的次序或者时间不对。", place)
        before = max(before, happened["at"])
        due = waiting[:1] if happened["kind"] == PASSED else [""]
        if [happened["uscc"]] != due:
            yield _objection("EVENT_OUT_OF_ORDER", f"第 {index + 1} 件事项所指的机构不在轮候。", place)
        elif happened["kind"] == PASSED:
            waiting.pop(0)


def _log_objections(draw: Mapping[str, Any]) -> Iterator[Reason]:
    said, leaf, proofs = draw["announcement"], leaf_of(draw), draw["proofs"]
    receipts = [*proofs.get("events", ()), *[None] * len(draw["events"])]
    due: list[tuple[str, Any, dict[str, Any]]] = [
        (
            "proofs.announcement",
            proofs.get("announcement"),
            {"kind": "draw.announced", "matter": said["matter"], "at": said["announced_at"]}
            | {"data": entry_data(said, draw["salt"])},
        )
    ]
    if draw["pulse"] is not None and leaf is not None:
        told = {"kind": "draw.result", "matter": said["matter"], "data": result(draw, leaf)}
        due.append(("proofs.result", proofs.get("result"), told))
    for index, happened in enumerate(draw["events"]):
        told = {"kind": "draw.event", "matter": happened["matter"], "at": happened["at"]}
        due.append((f"proofs.events[{index}]", receipts[index], told | {"data": event_data(draw, happened)}))
    for place, receipt, wanted in due:
        entry = receipt.get("entry") if isinstance(receipt, dict) else None
        if receipt is None and place.startswith("proofs.events"):
            yield _objection("DRAW_UNPROVEN", "递补事项没有附账本回执。", place)
        elif receipt is not None and (
            not isinstance(entry, dict) or any(entry.get(name) != value for name, value in wanted.items())
        ):
            yield _objection("LOG_DIFFERS", "回执所载的账本记录与本文件不符。", place)
    if len(proofs.get("events", ())) > len(draw["events"]):
        yield _objection("LOG_DIFFERS", "账本回执比文件所列的事项多。", "proofs.events")

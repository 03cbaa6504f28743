"""Attacks on the draw, against the independent verifier; each by somebody who holds what the attack needs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianheng import verifier
from jianheng.kernel import draw, pulses, tickets
from tests.attacks import sealed
from tests.attacks.sealed import AT, CHAIN, PULSE, ROUND, SECRET, Log

FIELD = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB


def judged(file: Any, *, log: Log, pulse: str = "", beacons: tuple[str, ...] = (CHAIN.hash,), now: Any = None) -> Any:
    """What the verifier says of a draw file, with the log's key pinned."""
    report = verifier.Report()
    case = verifier.Case(report, [verifier.Key.read(str(log.key))], chains=frozenset(beacons))
    case.now = now or AT + timedelta(minutes=20)
    if pulse:
        case.pulses = dict([verifier.read_pulse(pulse)])
    verifier.check_draw(case, file, "draw.json")
    return report


def codes(file: Any, *, log: Log, **given: Any) -> list[str]:
    return [problem.code for problem in judged(file, log=log, **given).problems]


@pytest.fixture(scope="module")
def log() -> Log:
    return Log()


@pytest.fixture(scope="module")
def honest(log: Log) -> Any:
    return sealed.passed(log, sealed.drawn(log, "20260302", "对方的话", "当场写入"))


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """One pairing in pure Python takes a sixth of a second; the same pulse is judged once."""
    judged: dict[Any, bool] = {}
    slow = verifier.holds

    def holds(*asked: Any) -> bool:
        if asked not in judged:
            judged[asked] = slow(*asked)
        return judged[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifier, "holds", holds)
        yield


def test_an_honest_draw_is_proved_and_says_who_is_due(log: Log, honest: Any) -> None:
    report = judged(honest, log=log)

    assert not report.problems
    assert f"现应由 {draw.holder(honest).name} 承接" in "\n".join(report.notes)  # type: ignore[union-attr]


def test_both_programs_order_alike(log: Log, honest: Any) -> None:
    said = verifier.read_announced(honest["announcement"])
    leaf = bytes.fromhex(honest["proofs"]["announcement"]["leaf_hash"])

    assert verifier.ticket_order(said, leaf, bytes.fromhex(PULSE.signature)) == honest["order"]
    assert draw.verify(honest) == []


def test_the_file_for_everybody_is_proved_as_well(log: Log, honest: Any) -> None:
    assert codes(draw.for_the_public(honest), log=log) == []


# --- the seed -------------------------------------------------------------------------------------------------


def test_attack_last_typist_grinds_for_a_winner(log: Log, honest: Any) -> None:
    """With the secret, all texts and the pulse at hand, he tries texts until the wanted name comes first."""
    wanted = honest["order"][-1]
    for number in range(200):
        forged = sealed.drawn(Log(), "20260302", "对方的话", f"当场写入 {number}")
        if forged["order"][0] == wanted:
            break
    else:
        raise AssertionError("no text in two hundred; the attack itself is broken")

    assert draw.verify(forged) == []  # what the file says of itself is well made
    forged["proofs"] = copy.deepcopy(honest["proofs"]) | {"events": []}
    assert "LOG_DIFFERS" in codes(forged, log=log)


def test_attack_list_sealed_after_the_pulse_was_known(log: Log) -> None:
    late = CHAIN.time_of(ROUND) + timedelta(seconds=5)

    assert codes(sealed.drawn(log, "x", signed=late), log=log) == ["DRAW_UNPROVEN"]


def test_attack_list_sealed_within_the_margin(log: Log) -> None:
    close = CHAIN.time_of(ROUND) - timedelta(seconds=59)

    assert codes(sealed.drawn(log, "x", signed=close), log=log) == ["DRAW_UNPROVEN"]


@pytest.mark.parametrize(
    ("after", "found"), [(3, []), (9 * 60 + 30, ["DRAW_UNPROVEN"]), (11 * 60, ["DRAW_UNPROVEN"])]
)
def test_attack_seal_dated_back_by_the_keeper_of_the_log(log: Log, after: int, found: list[str]) -> None:
    """The log says it signed in time; under a policy the witness's own time counts, and it saw the list later."""
    file = sealed.waiting(log, f"after {after}")
    index = file["proofs"]["announcement"]["index"]
    cosigned = AT + timedelta(seconds=after)
    file["proofs"]["announcement"] = log.receipt(index, signed=AT + timedelta(seconds=2), cosigned=cosigned)
    report = verifier.Report()
    policy = verifier.Policy.of([str(log.witness)])
    moment = int((AT + timedelta(minutes=20)).timestamp())
    case = verifier.Case(
        report,
        [verifier.Key.read(str(log.key))],
        verifier.Watch(policy, moment, report),
        chains=frozenset({CHAIN.hash}),
    )

    verifier.check_draw(case, file, "draw.json")

    assert [problem.code for problem in report.problems] == found


def test_attack_beacon_of_one_s_own(log: Log, honest: Any) -> None:
    assert codes(honest, log=log, beacons=()) == ["BEACON_UNKNOWN"]


def test_attack_pulse_of_another_round(log: Log, honest: Any) -> None:
    other = pulses.sign(SECRET, ROUND + 1)

    assert codes(honest | {"pulse": {"round": ROUND + 1, "signature": other.signature}}, log=log) == ["PULSE_FALSE"]
    assert codes(honest | {"pulse": {"round": ROUND, "signature": other.signature}}, log=log) == ["PULSE_FALSE"]


def test_attack_pulse_with_a_second_encoding() -> None:
    """x + p encodes the same point; accepted, it would be a second seed to choose from."""
    flags = 7 << 381
    small = next(
        pulse
        for pulse in (pulses.sign(SECRET, number) for number in range(1, 100))
        if (int(pulse.signature, 16) & ~flags) + FIELD < 1 << 381
    )
    number = int(small.signature, 16)
    alias = ((number & flags) | ((number & ~flags) + FIELD)).to_bytes(48, "big")
    key = bytes.fromhex(CHAIN.public_key)

    assert verifier.holds(key, small.round, bytes.fromhex(small.signature))
    assert not verifier.holds(key, small.round, alias)
    assert not pulses.holds(CHAIN, pulses.Pulse(small.round, alias.hex()))


@pytest.mark.parametrize("wrong", ["c0" + "00" * 47, "00" * 48, "ff" * 48])
def test_attack_point_at_infinity_or_off_the_curve(wrong: str) -> None:
    assert not verifier.holds(bytes.fromhex(CHAIN.public_key), ROUND, bytes.fromhex(wrong))


def test_the_published_pulses_of_quicknet_hold_in_the_verifier() -> None:
    key = bytes.fromhex(pulses.QUICKNET.public_key)
    signature = bytes.fromhex(
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
    )

    assert pulses.QUICKNET.hash == verifier.QUICKNET
    assert verifier.holds(key, 1000, signature)
    assert not verifier.holds(key, 1001, signature)


def test_without_the_package_for_pulses_nothing_is_accepted(
    log: Log, honest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: Any) -> bool:
        raise verifier.Malformed("核验信标脉冲需要 py_ecc，请安装后再核验（pip install py_ecc）")

    monkeypatch.setattr(verifier, "holds", absent)

    report = judged(honest, log=log)

    assert [problem.code for problem in report.problems] == ["DRAW_FORMAT"]
    assert "pip install py_ecc" in next(iter(report.problems)).text


def test_attack_nested_json_after_a_pulse_was_judged(log: Log, honest: Any) -> None:
    """The package for pulses lifts the limit of recursion so far that such a file would end the program."""
    judged(honest, log=log)

    with pytest.raises(verifier.Malformed):
        verifier.read_json(b"[" * 90_000)


@pytest.mark.parametrize("text", ["!", "。！？", "", "，" * 100, "‍"])
def test_attack_text_of_only_punctuation_blocks_the_draw(log: Log, text: str) -> None:
    assert codes(sealed.drawn(log, text), log=log) == []


# --- what is proved, and of what ------------------------------------------------------------------------------


def test_attack_draw_without_its_proofs(log: Log, honest: Any) -> None:
    for name in ("announcement", "result"):
        proofs = {key: value for key, value in honest["proofs"].items() if key != name}
        assert "DRAW_UNPROVEN" in codes(honest | {"proofs": proofs}, log=log)
    assert "DRAW_UNPROVEN" in codes(honest | {"proofs": honest["proofs"] | {"events": []}}, log=log)


def test_attack_pending_receipts_made_at_home(log: Log, honest: Any) -> None:
    for name in ("announcement", "result"):
        homemade = {key: honest["proofs"][name][key] for key in ("format", "entry", "digest", "leaf_hash")}
        proofs = honest["proofs"] | {name: homemade | {"status": "pending"}}
        assert "RECEIPT_PENDING" in codes(honest | {"proofs": proofs}, log=log)


def test_attack_result_set_to_nothing(log: Log, honest: Any) -> None:
    assert "DRAW_UNPROVEN" in codes(honest | {"pulse": None}, log=log)
    assert "ORDER_DIFFERS" in codes(honest | {"order": []}, log=log)


def test_attack_receipts_of_another_matter(log: Log, honest: Any) -> None:
    index = log.add("draw.announced", honest["proofs"]["announcement"]["entry"]["data"], matter=99)
    other = log.receipt(index, signed=AT)

    assert "LOG_DIFFERS" in codes(honest | {"proofs": honest["proofs"] | {"announcement": other}}, log=log)


def test_attack_receipt_of_another_kind(log: Log, honest: Any) -> None:
    index = log.add("act", honest["proofs"]["announcement"]["entry"]["data"])
    other = log.receipt(index, signed=AT)

    assert "LOG_DIFFERS" in codes(honest | {"proofs": honest["proofs"] | {"announcement": other}}, log=log)


def test_attack_case_renamed(log: Log, honest: Any) -> None:
    renamed = copy.deepcopy(honest)
    renamed["openings"]["case"]["case_number"] = "（2026）吉0199民初101号"

    assert codes(renamed, log=log) == ["OPENING_DIFFERS"]


def test_attack_weights_changed_late(log: Log, honest: Any) -> None:
    late = copy.deepcopy(honest)
    late["announcement"]["candidates"][0] |= {"open": 0, "months": 24, "weight": 44}

    assert "LOG_DIFFERS" in codes(late, log=log)
    late["announcement"]["candidates"][0]["weight"] = 45
    assert {"WEIGHT_DIFFERS", "LOG_DIFFERS"} <= set(codes(late, log=log))


def test_attack_name_passed_over_without_an_entry_or_for_a_whim(log: Log, honest: Any) -> None:
    hidden = copy.deepcopy(honest)
    hidden["events"] = []
    assert "LOG_DIFFERS" in codes(hidden, log=log)
    whim = copy.deepcopy(honest)
    whim["events"][0]["ground"] = "WHIM"
    assert codes(whim, log=log) == ["DRAW_FORMAT"]


def test_a_file_of_the_old_form_proves_nothing_and_is_told_so(log: Log) -> None:
    assert codes({"format": "jianheng-draw/1"}, log=log) == ["DRAW_UNPROVEN"]


# --- aborted --------------------------------------------------------------------------------------------------


def test_attack_draw_withheld_because_the_winner_displeases(log: Log) -> None:
    """Whoever has the pulse can say who is due, whether the court concludes or not."""
    file = sealed.waiting(log, "x", "y")
    leaf = bytes.fromhex(file["proofs"]["announcement"]["leaf_hash"])
    due = draw.conclude(file, leaf, PULSE)["order"]
    names = {one["uscc"]: one["name"] for one in file["announcement"]["candidates"]}

    report = judged(file, log=log, pulse=PULSE.line())
    assert not report.problems
    assert f"1. {names[due[0]]}、2. {names[due[1]]}" in "\n".join(report.notes)

    before, late = judged(file, log=log), judged(file, log=log, now=AT + timedelta(days=2))
    assert "已经公布，没有结果" in "\n".join(before.notes)
    assert "已经过期：公布而未作出结果" in "\n".join(late.notes)
    assert codes(file, log=log, pulse=pulses.sign(SECRET, ROUND + 1).line()) == []  # not the round announced
    assert codes(file, log=log, pulse=f"{ROUND} {pulses.sign(SECRET, 5).signature}") == ["PULSE_FALSE"]


# --- nothing decides unseen -----------------------------------------------------------------------------------


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        return [place for name in value for place in places(value[name], (*way, name))]
    if isinstance(value, list) and value:
        return [place for index, item in enumerate(value) for place in places(item, (*way, index))]
    return [way]


WHOLE_LOG = Log()
WHOLE = sealed.passed(WHOLE_LOG, sealed.drawn(WHOLE_LOG, "a", "b", "c"))
DECIDES = [way for way in places(WHOLE) if way[0] != "proofs" and way != ("pulse", "signature")]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(DECIDES), st.text(max_size=5) | st.integers(-5, 2**60) | st.none() | st.just([]))
def test_both_programs_judge_a_changed_draw_alike(place: Any, value: Any) -> None:
    changed = copy.deepcopy(WHOLE)
    inner: Any = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value

    found = codes(changed, log=WHOLE_LOG, beacons=(CHAIN.hash,))

    ours = [reason.code for reason in draw.verify(changed)]
    assert bool(found) == bool(ours), (place, value, found, ours)


def test_the_largest_list_is_judged_quickly_and_a_larger_one_refused_before_it_is_read() -> None:
    """65 536 candidates took 6.5 s; a province has some hundreds."""
    most = tickets.LARGEST_LIST
    rows = [{"uscc": f"{n:018d}", "name": "示例", "open": 0, "months": 0, "weight": 1} for n in range(most + 1)]
    said = sealed.announced(sealed.texts())

    with pytest.raises(verifier.Malformed):
        verifier.read_announced(said | {"candidates": rows})
    assert len(verifier.read_announced(said | {"candidates": rows[:most]}).weights) == most
    assert [reason.code for reason in draw.verify({"announcement": {"candidates": rows}})] == ["DRAW_FORMAT"]


# --- several draws in one log ---------------------------------------------------------------------------------


class Exported(verifier.Export):
    """An export of which only the entries matter here."""

    def __init__(self, log: Log, report: verifier.Report) -> None:
        self.case = verifier.Case(report, [])
        self.report, self.bundle = report, verifier.Folder(Path("export"))
        self.entries = {
            entry["id"]: verifier.Entry(n, entry["kind"], entry["matter"], entry["at"], entry["data"], log.leaf(n))
            for n, entry in enumerate(log.entries)
        }


def found_in(log: Log, **draws: int) -> list[str]:
    report = verifier.Report()
    export = Exported(log, report)
    export.case.draws = dict(draws)
    export.check_draws()
    return [problem.code for problem in report.problems]


def entry_of(log: Log, draw_id: str, *, matter: int, minutes: int, after: str = "") -> None:
    said = sealed.announced(sealed.texts(), draw=draw_id, matter=matter, after=after)
    log.add("draw.announced", draw.entry_data(said, sealed.SALT), matter=matter, at=AT + timedelta(minutes=minutes))


def test_an_honest_log_of_one_draw_holds() -> None:
    log = Log()
    file = sealed.passed(log, sealed.drawn(log, "a"))

    assert found_in(log) == []
    assert found_in(log, **{file["announcement"]["draw"]: 1}) == []


def test_attack_second_announcement_for_the_same_selection() -> None:
    log = Log()
    sealed.drawn(log, "a")
    entry_of(log, "d2" * 16, matter=12, minutes=30)

    assert found_in(log) == ["DRAW_TWICE"]


def test_attack_withdrawn_asked_again_and_drawn_again() -> None:
    """Another matter, the same case and category: it must go on with the first order."""
    log = Log()
    sealed.drawn(log, "a")
    entry_of(log, "d2" * 16, matter=77, minutes=30)

    assert found_in(log) == ["DRAW_TWICE"]


def test_a_draw_after_an_exhausted_one_names_it() -> None:
    log = Log()
    sealed.drawn(log, "a")
    entry_of(log, "d2" * 16, matter=77, minutes=30, after="d1" * 16)

    assert found_in(log) == []


def test_attack_second_result() -> None:
    log = Log()
    file = sealed.drawn(log, "a")
    log.add("draw.result", file["proofs"]["result"]["entry"]["data"], at=AT + timedelta(hours=1))

    assert found_in(log) == ["DRAW_TWICE"]


def test_attack_result_without_announcement() -> None:
    log = Log()
    log.add("draw.result", {"draw": "d1" * 16, "announcement": "00" * 32})

    assert found_in(log) == ["DRAW_UNPROVEN"]


def test_attack_file_of_yesterday_hides_who_was_pushed_aside() -> None:
    log = Log()
    file = sealed.passed(log, sealed.drawn(log, "a"))

    assert found_in(log, **{file["announcement"]["draw"]: 0}) == ["DRAW_EVENT_HIDDEN"]

"""A draw file recomputes, or says where it does not. Attacks are named after what the attacker did."""

import copy
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianheng.kernel import canonical, draw, pulses, tickets
from jianheng.kernel.errors import Reason

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = 0x1F2E3D4C5B6A79881726354453627180
CHAIN = pulses.Chain("demonstration", pulses.public_key(SECRET), 1_760_000_000, 3, "00" * 32)
ROUND = CHAIN.first_after(AT + timedelta(minutes=10))
PULSE = pulses.sign(SECRET, ROUND)
SHARE = tickets.Share(base=20, per_open=2, per_month=1, months_most=24)
EXPIRED = Reason(code="LICENCE_EXPIRED", text="执业许可证已过期。", law=("司法鉴定机构登记管理办法 第二十四条",))
SALT, CASE_SALT = "5a" * 32, "7b" * 32
CASE = draw.Case("示例市示例区人民法院", "（2026）吉0199民初100号", "FM0202", CASE_SALT)
TEXTS = tuple(
    draw.Text(who, text, f"{index:02x}" * 32)
    for index, (who, text) in enumerate(
        (("申请人一方", "20260302"), ("对方当事人", ""), ("主持摇号的司法技术人员", "当场写入")), start=1
    )
)


def institution(number: int) -> Any:
    return draw.Candidate(f"9{number:017d}", f"示例司法鉴定所{number}", open=number % 4, months=number)


def announced(**changes: Any) -> Any:
    size = changes.pop("size", 7)
    said = {
        "draw": "d1" * 16,
        "matter": 12,
        "case": CASE,
        "category": ("FM0202", "致残等级鉴定"),
        "candidates": [institution(number) for number in range(size, 0, -1)],
        "exclusions": [draw.Exclusion("91" + "0" * 16, "示例已过期鉴定所", (EXPIRED,))],
        "texts": TEXTS,
        "share": SHARE,
        "at": AT,
        "decides": draw.Round(CHAIN, ROUND, 60, 3600),
    }
    return draw.announcement(**said | changes)


def receipt(kind: str, matter: int, at: str, data: Any) -> Any:
    return {"entry": {"v": 1, "kind": kind, "matter": matter, "at": at, "data": data}}


def waiting(texts: Any = TEXTS, **changes: Any) -> Any:
    """A draw that was announced, with the receipt of its entry."""
    said = announced(texts=texts, **changes)
    file = draw.opened(said, salt=SALT, case=CASE, texts=texts)
    data = draw.entry_data(said, SALT)
    return file | {"proofs": {"announcement": receipt("draw.announced", 12, said["announced_at"], data)}}


def leaf_of(file: Any) -> bytes:
    return hashlib.sha256(b"\0" + canonical.encode(file["proofs"]["announcement"]["entry"])).digest()


def drawn(**changes: Any) -> Any:
    """The same with its result."""
    file = waiting(**changes)
    file = draw.conclude(file, leaf_of(file), PULSE)
    data = draw.result(file, leaf_of(file))
    return file | {"proofs": file["proofs"] | {"result": receipt("draw.result", 12, "", data), "events": []}}


def passed(file: Any, ground: str = "REFUSED", *, minutes: int = 60, kind: str = "PASSED", matter: int = 12) -> Any:
    happened = draw.event(file, kind=kind, matter=matter, ground=ground, at=AT + timedelta(minutes=minutes))
    proof = receipt("draw.event", matter, happened["at"], draw.event_data(file, happened))
    proofs = file["proofs"] | {"events": [*file["proofs"]["events"], proof]}
    return draw.with_event(file, happened) | {"proofs": proofs}


def codes(file: Any) -> Any:
    return [reason.code for reason in draw.verify(file)]


def test_an_honest_draw_recomputes_after_a_trip_through_json() -> None:
    file = passed(passed(drawn(), "RECUSED"), "NEW_REQUEST", kind="CONTINUED", minutes=90, matter=15)

    assert draw.verify(json.loads(canonical.encode(file))) == []


def test_a_draw_that_waits_for_its_pulse_is_whole_and_has_no_holder() -> None:
    assert draw.verify(waiting()) == []
    assert draw.holder(waiting()) is None


def test_the_public_file_names_no_case_and_no_text_and_still_recomputes() -> None:
    file = draw.for_the_public(passed(drawn()))

    assert draw.verify(file) == []
    for word in ("民初", "示例区人民法院", "当场写入", "20260302"):
        assert word not in canonical.encode(file).decode()


def test_the_log_says_nobody_s_name() -> None:
    said = canonical.encode(draw.entry_data(announced(), SALT)).decode()

    assert not any(word in said for word in ("示例", "民初", "申请人", "鉴定"))


def test_the_log_s_words_change_with_everything_that_decides() -> None:
    before = draw.entry_data(announced(), SALT)
    others = [
        announced(size=6),
        announced(exclusions=[]),
        announced(texts=TEXTS[:2]),
        announced(share=tickets.EQUAL),
        announced(decides=draw.Round(CHAIN, ROUND + 1, 60, 3600)),
        announced(case=draw.Case("另一法院", CASE.case_number, CASE.category, CASE_SALT)),
        announced(after="d0" * 16),
        announced(history=[{"at": canonical.instant(AT), "matter": 9, "draw": "", "what": "委托撤回"}]),
    ]

    assert all(draw.entry_data(said, SALT)["commitment"] != before["commitment"] for said in others)


def test_the_first_turn_belongs_to_the_first_in_the_order_and_then_to_the_next() -> None:
    file, holders = drawn(size=3), []
    for minute in (60, 70, 80):
        holders.append(draw.holder(file).uscc)  # type: ignore[union-attr]
        file = passed(file, minutes=minute)

    assert holders == file["order"]
    assert draw.holder(file) is None
    assert draw.verify(file) == []
    assert [turn["passed"] for turn in draw.turns(file)] == ["机构不予受理"] * 3
    with pytest.raises(draw.DrawError):
        passed(file, minutes=90)


def test_a_turn_is_not_passed_on_for_a_reason_of_one_s_own() -> None:
    with pytest.raises(draw.DrawError):
        passed(drawn(), "因为更合适")


def test_an_empty_list_is_refused_with_the_next_step() -> None:
    with pytest.raises(draw.NoCandidateError) as refused:
        announced(size=0)

    assert refused.value.next_steps


@pytest.mark.parametrize("text", ["", "!", "。！？", "，" * 100, " ", "‍", "\n", "摇"])
def test_attack_text_of_only_punctuation_blocks_the_draw(text: str) -> None:
    texts = (draw.Text("申请人一方", text, "01" * 32), *TEXTS[1:])

    assert draw.verify(drawn(texts=texts)) == []


def test_attack_round_that_has_fallen_when_the_list_is_announced() -> None:
    for number in (ROUND - 400, ROUND - 190, 1):
        with pytest.raises(draw.DrawError) as refused:
            announced(decides=draw.Round(CHAIN, number, 60, 3600))
        assert refused.value.reasons[0].code == "ROUND_TOO_EARLY"


def test_attack_no_margin_before_a_public_round() -> None:
    number = pulses.QUICKNET.first_after(AT + timedelta(minutes=10))

    with pytest.raises(draw.DrawError):
        announced(decides=draw.Round(pulses.QUICKNET, number, 1, 3600))


def test_attack_pulse_of_another_round() -> None:
    other = pulses.sign(SECRET, ROUND + 1)

    with pytest.raises(pulses.PulseError):
        draw.conclude(waiting(), leaf_of(waiting()), other)
    assert "PULSE_FALSE" in codes(drawn() | {"pulse": {"round": other.round, "signature": other.signature}})


def test_attack_another_announcement_for_the_same_pulse() -> None:
    """The order belongs to what was sealed: another list, or other texts, under the old receipt do not fit."""
    honest, other = drawn(), drawn(size=6)

    assert "LOG_DIFFERS" in codes(other | {"proofs": honest["proofs"]})


def test_attack_result_without_announcement() -> None:
    file = drawn()

    assert codes(file | {"proofs": {"result": file["proofs"]["result"]}}) == ["DRAW_UNPROVEN"]
    assert codes(file | {"proofs": {"announcement": file["proofs"]["announcement"]}}) == ["DRAW_UNPROVEN"]
    assert "DRAW_UNPROVEN" in codes(file | {"pulse": None})


def test_attack_turn_passed_on_in_the_file_alone() -> None:
    file = passed(drawn())

    assert codes(file | {"proofs": file["proofs"] | {"events": []}}) == ["DRAW_UNPROVEN"]


def edit(file: dict[str, Any], path: Any, value: Any) -> Any:
    """The file with one member changed, ``path`` being its place."""
    changed = copy.deepcopy(file)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value(inner[last]) if callable(value) else value
    return changed


EARLY = canonical.instant(AT - timedelta(seconds=1))
HEAD = ("announcement",)


@pytest.mark.parametrize(
    ("path", "value", "code", "about"),
    [
        pytest.param(
            (*HEAD, "candidates", 2, "name"), "改名", "LOG_DIFFERS", "proofs.announcement", id="edited-name"
        ),
        pytest.param(
            (*HEAD, "candidates"), lambda old: old[::-1], "LIST_ORDER", "announcement.candidates[1]", id="reordered"
        ),
        pytest.param(
            (*HEAD, "candidates"), lambda old: old[:-1], "LOG_DIFFERS", "proofs.announcement", id="candidate-removed"
        ),
        pytest.param((*HEAD, "exclusions"), [], "LOG_DIFFERS", "proofs.announcement", id="exclusion-hidden"),
        pytest.param(
            (*HEAD, "exclusions", 0, "reasons"),
            [],
            "EXCLUSION_WITHOUT_REASON",
            "announcement.exclusions[0]",
            id="exclusion-without-reason",
        ),
        pytest.param(
            (*HEAD, "exclusions", 0, "uscc"),
            institution(3).uscc,
            "CANDIDATE_EXCLUDED",
            "announcement.exclusions[0]",
            id="excluded-yet-drawn",
        ),
        pytest.param(
            (*HEAD, "candidates", 0, "weight"),
            100,
            "WEIGHT_DIFFERS",
            "announcement.candidates[0].weight",
            id="late-weight",
        ),
        pytest.param(
            (*HEAD, "candidates", 0, "months"),
            24,
            "WEIGHT_DIFFERS",
            "announcement.candidates[0].weight",
            id="late-wait",
        ),
        pytest.param((*HEAD, "share", "base"), 21, "LOG_DIFFERS", "proofs.announcement", id="late-rule-of-weights"),
        pytest.param((*HEAD, "round"), lambda old: old + 1, "PULSE_FALSE", "pulse", id="other-round"),
        pytest.param((*HEAD, "texts", 0, "who"), "他人", "LOG_DIFFERS", "proofs.announcement", id="other-writer"),
        pytest.param(("openings", "texts", 0, "text"), "x", "OPENING_DIFFERS", "openings.texts[0]", id="other-text"),
        pytest.param(("openings", "texts"), [], "OPENING_DIFFERS", "openings.texts", id="texts-hidden"),
        pytest.param(
            ("openings", "case", "case_number"),
            "（2026）吉0199民初1号",
            "OPENING_DIFFERS",
            "openings.case",
            id="renamed",
        ),
        pytest.param((*HEAD, "matter"), 13, "LOG_DIFFERS", "proofs.announcement", id="other-matter"),
        pytest.param((*HEAD, "history"), [], "LOG_DIFFERS", "proofs.announcement", id="history-hidden"),
        pytest.param((*HEAD, "after"), "", "LOG_DIFFERS", "proofs.announcement", id="restart-hidden"),
        pytest.param(("salt",), "00" * 32, "LOG_DIFFERS", "proofs.announcement", id="other-salt"),
        pytest.param(("pulse", "signature"), "b4" * 48, "PULSE_FALSE", "pulse", id="home-made-pulse"),
        pytest.param(("order",), lambda old: old[::-1], "ORDER_DIFFERS", "order[0]", id="order-edited"),
        pytest.param(("order",), lambda old: old[:-1], "ORDER_DIFFERS", "order[6]", id="order-cut"),
        pytest.param(
            ("events", 0, "uscc"), institution(9).uscc, "EVENT_OUT_OF_ORDER", "events[0]", id="other-passed"
        ),
        pytest.param(("events", 0, "ground"), "SILENT", "LOG_DIFFERS", "proofs.events[0]", id="other-ground"),
        pytest.param(("events", 0, "at"), EARLY, "EVENT_OUT_OF_ORDER", "events[0]", id="passed-before-the-pulse"),
        pytest.param(("events", 0, "number"), 2, "EVENT_OUT_OF_ORDER", "events[0]", id="event-left-out"),
        pytest.param(("events",), [], "LOG_DIFFERS", "proofs.events", id="event-hidden"),
        pytest.param(
            ("proofs", "announcement", "entry", "matter"),
            99,
            "LOG_DIFFERS",
            "proofs.announcement",
            id="receipt-of-other",
        ),
        pytest.param(
            ("proofs", "announcement", "entry", "kind"), "act", "LOG_DIFFERS", "proofs.announcement", id="other-kind"
        ),
        pytest.param(("proofs", "result", "entry"), {}, "LOG_DIFFERS", "proofs.result", id="result-not-logged"),
        pytest.param(("proofs", "other"), {"entry": {}}, "DRAW_FORMAT", "proofs.other", id="unknown-proof"),
    ],
)
def test_an_attack_is_named_with_its_place(path: Any, value: Any, code: str, about: str) -> None:
    past = [{"at": canonical.instant(AT), "matter": 9, "draw": "", "what": "委托撤回"}]
    attacked = edit(passed(drawn(after="d0" * 16, history=past)), path, value)

    found = {(reason.code, reason.about) for reason in draw.verify(attacked)}

    assert (code, about) in found


@pytest.mark.parametrize(
    ("path", "value", "about"),
    [
        (("format",), "jianheng-draw/1", "format"),
        (("order",), [True], "order[0]"),
        (("order",), None, "order"),
        ((*HEAD, "candidates", 0), "text", "announcement.candidates[0]"),
        ((*HEAD, "candidates"), [], "announcement.candidates"),
        ((*HEAD, "candidates", 0, "weight"), 2**40, "announcement.candidates[0].weight"),
        ((*HEAD, "algorithm"), "dice", "announcement.algorithm"),
        ((*HEAD, "announced_at"), "2026-03-02", "announcement.announced_at"),
        ((*HEAD, "beacon", "public_key"), "00", "announcement.beacon"),
        ((*HEAD, "round"), 2**62, "$.announcement.round: 4611686018427387904 is beyond 2^53 - 1"),
        ((*HEAD, "rating"), 5, "announcement.rating"),
        (("pulse",), 7, "pulse"),
        (("events", 0, "ground"), "WHIM", "events[0].ground"),
    ],
)
def test_what_is_no_draw_file_is_refused_with_its_place(path: Any, value: Any, about: str) -> None:
    reasons = draw.verify(edit(passed(drawn()), path, value))

    assert [(reason.code, reason.about) for reason in reasons] == [("DRAW_FORMAT", about)]


def test_a_list_longer_than_any_province_s_is_refused_before_it_is_read() -> None:
    row = announced()["candidates"][0]

    reasons = draw.verify({"announcement": {"candidates": [row] * (tickets.LARGEST_LIST + 1)}})

    assert [reason.about for reason in reasons] == ["announcement.candidates"]


@pytest.mark.parametrize("nonsense", [None, [], "text", 7, {}])
def test_nonsense_is_refused_without_falling_over(nonsense: Any) -> None:
    assert set(codes(nonsense)) == {"DRAW_FORMAT"}


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value that holds no further places."""
    if isinstance(value, dict) and value:
        return [place for name in value for place in places(value[name], (*way, name))]
    if isinstance(value, list) and value:
        return [place for index, item in enumerate(value) for place in places(item, (*way, index))]
    return [way]


WHOLE = passed(drawn())
DECIDES = [way for way in places(WHOLE) if way[:1] != ("proofs",)]


@settings(max_examples=60)
@given(st.sampled_from(DECIDES), st.text(max_size=5) | st.integers(-5, 2**60) | st.none() | st.just([]))
def test_nothing_in_the_file_can_be_changed_unseen(place: Any, value: Any) -> None:
    changed = edit(WHOLE, place, value)

    assert canonical_or_none(changed) == canonical.encode(WHOLE) or draw.verify(changed)


def canonical_or_none(value: Any) -> bytes | None:
    try:
        return canonical.encode(value)
    except canonical.NotCanonicalFault:
        return None

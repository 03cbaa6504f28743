"""A draw file recomputes, or says where it does not. Attacks are named after what the attacker did."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel import canonical, draw
from jianheng.kernel.errors import Reason

ANNOUNCED_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = "5a" * 32
EXPIRED = Reason(code="LICENCE_EXPIRED", text="执业许可证已过期。", law=("司法鉴定机构登记管理办法 第二十四条",))


def institution(number: int) -> Any:
    return draw.Candidate(uscc=f"9{number:017d}", name=f"示例司法鉴定所{number}")


def seeds(parties: Any = ("plaintiff's own words", "被告的话"), secret: Any = SECRET) -> Any:
    at = ANNOUNCED_AT + timedelta(minutes=10)
    given_texts = [draw.Source("party", who, text, at) for who, text in zip(("原告", "被告"), parties, strict=True)]
    server = draw.Source("server", "本院服务器", secret, at, draw.secret_commitment(secret))
    return [*given_texts, server, draw.Source("beacon", "公共信标", 9319, at)]


def drawn(size: int = 7, **changes: Any) -> Any:
    given_values = {
        "matter": "（2026）示0101委鉴1号",
        "category": "0104",
        "digest": "sha256",
        "candidates": [institution(number) for number in range(size, 0, -1)],
        "exclusions": [draw.Exclusion("91" + "0" * 16, "示例已过期鉴定所", (EXPIRED,))],
        "sources": seeds(),
        "committed_at": ANNOUNCED_AT,
        "drawn_at": ANNOUNCED_AT + timedelta(minutes=11),
    }
    return draw.build(**given_values | changes)


def with_proofs(file: dict[str, Any]) -> Any:
    entry = {
        "at": file["committed_at"],
        "data": draw.announcement(
            candidates=[institution(number) for number in range(1, 8)],
            exclusions=[draw.Exclusion("91" + "0" * 16, "示例已过期鉴定所", (EXPIRED,))],
            digest="sha256",
            sources=seeds(),
        ),
    }
    return file | {"proofs": {"announcement": {"entry": entry}, "result": {"entry": {"data": draw.result(file)}}}}


def codes(file: dict[str, Any]) -> Any:
    return [reason.code for reason in draw.verify(file)]


def test_an_honest_draw_recomputes_after_a_trip_through_json() -> None:
    file = with_proofs(drawn())

    assert draw.verify(json.loads(canonical.encode(file))) == []


def test_the_first_turn_belongs_to_the_first_in_the_order() -> None:
    file = drawn()

    first = file["candidates"][file["order"][0] - 1]
    assert draw.holder(file) == draw.Candidate(**first)


def test_a_refusal_moves_to_the_next_name_until_nobody_is_left() -> None:
    file = drawn(size=3)
    holders = []
    for minute in (20, 30, 40):
        holders.append(draw.holder(file))
        file = draw.next_turn(file, passed="不予受理", at=ANNOUNCED_AT + timedelta(minutes=minute))

    assert holders == [draw.Candidate(**file["candidates"][number - 1]) for number in file["order"]]
    assert draw.holder(file) is None
    assert draw.verify(file) == []
    with pytest.raises(draw.DrawError):
        draw.next_turn(file, passed="不予受理", at=ANNOUNCED_AT + timedelta(hours=1))


def test_a_turn_is_not_passed_on_without_a_reason() -> None:
    with pytest.raises(draw.DrawError):
        draw.next_turn(drawn(), passed=" ", at=ANNOUNCED_AT + timedelta(hours=1))


def test_an_empty_list_is_refused_with_the_next_step() -> None:
    with pytest.raises(draw.NoCandidateError) as refused:
        drawn(size=0)

    assert refused.value.next_steps
    with pytest.raises(draw.NoCandidateError):
        draw.announcement(candidates=[], exclusions=[], digest="sha256", sources=seeds())


def test_the_commitment_does_not_depend_on_the_order_of_reading() -> None:
    listed = [institution(number) for number in range(1, 5)]

    assert draw.commit(listed, []) == draw.commit(reversed(listed), [])


def test_the_announcement_says_nobody_s_name_and_not_the_secret() -> None:
    said = canonical.encode(
        draw.announcement(candidates=[institution(1)], exclusions=[], digest="sm3", sources=seeds())
    ).decode()

    assert "示例" not in said
    assert "原告" not in said
    assert SECRET not in said
    assert draw.secret_commitment(SECRET) in said


def test_a_silent_party_does_not_stop_the_draw() -> None:
    assert draw.verify(drawn(sources=seeds(parties=("", "")))) == []


def test_a_draw_whose_seed_nobody_gave_is_refused() -> None:
    with pytest.raises(draw.DrawError) as refused:
        drawn(sources=[draw.Source("party", "原告", "", ANNOUNCED_AT + timedelta(minutes=1))])

    assert [reason.code for reason in refused.value.reasons] == ["SEED_MISSING"]


def test_md5_is_for_conformance_and_not_for_a_draw() -> None:
    assert codes(drawn() | {"digest": "md5"}) == ["DRAW_FORMAT"]


def edit(file: dict[str, Any], path: Any, value: Any) -> Any:
    """The file with one member changed, ``path`` being its place."""
    changed = copy.deepcopy(file)
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = value(inner[last]) if callable(value) else value
    return changed


EARLY = canonical.instant(ANNOUNCED_AT - timedelta(seconds=1))
LATE = canonical.instant(ANNOUNCED_AT + timedelta(days=1))


@pytest.mark.parametrize(
    ("path", "value", "code", "about"),
    [
        pytest.param(("candidates", 2, "name"), "示例改名鉴定所", "LIST_EDITED", "candidates", id="edited-name"),
        pytest.param(
            ("candidates", 2, "uscc"),
            "900000000000000035",
            "LIST_EDITED",
            "candidates",
            id="candidate-swapped-in-list",
        ),
        pytest.param(("candidates",), lambda old: old[::-1], "LIST_ORDER", "candidates[1]", id="list-reordered"),
        pytest.param(("candidates",), lambda old: old[:-1], "LIST_EDITED", "candidates", id="candidate-removed"),
        pytest.param(("exclusions",), [], "LIST_EDITED", "candidates", id="exclusion-hidden"),
        pytest.param(
            ("exclusions", 0, "reasons"),
            [],
            "EXCLUSION_WITHOUT_REASON",
            "exclusions[0]",
            id="exclusion-without-reason",
        ),
        pytest.param(
            ("exclusions", 0, "uscc"),
            institution(3).uscc,
            "CANDIDATE_EXCLUDED",
            "exclusions[0]",
            id="excluded-yet-drawn",
        ),
        pytest.param(("list_commitment",), "0" * 64, "LIST_EDITED", "candidates", id="forged-commitment"),
        pytest.param(("sources", 0, "value"), "other words", "SEED_CHANGED", "key", id="seed-changed"),
        pytest.param(("sources",), lambda old: old[1:], "SEED_CHANGED", "key", id="seed-dropped"),
        pytest.param(("sources", 0, "value"), "!", "SEED_CHANGED", "sources", id="seed-emptied"),
        pytest.param(("sources", 2, "value"), "5b" * 32, "SERVER_SECRET_MISMATCH", "sources[2]", id="other-secret"),
        pytest.param(("sources", 3, "value"), "", "SEED_MISSING", "sources[3]", id="beacon-silenced"),
        pytest.param(("sources", 1, "at"), EARLY, "COMMITTED_AFTER_SEED", "sources[1]", id="seed-known-before"),
        pytest.param(("committed_at",), LATE, "COMMITTED_AFTER_SEED", "sources[0]", id="listed-after-seed"),
        pytest.param(("sources", 1, "at"), LATE, "DRAWN_BEFORE_SEED", "sources[1]", id="seed-after-draw"),
        pytest.param(("key",), "1./", "SEED_CHANGED", "key", id="other-key"),
        pytest.param(("order",), lambda old: old[::-1], "ORDER_DIFFERS", "order[0]", id="order-edited"),
        pytest.param(("order",), lambda old: old[:-1], "ORDER_DIFFERS", "order[6]", id="order-cut"),
        pytest.param(("turns", 0, "name"), "示例他所", "CANDIDATE_SWAPPED", "turns[0]", id="other-name-chosen"),
        pytest.param(("turns", 0, "number"), 0, "TURN_OUT_OF_ORDER", "turns[0]", id="other-number-chosen"),
        pytest.param(("turns", 0, "at"), EARLY, "TURN_OUT_OF_ORDER", "turns[0]", id="chosen-before-draw"),
        pytest.param(
            ("turns",), lambda old: old + old, "TURN_OUT_OF_ORDER", "turns[1]", id="second-turn-for-the-first"
        ),
        pytest.param(
            ("proofs", "announcement", "entry", "at"),
            LATE,
            "LOG_DIFFERS",
            "proofs.announcement",
            id="logged-later",
        ),
        pytest.param(("proofs", "result"), {}, "LOG_DIFFERS", "proofs.result", id="result-not-logged"),
        pytest.param(("proofs", "other"), {"entry": {}}, "LOG_DIFFERS", "proofs.other", id="unknown-proof"),
    ],
)
def test_an_attack_is_named_with_its_place(path: Any, value: Any, code: str, about: str) -> None:
    attacked = edit(with_proofs(drawn()), path, value)

    found = {(reason.code, reason.about) for reason in draw.verify(attacked)}

    assert (code, about) in found


def test_a_name_skipped_without_its_refusal_is_found() -> None:
    file = draw.next_turn(drawn(), passed="不予受理", at=ANNOUNCED_AT + timedelta(hours=1))

    assert codes(edit(file, ("turns", 0, "passed"), "")) == ["TURN_OUT_OF_ORDER"]


def test_a_turn_beyond_the_list_is_found() -> None:
    file = drawn(size=1)
    extra = file["turns"][0] | {"turn": 2, "number": 0}

    attacked = file | {"turns": [file["turns"][0] | {"passed": "回避"}, extra]}

    assert codes(attacked) == ["TURN_OUT_OF_ORDER"]


def test_another_list_with_its_own_commitment_contradicts_the_log() -> None:
    honest = with_proofs(drawn())
    forged = drawn(candidates=[institution(number) for number in (1, 2, 3, 4, 5, 6, 8)])

    assert "LOG_DIFFERS" in codes(forged | {"proofs": honest["proofs"]})


@pytest.mark.parametrize(
    ("path", "value", "about"),
    [
        (("format",), "jianheng-draw/2", "format"),
        (("order",), [True], "order[0]"),
        (("order",), None, "order"),
        (("candidates", 0), "text", "candidates[0]"),
        (("candidates",), [], "candidates"),
        (("sources", 0, "kind"), "oracle", "sources[0].kind"),
        (("sources", 0, "at"), "2026-03-02", "sources[0].at"),
        (("sources", 0, "value"), 1.5, "sources[0].value"),
        (("sources", 0, "value"), 2**60, "$.sources[0].value: 1152921504606846976 is beyond 2^53 - 1"),
        (("turns", 0, "at"), None, "turns[0].at"),
    ],
)
def test_what_is_no_draw_file_is_refused_with_its_place(path: Any, value: Any, about: str) -> None:
    reasons = draw.verify(edit(drawn(), path, value))

    assert [(reason.code, reason.about) for reason in reasons] == [("DRAW_FORMAT", about)]


def test_a_member_the_format_does_not_know_is_refused() -> None:
    assert [reason.about for reason in draw.verify(drawn() | {"rating": 5})] == ["rating"]


@pytest.mark.parametrize("nonsense", [None, [], "text", 7, {}])
def test_nonsense_is_refused_without_falling_over(nonsense: Any) -> None:
    assert set(codes(nonsense)) == {"DRAW_FORMAT"}


LEAVES = [
    path
    for path in [
        *[("candidates", index, name) for index in range(7) for name in ("uscc", "name")],
        *[("exclusions", 0, name) for name in ("uscc", "name")],
        *[("exclusions", 0, "reasons", 0, name) for name in ("code", "text")],
        *[("turns", 0, name) for name in ("uscc", "name")],
        ("list_commitment",),
        ("key",),
        ("sources", 2, "value"),
        ("sources", 2, "committed"),
    ]
]


@given(st.sampled_from(LEAVES), st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_text_that_decides_anything_can_be_changed_unseen(path: Any, text: str) -> None:
    file = drawn()
    changed = edit(file, path, text)

    assert changed == file or draw.verify(changed)


@given(st.integers(1, 30), st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=2, max_size=2))
def test_every_draw_built_recomputes(size: int, texts: list[str]) -> None:
    try:
        file = drawn(size=size, sources=seeds(parties=tuple(texts)))
    except draw.DrawError as refused:
        assert "不含任何字母" in refused.text
    else:
        assert draw.verify(file) == []

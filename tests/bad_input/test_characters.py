"""Whatever is typed, into whatever field of whatever act: an answer, never a fault, and nothing written.

Characters no paper can carry are tried in every text of every act against its input alone; values of the wrong kind
are sent through the door in turn, just before each act of a scenario is done properly.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from jianheng.config.rehearsal.script import SCENARIOS, read
from jianheng.kernel.errors import Refusal
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord, Matter

Path = tuple[str | int, ...]

UNPRINTABLE = {"NUL": "a\x00b", "escape": "a\x1b[31m", "next line": "a\x85b", "lone surrogate": "a\ud800b"}
UNPRINTABLE |= {"zero width space": "张\u200b三", "joiner": "张\u200d三", "blank letter": "张\u3164三"}
STRANGE_TEXT = ("", "没有这一项", "²", "9" * 18, "x" * 20_001, [{}])
STRANGE = (None, "没有这一项", -1, 10**30, ["x"] * 500, {"x": {"x": {}}})
# Between them these do nearly every act; each act is tried the first time it comes.
PLAYED = ("traffic_disability", "testimony", "silent_institution", "agreement_deficiency")
PLAYED += ("overdue_replaced", "recusal_next_name", "designation")


def leaves(given: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of an input with the way to it."""
    if isinstance(given, dict | list):
        for key, value in given.items() if isinstance(given, dict) else enumerate(given):
            yield from leaves(value, (*path, key))
    if path:
        yield path, given


def spoilt(given: Any, path: Path, value: Any) -> Any:
    """An input with one value replaced."""
    changed = copy.deepcopy(given)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def inputs() -> dict[str, dict[str, Any]]:
    """An input for each act, as the scenarios write it; of several the one that says most."""
    found: dict[str, dict[str, Any]] = {}
    for path in SCENARIOS.rglob("*.yaml"):
        for step in read(path).get("steps", []):
            given = step.get("given") or {}
            if "does" in step and len(given) >= len(found.get(step["does"], {})):
                found[step["does"]] = given
    return found


@pytest.mark.parametrize("character", UNPRINTABLE)
def test_a_character_no_paper_can_carry_is_refused_in_every_text_of_every_act(character) -> None:
    tried, let_through = 0, []
    for does, given in inputs().items():
        model = procedures.implementation(*does.split(".")).given
        texts = [path for path, usual in leaves(given) if isinstance(usual, str)]
        texts += [(name,) for name in model.model_fields.keys() - given.keys()]
        for path in texts:
            tried += 1
            try:
                procedures.read(model, spoilt(given, path, UNPRINTABLE[character]))
            except procedures.InputError as refusal:
                if any(
                    reason.about and ".".join(map(str, path)).startswith(reason.about) for reason in refusal.reasons
                ):
                    continue
            let_through.append((does, path))

    assert let_through == []
    assert tried > 100


def test_one_letter_more_than_the_description_allows_is_refused_in_every_field_of_every_act() -> None:
    tried, let_through = 0, []
    for does, given in inputs().items():
        model = procedures.implementation(*does.split(".")).given
        for name, said in model.model_json_schema()["properties"].items():
            if longest := said.get("maxLength"):
                tried += 1
                with pytest.raises(procedures.InputError) as refused:
                    procedures.read(model, {**given, name: "字" * (longest + 1)})
                if name not in {reason.about for reason in refused.value.reasons}:
                    let_through.append((does, name))

    assert let_through == []
    assert tried > 50


@pytest.mark.django_db
@pytest.mark.parametrize("character", UNPRINTABLE)
def test_such_a_character_is_refused_at_the_form_and_at_the_interface(character, played, cast, browser) -> None:
    case = played(before="entrustment.screen")
    given = {"technique_reliable": True, "decision": "ENTRUST", "reason": UNPRINTABLE[character]}
    headers = {"Authorization": f"Bearer {cast['judge']['token']}", "If-Match": '"1"'}
    address = f"/api/v1/entrustment/{case.root_id}/screen"

    called = Client().post(address, given, content_type="application/json", headers=headers)
    sendable = {**given, "technique_reliable": "on", "reason": given["reason"].encode(errors="replace").decode()}
    page = browser("judge").post(
        f"/desk/matters/{case.root_id}/acts/screen/", {**sendable, "_key": "1", "_seen": "1"}
    )

    assert called.status_code in {400, 422}
    assert called.json()["reasons"][0]["next_step"]
    assert page.status_code == (200 if character == "lone surrogate" else 422)  # a form cannot send one
    assert ActRecord.objects.filter(matter_id=case.root_id).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["a\x00b", "a b", "键", "x" * 81])
def test_a_key_that_cannot_be_one_is_refused(key, cast, played) -> None:
    case = played(before="entrustment.request")
    _, given = case.given("entrustment.request")
    headers = {"Authorization": f"Bearer {cast['judge']['token']}", "Idempotency-Key": key}

    answer = Client().post("/api/v1/entrustment", given, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "INPUT")
    assert Matter.objects.count() == 0


@pytest.fixture(scope="module")
def tried() -> set[str]:
    """The acts already tried."""
    return set()


@pytest.fixture
def about_to(played, tried) -> Callable[[str], Iterator[tuple[str, dict[str, Any], Callable[[Any], str]]]]:
    """Play a scenario, stopping before each act not tried yet: (act, proper input, what answers another input)."""

    def stops(scenario: str) -> Iterator[tuple[str, dict[str, Any], Callable[[Any], str]]]:
        case = played(before="entrustment.request", scenario=scenario)
        while untried(case.left, tried):
            does = case.left[0].get("does", "")
            if does and "refused" not in case.left[0] and does not in tried:
                tried.add(does)
                who, given = case.given(does)
                yield does, given, lambda changed, who=who, does=does: answer(case, who, does, changed)
            case.next_step()

    return stops


def untried(steps: list[dict[str, Any]], tried: set[str]) -> bool:
    """Whether an act comes that was not tried yet."""
    return any("does" in step and "refused" not in step and step["does"] not in tried for step in steps)


def answer(case: Any, who: str, does: str, given: Any) -> str:
    """The code of the refusal, or "" for an act done; either way nothing stays of it. Faults come through."""
    procedure, _, act = does.partition(".")
    by = case.driver.actor(who)
    before = transaction.savepoint()
    try:
        if case.play.root_id is None:
            procedures.begin(procedure, by=by, given=given, now=case.now)
        else:
            procedures.perform(case.newest(procedure), act=act, by=by, given=given, now=case.now)
    except Refusal as refusal:
        assert refusal.text
        return refusal.reasons[0].code
    finally:
        transaction.savepoint_rollback(before)
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize("scenario", PLAYED)
def test_every_field_of_every_act_answers_whatever_stands_in_it(scenario, about_to) -> None:
    for does, given, answered in about_to(scenario):
        unsaid = dict.fromkeys(
            procedures.implementation(*does.split(".")).given.model_fields.keys() - given.keys(), ""
        )
        for number, (path, usual) in enumerate(leaves({**unsaid, **given})):
            strange = STRANGE_TEXT if isinstance(usual, str) else STRANGE
            value = strange[number % len(strange)]
            try:
                answered(spoilt(given, path, value))
            except Exception as fault:
                pytest.fail(f"{does} {path} = {str(value)[:40]!r}: {type(fault).__name__}: {fault}")
        for unknown in ("x\x00", "\ud800", "matter_id"):
            assert answered({**given, unknown: "x"}) == "INPUT", does
        for nothing_like_it in ({}, [], None, "x", 7):
            assert answered(nothing_like_it) in {"", "INPUT"}, does

"""Texts as long as their field takes them: what an input lets in, the tables hold; no act ends in a fault.

Longer ones are refused as such (``tests/bad_input``).
"""

from __future__ import annotations

from typing import Any

import pytest

from jianheng.services.procedures import api as procedures
from tests.bad_input.test_characters import about_to, leaves, spoilt, tried  # noqa: F401 - the fixtures

LENGTHS = (20_000, 10_000, 500, 300, 200, 120, 100, 80, 60, 40, 20)


def longest(model: Any, given: dict[str, Any]) -> dict[str, Any]:
    """An input with every text as long as it may be; those that must be as they are stay."""
    for place, usual in leaves({**dict.fromkeys(model.model_fields.keys() - given.keys(), ""), **given}):
        for length in LENGTHS if isinstance(usual, str) else ():
            changed = spoilt({**{str(place[0]): ""}, **given}, place, (usual + "长" * length)[:length])
            try:
                procedures.read(model, changed)
            except procedures.InputError:
                continue
            given = changed
            break
    return given


@pytest.mark.django_db
@pytest.mark.parametrize("scenario", ["traffic_disability", "testimony", "overdue_replaced", "agreement_deficiency"])
def test_a_text_as_long_as_its_field_takes_ends_no_act_in_a_fault(scenario, about_to) -> None:  # noqa: F811
    faults = []
    for does, given, answered in about_to(scenario):
        model = procedures.implementation(*does.split(".")).given
        long = longest(model, given)
        one_by_one = [spoilt(given, place, value) for place, value in leaves(long) if value != at(given, place)]
        for number, changed in enumerate([long, *one_by_one]):
            try:
                answered(changed)
            except Exception as fault:
                faults.append(f"{does} {number}: {type(fault).__name__}: {fault}"[:160])

    assert "\n".join(faults) == ""


def at(given: Any, place: tuple[str | int, ...]) -> Any:
    """What stands at a place of an input."""
    for part in place:
        given = given.get(part) if isinstance(given, dict) else given[part]
    return given

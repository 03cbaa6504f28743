"""An institution that must recuse is chosen in no way afterwards, and the forms do not offer it."""

from __future__ import annotations

import pytest

from jianheng.config.rehearsal.script import Refused
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection.models import Selection

pytestmark = pytest.mark.django_db


def test_who_must_recuse_is_neither_designated_nor_chosen_outside_the_list(played) -> None:
    case = played(scenario="recused_kept_out")
    matter_id = case.newest("selection")
    recused = sorted(Selection.objects.get(matter_id=matter_id).recused)
    assert len(recused) == 3

    for act, code in (("designate", "RECUSED"), ("choose_outside_list", "NOT_A_CANDIDATE")):
        offered = {value for value, _ in case.driver.options("tech", "selection", act, matter_id)["institution"]}
        assert not offered & set(recused)
        given = {
            "institution": recused[0],
            "evidence": case.driver.upload("tech", "笔录.txt"),
            "reason": "只此一家。",
        }
        if act == "designate":
            given["ground"] = "EX_OFFICIO"
        with pytest.raises(Refused) as refused:
            case.driver.act("tech", "selection", act, matter_id, given)
        assert refused.value.code == code


def test_the_reason_stands_in_every_later_list(played) -> None:
    case = played(scenario="recused_kept_out")
    row = Selection.objects.get(matter_id=case.newest("selection"))

    told = {one["id"]: [reason["text"] for reason in one["reasons"]] for one in row.exclusions}

    for pk, reason in row.recused.items():
        assert f"应当回避：{reason}" in told[int(pk)], institutions.institution(int(pk)).name

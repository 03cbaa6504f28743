"""The papers of choosing an institution."""

from __future__ import annotations

from typing import Any

from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection.models import Selection
from jianheng.modules.selection.terms import EVERYONE
from jianheng.services.procedures.api import Turn


def heading(brief: entrustment.Brief) -> dict[str, Any]:
    """What both papers say of the case."""
    return {
        "court": brief.court,
        "case_number": brief.case_number,
        "cause": brief.cause,
        "parties": [{"role": "申请人", "name": brief.applicant}, {"role": "被申请人", "name": brief.respondent}],
        "entrustment_number": brief.number or None,
        "category": brief.category_title,
        "matter": brief.subject,
    }


def excluded(selection: Selection) -> list[dict[str, str]]:
    """The exclusions as rows of a paper."""
    return [
        {"institution": row["name"], "reason": "".join(reason["text"] for reason in row["reasons"])}
        for row in selection.exclusions
    ]


def record(turn: Turn, selection: Selection, brief: entrustment.Brief, *, mode: str, reason: str = "") -> None:
    """选择机构笔录."""
    ranked = institutions.several(pk for ranking in selection.rankings.values() for pk in ranking)
    sides = []
    for side, name in (("applicant", brief.applicant), ("respondent", brief.respondent)):
        named = [ranked[pk].name for pk in selection.rankings.get(side, [])]
        sides.append(
            {"side": name, "institutions": named, "attended": side in selection.rankings or mode == "BY_LOT"}
        )
    turn.issue(
        "selection_record",
        data={
            **heading(brief),
            "held_at": turn.now,
            "place": "在线",
            "presided_by": turn.by.name,
            "recorded_by": turn.by.name,
            "sides": sides,
            "mode": mode,
            "mode_reason": reason or None,
            "candidates": [row["name"] for row in selection.candidates],
            "excluded": excluded(selection),
            "chosen": selection.chosen_name,
        },
        issuer_id=brief.unit_id,
        signers=[{"name": turn.by.name, "person_id": turn.by.person_id, "role": turn.role}],
        audience=EVERYONE,
    )


def draw_notice(turn: Turn, selection: Selection, brief: entrustment.Brief) -> None:
    """摇号结果告知书: everything needed to recompute the draw."""
    draw = selection.draw
    names = [draw["candidates"][number - 1]["name"] for number in draw["order"]]
    turn.issue(
        "draw_notice",
        data={
            **heading(brief),
            "drawn_at": draw["drawn_at"],
            "digest": draw["digest"],
            "commitment": draw["list_commitment"],
            "seed": draw["key"],
            "order": names,
            "excluded": excluded(selection),
            "chosen": selection.chosen_name,
        },
        issuer_id=brief.unit_id,
        signers=[{"name": turn.by.name, "person_id": turn.by.person_id, "role": turn.role}],
        audience=EVERYONE,
    )

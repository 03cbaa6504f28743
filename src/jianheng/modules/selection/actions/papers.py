"""The papers of choosing an institution."""

from __future__ import annotations

from typing import Any

from jianheng.kernel import draw as lots
from jianheng.kernel.pulses import chain_of
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection.models import Selection
from jianheng.modules.selection.terms import EVERYONE
from jianheng.services.beacon import api as beacon
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
            "presided_by": brief.lead or turn.by.name,
            "recorded_by": brief.lead or turn.by.name,
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
    lot = selection.lot
    assert lot is not None and lot.concluded_at is not None
    file = lot.file
    names = {one["uscc"]: one["name"] for one in file["announcement"]["candidates"]}
    turn.issue(
        "draw_notice",
        data={
            **heading(brief),
            "drawn_at": lot.concluded_at,
            **_recomputed(file),
            "order": [names[uscc] for uscc in file["order"]],
            "excluded": excluded(selection),
            "chosen": selection.chosen_name,
        },
        issuer_id=brief.unit_id,
        signers=[{"name": turn.by.name, "person_id": turn.by.person_id, "role": turn.role}],
        audience=EVERYONE,
    )


def _recomputed(file: dict[str, Any]) -> dict[str, str]:
    """What the order was reckoned from."""
    said, pulse = file["announcement"], file.get("pulse")
    if pulse is None:  # drawn by the way of version 0.1.0
        return {"digest": "RFC 3797", "commitment": "见摇号文件", "seed": "见摇号文件"}
    chain = chain_of(said["beacon"])
    return {
        "digest": f"{said['algorithm']}（摇号编号 {said['draw']}）",
        "commitment": lots.commitment(file["salt"], said),
        "seed": f"{beacon.title(chain)}（{chain.hash}）第{pulse['round']}轮：{pulse['signature']}",
    }

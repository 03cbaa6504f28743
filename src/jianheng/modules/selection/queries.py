"""Named reads of selections."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from jianheng.modules.selection.models import Selection
from jianheng.services.ledger import api as ledger


def facts(matter_id: int, seats: Collection[str]) -> list[tuple[str, str]]:
    """What a selection's page tells at the top, whoever reads it."""
    row = Selection.objects.filter(matter_id=matter_id).first()
    if row is None:
        return []
    told = [
        ("鉴定类别", row.category_title),
        ("备选机构", "、".join(one["name"] for one in row.candidates)),
        ("排除机构", f"{len(row.exclusions)}家（理由见备选名单页）" if row.exclusions else ""),
        ("应当回避", f"{len(row.recused)}家（理由见备选名单页）" if row.recused else ""),
        ("已退出", "；".join(f"{one['name']}（{one['reason']}）" for one in row.left)),
        ("选定机构", row.chosen_name),
        ("选择理由", row.reason),
    ]
    return [(label, value) for label, value in told if value]


def lists(matter_id: int) -> dict[str, Any] | None:
    """The candidates and exclusions of a selection, with what was announced; ``None`` for any other matter."""
    row = Selection.objects.filter(matter_id=matter_id).first()
    if row is None:
        return None
    return {
        "candidates": row.candidates,
        "exclusions": row.exclusions,
        "digest": row.digest,
        "announced_at": row.announced_at,
        "announcement": str(row.announcement or ""),
        "contributed": sorted(row.contributions),
        "draw": row.draw,
        "chosen": row.chosen_name,
        "left": row.left,
    }


def draw_file(matter_id: int) -> dict[str, Any] | None:
    """The downloadable draw file with the log's receipts; ``None`` while nothing was drawn."""
    row = Selection.objects.filter(matter_id=matter_id).first()
    if row is None or not row.draw:
        return None
    proofs = dict(row.draw.get("proofs", {}))
    if row.result is not None:
        proofs["result"] = ledger.receipt(row.result)
    return {**row.draw, "proofs": proofs}

"""The figures of a run: as JSON, and as the table that is printed."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from jianheng.config.chaos.faults import KINDS
from jianheng.config.chaos.journal import ACKNOWLEDGED, REFUSED, UNANSWERED, Journal
from jianheng.config.chaos.load import Load
from jianheng.config.chaos.running import Outcome


def figures(outcome: Outcome, journal: Journal, load: Load) -> dict[str, Any]:
    """Everything measured. Times are seconds to the first act sent and acknowledged, from the beginning of a fault
    or, under ``calm``, from moments without one."""
    counted = Counter(one.kind for one in outcome.injected)
    return {
        "seed": outcome.seed,
        "clients": outcome.clients,
        "own_disk": outcome.own_disk,
        "seconds": outcome.seconds,
        "faults": len(outcome.injected),
        "kinds": {
            kind.name: {
                "faults": counted[kind.name],
                "first_act": summary(
                    [one.recovery for one in outcome.injected if one.kind == kind.name and one.recovery is not None]
                ),
            }
            for kind in KINDS
        },
        "calm": summary(outcome.calm),
        "settled_seconds": outcome.settled,
        "acts": {end: len(journal.of(end)) for end in (ACKNOWLEDGED, REFUSED, UNANSWERED)},
        "files_acknowledged": len(journal.of(ACKNOWLEDGED, "file")),
        "sent_again": journal.retries(),
        "troubles": dict(journal.troubles.most_common()),
        "cases": dict(load.cases),
        "findings": outcome.findings,
    }


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Median and worst; empty when nothing was measured."""
    if not seconds:
        return {}
    return {"measured": len(seconds), "median": round(statistics.median(seconds), 2), "worst": round(max(seconds), 2)}


def table(taken: dict[str, Any]) -> Table:
    """The figures for a reader."""
    shown = Table(title=f"故障 {taken['faults']} 次，用时 {taken['seconds']:.0f} 秒（种子 {taken['seed']}）")
    for column in ("故障", "次数", "首个办成：中位（秒）", "最久（秒）"):
        shown.add_column(column, justify="left" if column == "故障" else "right")
    for kind in KINDS:
        measured = taken["kinds"][kind.name]
        shown.add_row(kind.title, str(measured["faults"]), *_times(measured["first_act"]))
    shown.add_section()
    shown.add_row("没有故障时", "", *_times(taken["calm"]))
    return shown


def _times(found: dict[str, float]) -> tuple[str, str]:
    return (f"{found['median']:.2f}", f"{found['worst']:.2f}") if found else ("", "")

"""Brings a database of an earlier version up to this one, in a process of its own, and tells what came of it as JSON.

Run with ``JIANHENG_HOME`` (its ``keys/ledger.pem`` the log's), ``JIANHENG_DSN`` of the database's owner, and a directory
for the export.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import psycopg


def newest_checkpoint(dsn: str) -> str:
    """What somebody may have kept from before."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select note from ledger_checkpoint order by size desc limit 1").fetchone()
        assert row is not None
        return str(row[0])


def open_work() -> dict[str, Any]:
    """Every open work item can be shown, and every act its holder may do there can be asked for."""
    from django.utils import timezone

    from jianheng.services.people import api as people
    from jianheng.services.procedures import api as procedures
    from jianheng.services.procedures.models import WorkItem

    asked, unheld = 0, []
    for item in WorkItem.objects.filter(closed_at=None).select_related("matter"):
        matter = item.matter
        declared = procedures.procedure(matter.procedure, matter.version)
        assert procedures.matter(item.matter_id, people.PLATFORM, today=timezone.localdate())
        if ":" not in item.holder or not item.holder.split(":")[0].isdigit():
            continue
        organisation, role = item.holder.split(":")
        holders = people.people_with_role(int(organisation), role=role, today=timezone.localdate())
        if not holders:
            unheld.append(f"{item.node} {item.holder}")
            continue
        by = people.actor_of_person(holders[0][0], today=timezone.localdate())
        assert by is not None
        for act in declared.acts:
            if item.node in act.at and any(
                reference.partition(".")[2] == role for reference in declared.holders(act, item.node)
            ):
                procedures.asking(item.matter_id, act.code, by=by, now=timezone.now())
                asked += 1
    return {"asked": asked, "unheld": unheld}


def draws() -> dict[str, Any]:
    """The orders drawn before, and how the matters that made them stand."""
    from jianheng.kernel import draw as lots
    from jianheng.modules.selection.models import Draw, Selection
    from jianheng.services.procedures.models import Matter, WorkItem

    drawn = Selection.objects.exclude(lot=None).select_related("lot")
    holders = [(row.lot.file, row.chosen_name) for row in drawn if row.lot is not None and row.mode == "BY_LOT"]
    waiting = WorkItem.objects.filter(matter__procedure="selection", node="draw", closed_at=None)
    return {
        "orders": Draw.objects.count(),
        "formats": sorted({row.file["format"] for row in Draw.objects.all()}),
        "astray": [chosen for file, chosen in holders if (one := lots.holder(file)) is None or one.name != chosen],
        "versions": sorted(set(Matter.objects.filter(procedure="selection").values_list("version", flat=True))),
        "waiting": waiting.count(),
    }


def main() -> None:
    """Upgrade, look, export, verify."""
    import os

    from jianheng import verifier

    home, target = Path(os.environ["JIANHENG_HOME"]), Path(sys.argv[1])
    kept = target / "kept.checkpoint"
    kept.write_text(newest_checkpoint(os.environ["JIANHENG_DSN"]), encoding="utf-8")
    from jianheng.config.commands.run import prepared

    prepared(home)
    from django.utils import timezone

    from jianheng.modules.entrustment.models import Entrustment
    from jianheng.services.ledger import api as ledger
    from jianheng.services.ledger import sequencer

    while sequencer.run_once(timezone.now()):
        pass
    ledger.export(target / "export")
    report = verifier.verify([target / "export"], keys=[ledger.public_key()], since=kept)
    told = {
        "courts": sorted(Entrustment.objects.values_list("court_name", flat=True)),
        "work": open_work(),
        "draws": draws(),
        "problems": [list(problem) for problem in report.problems],
        "checked": dict(report.checked),
    }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""``jianheng chaos``: break a running platform on purpose, and compare what clients were told with what is stored."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the verb."""
    chaos = commands.add_parser("chaos", help="故障演练：办理中反复破坏平台并核对 · inject faults under load")
    chaos.add_argument("--faults", type=int, default=510, metavar="N", help="破坏多少次")
    chaos.add_argument("--seed", type=int, default=1, help="随机种子；相同的种子按相同的次序破坏")
    chaos.add_argument("--clients", type=int, default=6, help="同时办理的客户端数")
    chaos.add_argument("--round", type=int, default=51, metavar="N", help="每破坏多少次停下核对一次")
    chaos.add_argument("--calm", type=float, default=20.0, metavar="SECONDS", help="开始前不破坏，测量多少秒")
    chaos.add_argument("--out", type=Path, default=Path("out/chaos.json"))
    chaos.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    """Run, write the figures, print them; exit status 1 when the oracle found anything."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from jianheng.config.chaos.stage import staged

    console = Console(stderr=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("启动平台", total=given.faults)
        with staged(given.out.with_suffix(".logs")) as stage:
            _as_operator(stage)
            from jianheng.config.chaos import report, running

            outcome, journal, load = running.run(
                stage,
                count=given.faults,
                seed=given.seed,
                clients=given.clients,
                round_size=given.round,
                calm_seconds=given.calm,
                journal_path=given.out.with_suffix(".journal.jsonl"),
                told=lambda line, done: progress.update(bar, description=line, completed=done),
            )
            taken = report.figures(outcome, journal, load)
    given.out.write_text(json.dumps(taken, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    out = Console()
    out.print(report.table(taken))
    acts = taken["acts"]
    out.print(
        f"办成 {acts['acknowledged']}，被拒绝 {acts['refused']}，没有答复 {acts['unanswered']}；重发 {taken['sent_again']} 次。"
    )
    for finding in taken["findings"]:
        out.print(f"不符：{finding}", markup=False, highlight=False)
    out.print("结论：不符。" if taken["findings"] else "结论：没有丢失，没有重复，编号无缺，日志成立。")
    return 1 if taken["findings"] else 0


def _as_operator(stage: Any) -> None:
    """This process reads the platform's tables and files as its operator does."""
    import django

    os.environ |= {
        "JIANHENG_HOME": str(stage.home),
        "JIANHENG_DSN": stage.database.dsn,
        "JIANHENG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
    }
    django.setup()

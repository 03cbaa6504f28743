"""``jianheng drill``: restore beside the running platform, prove what came back, write a report, remove it again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from jianheng.config.commands.backup import given_key, key_options, platform


def register(commands: Any) -> None:
    """Add the verb."""
    drill = commands.add_parser("drill", help="恢复演练：另处恢复、比对、出报告，然后删除 · restore drill")
    drill.add_argument("directory", type=Path, metavar="DIR", help="备份目录")
    drill.add_argument("--until", metavar="TIME", help="恢复到这一时刻（北京时间）；默认为最近一次清点时")
    drill.add_argument("--reports", type=Path, metavar="DIR", help="报告放在这里；默认 JIANHENG_HOME/drills")
    drill.add_argument(
        "--beside", type=Path, metavar="DIR", help="在这里恢复，须有足够空间；默认 JIANHENG_HOME/drills"
    )
    key_options(drill)
    drill.add_argument("--json", action="store_true")
    drill.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.safekeeping import archive, choosing, drilling, reporting
    from jianheng.config.safekeeping.errors import BackupSourceError
    from jianheng.config.safekeeping.source import Source

    opened = archive.open_with(given.directory, given_key(given))
    until = choosing.moment(given.until) if given.until else None
    here = platform()
    running: Source | None = here.database
    try:
        here.database.connect().close()
    except BackupSourceError:
        running = None
    from jianheng.services.ledger import api as ledger

    held = drilling.hold(
        opened,
        (given.beside or here.home / "drills").resolve(),
        running=running,
        proof=ledger.consistency,
        until=until,
        say=(lambda line: None) if given.json else print,
    )
    told = held.as_json()
    reports = given.reports or here.home / "drills"
    reports.mkdir(parents=True, exist_ok=True)
    name = f"drill-{choosing.said(held.began_at).translate(str.maketrans(' ', 'T', ':'))}"
    (reports / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (reports / f"{name}.html").write_text(reporting.page(told), encoding="utf-8")
    if given.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0 if held.passed else 1
    for finding in held.findings:
        print(f"{reporting.mark(finding.holds)}：{finding.what}：{finding.seen}")
    print(f"恢复时间 {told['seconds']['total']:.1f} 秒；数据损失 {held.loss.get('seconds', 0):g} 秒。")
    print(f"报告：{reports / name}.html、{name}.json")
    return 0 if held.passed else 1

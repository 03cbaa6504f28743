"""``jianheng export``: one case, or everything, in open formats."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from jianheng.config.commands import set_up


def register(commands: Any) -> None:
    """Add ``export matter`` and ``export everything``."""
    verbs = commands.add_parser("export", help="以开放格式导出一案或者全部 · open formats").add_subparsers(
        required=True
    )
    one = verbs.add_parser("matter", help="导出一案：事项、办理行为、文书、卷宗、回执、事件日志")
    one.add_argument("matter", type=int, metavar="ID", help="事项编号；同案的各事项一并导出")
    every = verbs.add_parser("everything", help="导出全部，供迁移、核验和流程分析")
    for verb in (one, every):
        verb.add_argument("directory", type=Path, metavar="DIR", help="不存在或者为空的目录")
        verb.add_argument("--json", action="store_true")
    one.set_defaults(run=_run)
    every.set_defaults(run=_run, matter=None)


def _run(given: argparse.Namespace) -> int:
    set_up()
    from jianheng.config.openexport import writing

    if given.matter is None:
        counts = writing.everything(given.directory)
    else:
        counts = writing.matter(given.matter, given.directory)
    if given.json:
        print(json.dumps({"directory": str(given.directory), "rows": counts}, ensure_ascii=False, indent=2))
    else:
        rows = "，".join(f"{name} {count}" for name, count in counts.items())
        print(f"已导出到 {given.directory}：{rows}。\n核验：jianheng verify {given.directory}")
    return 0

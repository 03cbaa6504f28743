"""``jianheng ledger``: checkpoint, export and receipts of the log, for whoever runs the platform."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from jianheng.config.commands import set_up


def register(commands: Any) -> None:
    """Add ``ledger checkpoint``, ``ledger export``, ``ledger witnesses`` and ``ledger receipt``."""
    verbs = commands.add_parser("ledger", help="账本：检查点、导出、回执").add_subparsers(required=True)

    checkpoints = verbs.add_parser("checkpoint", help="打印最新的签名检查点；请另处保存，供日后核验")
    checkpoints.add_argument("--json", action="store_true", help="连同公钥、条数、待封账数")
    checkpoints.set_defaults(run=checkpoint)

    exports = verbs.add_parser("export", help="导出账本、办理行为和文书，供 jianheng verify 核验")
    exports.add_argument("directory", type=Path, metavar="DIR", help="不存在或者为空的目录")
    exports.add_argument("--key", help="账本的公钥；只在没有签名私钥的机器上需要")
    exports.add_argument("--json", action="store_true")
    exports.set_defaults(run=export)

    asked = verbs.add_parser("witnesses", help="立即请各见证人签名，并说明各家情况")
    asked.add_argument("--json", action="store_true")
    asked.set_defaults(run=witnesses)

    receipts = verbs.add_parser("receipt", help="打印一条账本记录的回执")
    receipts.add_argument("entry", type=UUID, metavar="ENTRY", help="记录编号")
    receipts.add_argument("--json", action="store_true", help="回执总是 JSON，此项为一致而设")
    receipts.set_defaults(run=receipt)


def checkpoint(given: argparse.Namespace) -> int:
    """Print the newest checkpoint as its signed text, which ``jianheng verify --since`` takes."""
    set_up()
    from jianheng.services.ledger import api

    state = api.state()
    if given.json:
        told = {
            "checkpoint": state.checkpoint,
            "key": api.public_key(),
            "size": state.size,
            "waiting": state.waiting,
            "waiting_since": state.waiting_since and state.waiting_since.isoformat(),
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(state.checkpoint or "账本尚无检查点。", end="" if state.checkpoint else "\n")
    return 0 if state.checkpoint else 1


def witnesses(given: argparse.Namespace) -> int:
    """Ask every witness and say what each did; exit status 1 while the quorum is not there for the newest checkpoint."""
    set_up()
    from django.utils import timezone

    from jianheng.services.ledger import api

    shown = api.ask_witnesses(timezone.now())
    state = api.state()
    reached = bool(shown) and state.witnessed_size == state.size
    if given.json:
        rows = [asdict(row) | {"at": row.at and row.at.isoformat()} for row in shown]
        print(json.dumps({"witnesses": rows, "final": reached, "size": state.size}, ensure_ascii=False, indent=2))
        return 0 if reached else 1
    for row in shown:
        said = f"{row.at:%Y-%m-%d %H:%M:%S} UTC，{row.size} 条" if row.at else "没有签名"
        print(f"{row.name}：{row.trouble or '正常'}（{said}）")
    if not shown:
        print("没有指定见证人：请以 JIANHENG_WITNESS_POLICY 指定见证规则文件。")
    else:
        print(f"日志 {state.size} 条：" + ("已得到规定家数的见证。" if reached else "见证不足，新的回执不定案。"))
    return 0 if reached else 1


def export(given: argparse.Namespace) -> int:
    """Write the export and say how many rows it has."""
    set_up()
    from jianheng.services.ledger import api

    counts = api.export(given.directory, key=given.key)
    if given.json:
        print(json.dumps({"directory": str(given.directory), "rows": counts}, ensure_ascii=False, indent=2))
    else:
        rows = "，".join(f"{name} {count}" for name, count in counts.items())
        print(f"已导出到 {given.directory}：{rows}。\n核验：jianheng verify {given.directory}")
    return 0


def receipt(given: argparse.Namespace) -> int:
    """Print the receipt; refuses an entry the log does not know."""
    set_up()
    from jianheng.services.ledger import api

    found = api.receipt(given.entry)
    if found is None:
        raise api.NoSuchEntryError(about=str(given.entry))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0

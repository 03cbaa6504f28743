"""``jianheng ledger``: checkpoint, export and receipts of the log, for whoever runs the platform."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from getpass import getpass
from pathlib import Path
from typing import Any
from uuid import UUID

from jianheng.config.commands import set_up


def register(commands: Any) -> None:
    """Add ``ledger checkpoint``, ``ledger export``, ``ledger witnesses``, ``ledger clock`` and ``ledger receipt``."""
    verbs = commands.add_parser("ledger", help="账本：检查点、导出、回执、时钟说明").add_subparsers(required=True)

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

    clocks = verbs.add_parser("clock", help="说明服务器时钟曾经快了：两名运行人员确认后，等待其时间的记录即可封账")
    clocks.add_argument(
        "--by", action="append", default=[], metavar="LOGIN", help="运行人员的登录名，写两次；口令另问"
    )
    clocks.add_argument("--ground", help="事由；不写则只显示有哪些记录在等待，以及可以选择的事由")
    clocks.add_argument("--json", action="store_true")
    clocks.set_defaults(run=clock)

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


def clock(given: argparse.Namespace) -> int:
    """Show what waits for a time that has not come; with a ground and two operators, state that the clock was ahead."""
    set_up()
    from django.utils import timezone

    from jianheng.services.ledger import api
    from jianheng.services.people import api as people

    now = timezone.now()
    told = api.waiting_ahead(now)
    if told is None:
        raise api.NothingAheadError
    if given.ground:
        passwords = {login: getpass(f"{login} 的口令：") for login in given.by}
        by = people.two_operators(passwords, today=timezone.localdate(now))
        told = api.state_ahead(ground=given.ground, by=by, now=now)
    rows = {"count": told.count, "from": told.since.isoformat(), "until": told.until.isoformat()}
    if given.json:
        told_all = {**rows, "ahead": told.seconds, "stated": bool(given.ground), "grounds": api.CLOCK_GROUNDS}
        print(json.dumps(told_all, ensure_ascii=False, indent=2))
        return 0
    print(f"{told.count} 条记录自称写于 {told.since:%Y-%m-%d %H:%M:%S} 至 {told.until:%Y-%m-%d %H:%M:%S} UTC，")
    print(f"比现在快至多 {told.seconds} 秒。" + ("已经说明，随下一检查点封账。" if given.ground else ""))
    if not given.ground:
        print("事由（--ground）：" + "；".join(f"{code} {text}" for code, text in api.CLOCK_GROUNDS.items()))
    return 0


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

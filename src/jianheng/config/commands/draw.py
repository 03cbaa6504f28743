"""``jianheng draw``: the order RFC 3797 computes, and the check of a draw file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from jianheng.kernel import canonical, digests, draw
from jianheng.kernel.errors import Reason


def register(commands: Any) -> None:
    """Add ``draw order`` and ``draw verify``."""
    verbs = commands.add_parser("draw", help="摇号：重算顺序、核验摇号文件").add_subparsers(required=True)

    orders = verbs.add_parser("order", help="按 RFC 3797 计算全部候选的先后顺序")
    orders.add_argument("--digest", choices=digests.DRAW, required=True, help="杂凑算法；md5 仅用于与 RFC 例题对照")
    orders.add_argument("--key", required=True, help="种子合成的密钥，如 9319./2.5.8.10.12./")
    orders.add_argument("--size", type=int, required=True, help="候选家数")
    orders.add_argument("--json", action="store_true")
    orders.set_defaults(run=order)

    verifies = verbs.add_parser("verify", help="核验摇号文件：名单、种子、顺序、轮次")
    verifies.add_argument("file", type=Path, metavar="FILE")
    verifies.add_argument("--json", action="store_true")
    verifies.set_defaults(run=verify)


def order(given: argparse.Namespace) -> int:
    """Print the order, first selected first; without ``--json`` also each step, as the RFC prints them."""
    steps = draw.steps(given.key, given.size, given.digest)
    if given.json:
        told = {"digest": given.digest, "key": given.key, "size": given.size}
        print(json.dumps(told | {"order": [step.selected for step in steps]}, ensure_ascii=False))
        return 0
    print("顺位  杂凑值（十六进制）  除数 → 选中")
    for place, step in enumerate(steps, start=1):
        print(f"{place:>4}  {step.value.hex().upper()}  {step.divisor} → {step.selected}")
    return 0


def verify(given: argparse.Namespace) -> int:
    """Recompute a draw file and say whose turn it is, or everything that does not fit."""
    reasons, file = _judge(given.file)
    if given.json:
        told: dict[str, Any] = {"ok": not reasons, "problems": [reason.as_json() for reason in reasons]}
        if not reasons:
            holder = draw.holder(file)
            told |= {"order": file["order"], "holder": holder and holder.as_json()}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1 if reasons else 0
    for reason in reasons:
        print(f"不成立 [{reason.code}] {reason.about}：{reason.text}")
    if reasons:
        print(f"结论：不成立，共 {len(reasons)} 处。")
        return 1
    print(f"候选 {len(file['candidates'])} 家，排除 {len(file['exclusions'])} 家，杂凑算法 {file['digest']}。")
    print(f"密钥：{file['key']}")
    for turn in file["turns"]:
        print(f"第 {turn['turn']} 轮：名单第 {turn['number']} 家 {turn['name']}{_passed(turn)}")
    print("结论：名单、种子、顺序和轮次均与重算结果一致。")
    if not file.get("proofs"):
        print("提示：文件未附账本回执，名单先于种子只有文件自己的说法。")
    else:
        print("提示：所附账本回执的签名和证明请用 jianheng verify 核验。")
    return 0


def _passed(turn: dict[str, Any]) -> str:
    return f"（未承接：{turn['passed']}）" if turn["passed"] else ""


def _judge(path: Path) -> tuple[list[Reason], Any]:
    try:
        file = canonical.decode(path.read_bytes())
    except OSError as wrong:
        raise draw.DrawError(f"无法读取文件 {path}：{wrong.strerror}。", about="FILE") from wrong
    except canonical.NotCanonicalFault as wrong:
        return [Reason(code="DRAW_FORMAT", text=f"不是合规的 JSON（{wrong}）。", about=str(path))], None
    return draw.verify(file), file

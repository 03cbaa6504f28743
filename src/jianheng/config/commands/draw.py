"""``jianheng draw``: the check of a draw file, who is due by a pulse, and the order RFC 3797 computes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from jianheng.kernel import canonical, digests, draw, pulses, rfc3797
from jianheng.kernel.errors import Reason


def register(commands: Any) -> None:
    """Add ``draw verify`` and ``draw order``."""
    verbs = commands.add_parser("draw", help="摇号：核验摇号文件、按脉冲算出应由谁承接").add_subparsers(required=True)

    verifies = verbs.add_parser("verify", help="核验摇号文件：名单、权重、脉冲、顺序、递补")
    verifies.add_argument("file", type=Path, metavar="FILE")
    verifies.add_argument("--pulse", default="", help="信标脉冲“轮次 签名”：算出已公布而无结果的摇号应由谁承接")
    verifies.add_argument("--json", action="store_true")
    verifies.set_defaults(run=verify)

    orders = verbs.add_parser("order", help="按 RFC 3797 计算先后顺序，用于与该标准的例题对照")
    orders.add_argument("--digest", choices=digests.DRAW, required=True, help="杂凑算法；md5 仅用于与 RFC 例题对照")
    orders.add_argument("--key", required=True, help="种子合成的密钥，如 9319./2.5.8.10.12./")
    orders.add_argument("--size", type=int, required=True, help="候选家数")
    orders.add_argument("--json", action="store_true")
    orders.set_defaults(run=order)


def order(given: argparse.Namespace) -> int:
    """Print the order, first selected first; without ``--json`` also each step, as the RFC prints them."""
    steps = rfc3797.steps(given.key, given.size, given.digest)
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
    due = [] if reasons or not given.pulse else _due(file, pulses.Pulse.read(given.pulse))
    if given.json:
        told: dict[str, Any] = {"ok": not reasons, "problems": [reason.as_json() for reason in reasons]}
        if not reasons:
            holder = draw.holder(file)
            holding = holder and {"uscc": holder.uscc, "name": holder.name}
            told |= {"order": file["order"], "holder": holding, "due": due}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1 if reasons else 0
    for reason in reasons:
        print(f"不成立 [{reason.code}] {reason.about}：{reason.text}")
    if reasons:
        print(f"结论：不成立，共 {len(reasons)} 处。")
        return 1
    _tell(file, due)
    return 0


def _tell(file: dict[str, Any], due: list[str]) -> None:
    said = file["announcement"]
    print(f"候选 {len(said['candidates'])} 家，排除 {len(said['exclusions'])} 家，公布于 {said['announced_at']}。")
    print(
        f"信标 {said['beacon']['beacon']} 第 {said['round']} 轮，应于 {canonical.instant(draw.falls_at(said))} 发布。"
    )
    for number, turn in enumerate(draw.turns(file), start=1):
        print(f"第 {number} 轮：{turn['name']}{'（未承接：' + turn['passed'] + '）' if turn['passed'] else ''}")
    if file["pulse"] is None:
        print("已经公布，没有结果。" if not due else f"已经公布，没有结果；按所给脉冲，顺位应为：{'、'.join(due)}。")
    print("结论：名单、权重、文字、脉冲、顺序和递补均与重算结果一致。")
    print("提示：所附账本回执的签名、证明和封账时间请用 jianheng verify 核验。")


def _due(file: dict[str, Any], pulse: pulses.Pulse) -> list[str]:
    """The names in their order, by a pulse somebody brought."""
    said = file["announcement"]
    leaf = draw.leaf_of(file)
    assert leaf is not None  # a file without it was refused
    names = {one["uscc"]: one["name"] for one in said["candidates"]}
    return [names[uscc] for uscc in draw.ordered(said, leaf, pulse)]


def _judge(path: Path) -> tuple[list[Reason], Any]:
    try:
        file = canonical.decode(path.read_bytes())
    except OSError as wrong:
        raise rfc3797.DrawError(f"无法读取文件 {path}：{wrong.strerror}。", about="FILE") from wrong
    except canonical.NotCanonicalFault as wrong:
        return [Reason(code="DRAW_FORMAT", text=f"不是合规的 JSON（{wrong}）。", about=str(path))], None
    return draw.verify(file), file

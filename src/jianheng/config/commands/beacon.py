"""``jianheng beacon``: fetch a pulse where there is a network, bring it in where there is none, see which is waited for."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from jianheng.config.commands.run import as_owner


def register(commands: Any) -> None:
    """Add the verbs."""
    verbs = commands.add_parser("beacon", help="信标：取得脉冲、录入脉冲、查看等待的轮次").add_subparsers(
        required=True
    )
    take = verbs.add_parser("take", help="录入脉冲：文件，或者“轮次 签名”；- 为标准输入，每行一个")
    take.add_argument("pulse", metavar="FILE|LINE")
    take.set_defaults(run=_take)
    fetch = verbs.add_parser("fetch", help="在能够上网的机器上取得一轮脉冲，印出一行，可以另存为二维码；不需要平台")
    fetch.add_argument("round", type=int, metavar="ROUND")
    fetch.add_argument("--url", default="https://api.drand.sh", help="信标的地址，默认 %(default)s")
    fetch.add_argument("--qr", type=Path, metavar="FILE", help="二维码存为这一文件（.svg 或者 .png），供扫描枪读入")
    fetch.set_defaults(run=_fetch)
    waiting = verbs.add_parser("waiting", help="列出等待的轮次和取得脉冲的地址")
    waiting.set_defaults(run=_waiting)


def _lines(said: str) -> list[str]:
    if said == "-":
        return [line for line in sys.stdin.read().splitlines() if line.strip()]
    path = Path(said)
    text = path.read_text(encoding="utf-8") if len(said) < 200 and path.is_file() else said
    whole = text.strip()
    return [whole] if whole.startswith("{") else [line for line in whole.splitlines() if line.strip()]


def _take(given: argparse.Namespace) -> int:
    """Keep every pulse of a file; each proves itself, so it does not matter who brought it."""
    lines = _lines(given.pulse)
    with as_owner():
        import django

        django.setup()
        from django.utils import timezone

        from jianheng.services.beacon import api as beacon

        for line in lines:
            pulse = beacon.take(beacon.Pulse.read(line), chosen=beacon.chain(), by="网闸或者手工", now=timezone.now())
            print(f"已录入第 {pulse.round} 轮，签名成立。")
    return 0


def _fetch(given: argparse.Namespace) -> int:
    """The pulse of a round of the chain that decides, proved; as a line, and as a QR code that holds this line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    import django
    import segno

    django.setup()

    from jianheng.connectors.drand.source import HttpSource
    from jianheng.kernel.pulses import PulseError, holds
    from jianheng.services.beacon import api as beacon

    try:
        pulse = HttpSource(given.url).fetch(beacon.chain(), given.round)
    except beacon.BeaconFault as away:
        print(f"{away}。请检查网络，或者以 --url 另指地址。", file=sys.stderr)
        return 1
    if pulse is None:
        print(f"第 {given.round} 轮还没有发布。", file=sys.stderr)
        return 1
    if pulse.round != given.round or not holds(beacon.chain(), pulse):
        raise PulseError
    print(pulse.line())
    if given.qr:
        segno.make(pulse.line(), error="m", micro=False).save(str(given.qr), scale=8)
    return 0


def _waiting(given: argparse.Namespace) -> int:
    """What is waited for, and where anybody may get it."""
    with as_owner():
        import django

        django.setup()
        from jianheng.services.beacon import api as beacon

        chain = beacon.chain()
        rows = beacon.waiting()
        print(f"{beacon.title(chain)}（{chain.hash}）：等待 {len(rows)} 轮。")
        for round_, falls_at in rows:
            print(f"  第 {round_} 轮，应于 {falls_at:%Y-%m-%d %H:%M:%S} UTC 发布：/{chain.hash}/public/{round_}")
    return 0

"""``jianheng doctor``: what is wrong with this platform, and what to do."""

from __future__ import annotations

import argparse
import json
from typing import Any

from jianheng.config.commands import set_up


def register(commands: Any) -> None:
    """Add the verb."""
    verb = commands.add_parser("doctor", help="检查平台：配置、后台任务、时钟、日历、日志、磁盘、密钥")
    verb.add_argument("--json", action="store_true", help="以 JSON 输出")
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    """Print the findings; exit status 1 when something stops work."""
    set_up()
    from django.utils import timezone

    from jianheng.desks.operator import doctor

    found = doctor.findings(timezone.now())
    if given.json:
        print(json.dumps({"findings": [one.as_json() for one in found]}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            print(f"{one.level.value} {one.code}：{one.text}\n  下一步：{one.next_step}")
        print(f"共 {len(found)} 项问题。" if found else "没有发现问题。")
    return 1 if any(one.level is doctor.Level.BAD for one in found) else 0

"""``jianheng sizing``: what a case weighs on this machine, and what a year of them needs."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the verb."""
    sizing = commands.add_parser(
        "sizing", help="测一件案件占多少空间和时间，推算容量 · measure a case, compute capacity"
    )
    sizing.add_argument("--cases", type=int, default=20, help="办理多少件来测")
    sizing.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="几个进程制作文书")
    sizing.add_argument("--a-year", type=int, default=100_000, metavar="N", help="每年的鉴定案件数")
    sizing.add_argument("--years", type=int, default=10, help="保存多少年")
    sizing.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="计划的处理器核数")
    sizing.add_argument("--measured", type=Path, metavar="FILE", help="用以前测得的数字推算，不再测量")
    sizing.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    known = given.measured and json.loads(given.measured.read_text(encoding="utf-8"))
    one = known["measured"] if known else _measured(given)
    from jianheng.config.bench.needs import needs

    needed = needs(one, cases_a_year=given.a_year, years=given.years, cores=given.cores)
    print(json.dumps({"measured": one, "needs": needed}, ensure_ascii=False, indent=2))
    return 0


def _measured(given: argparse.Namespace) -> dict[str, Any]:
    """On a private platform that is thrown away afterwards."""
    from jianheng.config.bench.place import thrown_away

    with thrown_away():
        from jianheng.config.bench import sizing

        return sizing.measured(given.cases, given.processes)

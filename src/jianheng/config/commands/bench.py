"""``jianheng bench``: figures beside hand-written floors."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the verb."""
    bench = commands.add_parser("bench", help="性能数字与手写 SQL 的比值 · figures beside hand-written floors")
    bench.add_argument("--out", type=Path, default=Path("out/bench.json"))
    bench.add_argument(
        "--sizes",
        type=_sizes,
        default=(10_000, 100_000, 1_000_000),
        help="事项数，逗号分隔，如 10000,1000000,10000000",
    )
    bench.add_argument(
        "--provinces", type=_provinces, default=(), metavar="21,22|all", help="最后按这些省份分区，再测一遍"
    )
    bench.set_defaults(run=_run)


def _sizes(text: str) -> tuple[int, ...]:
    """Sizes in rising order, each a whole number of matters."""
    return tuple(sorted({int(part) for part in text.replace("_", "").split(",")}))


def _provinces(text: str) -> tuple[str, ...]:
    """Provinces by their two digits, or all of them."""
    from jianheng.kernel.casenumber import PROVINCES

    return tuple(sorted(PROVINCES)) if text == "all" else tuple(text.split(","))


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.bench.place import thrown_away

    with thrown_away() as (place, server):
        from jianheng.config.bench import budgets, figures, measure, report

        with measure.Peak(place, os.getpid(), server.pid) as peak:
            taken = figures.take(place, given.sizes, given.provinces)
        taken["peak"] = {"disk_gb": peak.disk_gb, "memory_gb": peak.memory_gb}
        taken["budgets"] = budgets.beside(taken)
        read = report.page(taken)
    text = json.dumps(taken, ensure_ascii=False, indent=2)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(text + "\n", encoding="utf-8")
    given.out.with_suffix(".html").write_text(read, encoding="utf-8")
    print(text)
    return 0

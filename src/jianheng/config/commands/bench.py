"""``jianheng bench``: figures beside hand-written floors."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the verb."""
    bench = commands.add_parser("bench", help="性能数字与手写 SQL 的比值 · figures beside hand-written floors")
    bench.add_argument("--out", type=Path, default=Path("out/bench.json"))
    bench.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.postgres import Server

    home = Path(tempfile.mkdtemp(prefix="jianheng-bench-"))
    home.chmod(0o755)
    server = Server(home / "data")
    server.start()
    try:
        os.environ |= {
            "JIANHENG_HOME": str(home / "home"),
            "JIANHENG_DSN": server.dsn,
            "JIANHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
        }
        from jianheng.config.commands.run import prepared

        prepared(home / "home")
        from jianheng.config import bench

        figures = bench.run()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0

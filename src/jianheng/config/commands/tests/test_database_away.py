"""A command that needs the database says what to do where there is none, and is no puzzle of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_command_without_its_database_says_how_to_start_it(tmp_path: Path) -> None:
    nowhere = {"JIANHENG_HOME": str(tmp_path), "JIANHENG_DSN": f"postgresql://nobody@/nothing?host={tmp_path}"}

    done = subprocess.run(
        [sys.executable, "-m", "jianheng.config.cli", "account", "reset", "judge"],
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "DATABASE_AWAY：连接不上数据库。" in done.stderr
    assert "下一步：平台自带的数据库随平台启动" in done.stderr
    assert "Traceback" not in done.stderr

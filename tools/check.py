"""``make test``: every check, or those named, in the order that fails soonest; prints how long each took."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "src", "tests", "tools"]),
    ("lint", [str(BIN / "ruff"), "check", "--quiet", "src", "tests", "tools"]),
    ("types", [str(BIN / "mypy"), "--no-error-summary"]),
    ("contracts", [str(BIN / "lint-imports"), "--no-cache"]),
    ("tests", [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not browser"]),
    ("pages", [PYTHON, "-m", "pytest", "-q", "-m", "browser", "tests/journeys"]),
)

# mypy reads the models with Django's help, which reads the settings; a secret given is none written below var/.
SETTINGS = {"types": {"JIANHENG_SECRET": "read by nobody"}}

# Outside programs the tests ask, and their packages.
JUDGES = {"pdfsig": "poppler-utils", "chromium": "chromium", "nginx": "nginx-light"}
# Where they may lie: an ordinary user's search path leaves out where Debian puts servers.
PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def fetch_judges() -> None:
    """Install what is missing where the machine lets us; elsewhere say what to install."""
    missing = [package for program, package in JUDGES.items() if shutil.which(program, path=PLACES) is None]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit(f"please install: {' '.join(missing)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=True)  # noqa: S603, S607


def main() -> int:
    """Run every check, or those named; stop at the first that fails."""
    wanted = set(sys.argv[1:]) or {name for name, _ in CHECKS}
    if unknown := wanted - {name for name, _ in CHECKS}:
        raise SystemExit(f"no such check: {' '.join(sorted(unknown))}; there are: {' '.join(n for n, _ in CHECKS)}")
    if wanted & {"tests", "pages"}:
        fetch_judges()
    for name, command in CHECKS:
        if name not in wanted:
            continue
        started = time.monotonic()
        print(f"== {name}", flush=True)
        environment = os.environ | SETTINGS.get(name, {})
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603 - the project's own tools
        print(
            f"== {name}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())

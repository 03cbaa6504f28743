"""One platform at work, its archive, and what its users were told; made once and then only copied."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jianheng.config.postgres import Server


@dataclass
class Working:
    """A platform in a home of its own, driven act by act."""

    place: Path
    told: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home, self.archive, self.key = self.place / "home", self.place / "archive", self.place / "backup.key"
        self.server = Server(self.home / "postgres", durable=False)
        self.server.start()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("JIANHENG_", "DJANGO_"))}
        self.environment = clean | {
            "JIANHENG_HOME": str(self.home),
            "JIANHENG_DSN": self.server.application_dsn,
            "JIANHENG_OWNER_DSN": self.server.dsn,
            "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
        }
        command = [sys.executable, str(Path(__file__).with_name("driven.py")), str(self.home)]
        self.process = subprocess.Popen(
            command,
            env=self.environment | {"JIANHENG_DSN": self.server.dsn, "JIANHENG_DEMO": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.answer()["ready"]

    def answer(self) -> dict[str, Any]:
        """The next line it says."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def act(self, number: int) -> dict[str, Any]:
        """One act, acknowledged."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"act {number}\n")
        self.process.stdin.flush()
        self.told.append(self.answer() | {"number": number})
        return self.told[-1]

    def run(self, verb: str, *given: Any, status: int = 0, **limits: Any) -> dict[str, Any]:
        """A command beside this platform, its answer as JSON. It is told where the platform is, as the how-to says, and not
        that it is a demonstration: the home and the log know."""
        command = [sys.executable, "-m", "jianheng.config.cli", verb, *map(str, given), "--json"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=120, **limits
        )
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    def backup(self, *further: Any) -> dict[str, Any]:
        """One run of the backup."""
        return self.run("backup", self.archive, "--key-file", self.key, "--make-key", *further)

    def kill(self) -> None:
        """As when the power goes: nobody is asked."""
        self.process.kill()
        self.process.wait()
        os.kill(int((self.server.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)


@dataclass
class Story:
    """What happened: acts 1 to 3, a backup, 4 and 5, the chosen moment, 6 and 7, a backup, 8, drills, a backup, 9, the end."""

    working: Working
    chosen: datetime
    told: list[dict[str, Any]]
    backups: list[dict[str, Any]]
    drills: list[dict[str, Any]]
    full_disk: dict[str, Any]
    left_by_the_full_disk: list[str]


def short_of_space() -> None:
    """No file may grow beyond a megabyte."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.fixture(scope="session")
def story() -> Iterator[Story]:
    """The whole of it, told once."""
    place = Path(tempfile.mkdtemp(prefix="jianheng-kept-"))
    place.chmod(0o755)
    working = Working(place)
    try:
        for number in (1, 2, 3):
            working.act(number)
        full = working.run(
            "backup", place / "small", "--key-file", working.key, "--make-key", status=1, preexec_fn=short_of_space
        )
        left = [path.relative_to(place / "small").as_posix() for path in (place / "small").rglob("*")]
        backups = [working.backup()]
        working.act(4), working.act(5)
        time.sleep(0.3)
        chosen = datetime.now(UTC)
        time.sleep(0.3)
        working.act(6), working.act(7)
        backups.append(working.backup())
        working.act(8)
        drills = [
            working.run("drill", working.archive, "--key-file", working.key),
            working.run("drill", working.archive, "--key-file", working.key, "--until", chosen.isoformat()),
        ]
        backups.append(working.backup())
        working.act(9)
        working.kill()
        yield Story(working, chosen, working.told, backups, drills, full, left)
    finally:
        working.process.kill()
        working.server.stop()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def empty() -> Iterator[Path]:
    """A place that the database's account may enter, and nothing in it."""
    place = Path(tempfile.mkdtemp(prefix="jianheng-back-"))
    place.chmod(0o755)
    yield place / "home"
    shutil.rmtree(place, ignore_errors=True)

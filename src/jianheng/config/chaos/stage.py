"""The platform to be broken: its home on a disk of its own where that may be had, its processes, its database.

Processes are found below the one that was started here, so that nobody else's is ever touched.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from jianheng.config.chaos.cutting import CuttingProxy
from jianheng.config.commands.demo import free_port, platform
from jianheng.config.postgres import Server

DISK_BYTES = 3 * 2**30  # more than a run of 500 faults writes; sparse, so that it takes only what is used
# A party whose answer was cut asks for another code.
PATIENT_WITH_PARTIES = {"JIANHENG_PASS_CODES_AN_HOUR": "1000", "JIANHENG_PASS_FAILURES_A_DAY": "1000"}
FINDING_PATIENCE_SECONDS = 60.0  # for a process that is to be killed and is being started again
RUN = ("jianheng.config.chaos.working",)


@dataclass
class Stage:
    """A running platform, and the ways to get at it."""

    home: Path
    port: int
    proxy: CuttingProxy
    own_disk: bool

    @property
    def database(self) -> Server:
        """The platform's private server."""
        return Server(self.home / "postgres")

    def as_owner(self) -> psycopg.Connection[Any]:
        """The database for its owner."""
        return psycopg.connect(self.database.dsn, autocommit=True, connect_timeout=10)

    def postmasters(self) -> list[int]:
        """The server's first process (a list, because there may be none just now)."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            pid = int((self.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
            return [pid] if str(self.home).encode() in _command(pid) else []
        return []

    def backends(self) -> list[int]:
        """The server's processes that work for a connection of the application."""
        return [one for pid in self.postmasters() for one in below(pid) if b"jianheng_app" in _command(one)]

    def web_servers(self) -> list[int]:
        """The web server's first process."""
        return self._ours(b"granian")

    def web_processes(self) -> list[int]:
        """The processes that answer requests."""
        return [child for server in self.web_servers() for child in children(server) if _serves(child)]

    def workers(self) -> list[int]:
        """The process that does the jobs."""
        return self._ours(b"procrastinate")

    def _ours(self, word: bytes) -> list[int]:
        return [pid for pid in children(self._supervisor()) if word in _command(pid)]

    def _supervisor(self) -> int:
        return next((pid for pid in children(os.getpid()) if str(self.port).encode() in _command(pid)), 0)

    def alive(self) -> bool:
        """Whether the program that keeps everything running still runs."""
        return self._supervisor() != 0

    def healthy(self) -> bool:
        """Whether the platform says of itself that it works."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, ValueError):
            return False

    def fill(self) -> Callable[[], None]:
        """Leave not a byte on the disk; gives what frees it again."""
        ballast = self.home.parent / "ballast"
        with ballast.open("wb") as file:
            piece = shutil.disk_usage(ballast.parent).free
            while piece >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, piece)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    piece //= 2
        return lambda: ballast.unlink(missing_ok=True)


def kill(pids: Callable[[], list[int]], chance: random.Random) -> str:
    """End one of these without a word to it, when there is one; says which."""
    deadline = time.monotonic() + FINDING_PATIENCE_SECONDS
    while not (found := pids()):
        if time.monotonic() > deadline:
            raise LookupError("a process of the platform has not come back")
        time.sleep(0.02)
    pid = chance.choice(found)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return f"pid {pid}"


def children(pid: int) -> list[int]:
    """The processes a process has started; a thread of it that ends meanwhile has none."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text(encoding="ascii").split())
    return found


def below(pid: int) -> list[int]:
    """Every process below one."""
    return [found for child in children(pid) for found in (child, *below(child))]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return b""


def _serves(pid: int) -> bool:
    return b"resource_tracker" not in _command(pid)


@contextmanager
def staged(logs: Path) -> Iterator[Stage]:
    """The platform with the demonstration's cast, running, in a place that goes afterwards; its logs stay in ``logs``."""
    place = Path(tempfile.mkdtemp(prefix="jianheng-chaos-"))
    place.chmod(0o755)
    try:
        with _disk(place) as (disk, own_disk):
            port, proxy = free_port(), None
            os.environ |= PATIENT_WITH_PARTIES
            (disk / "home").mkdir()
            (place / "log").mkdir()
            (disk / "home" / "log").symlink_to(place / "log")  # what is said of a full disk is to be read
            with platform(disk / "home", port, run=RUN):
                proxy = CuttingProxy(port)
                try:
                    yield Stage(disk / "home", port, proxy, own_disk)
                finally:
                    proxy.close()
                    _keep_logs(disk / "home", logs)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _keep_logs(home: Path, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    for path in (home / "run.log", home / "postgres" / "server.log", *sorted((home / "log").iterdir())):
        shutil.copyfile(path, logs / path.name)


@contextmanager
def _disk(place: Path) -> Iterator[tuple[Path, bool]]:
    """A file system of its own where this user may mount one, else a plain directory; and which of the two it is."""
    disk, image = place / "disk", place / "disk.img"
    disk.mkdir(mode=0o755)
    if not _mounted(image, disk):
        yield disk, False
        return
    try:
        disk.chmod(0o755)
        yield disk, True
    finally:
        deadline = time.monotonic() + 20
        while subprocess.run(["umount", str(disk)], check=False, capture_output=True).returncode:  # noqa: S603, S607
            if time.monotonic() > deadline:
                raise RuntimeError(f"{disk} is still in use")
            time.sleep(0.5)


def _mounted(image: Path, disk: Path) -> bool:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        return False
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    # No blocks kept back for root: full is to be full for everybody.
    made = subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=False, capture_output=True)  # noqa: S603, S607
    if made.returncode:
        return False
    mounted = subprocess.run(["mount", "-o", "loop", str(image), str(disk)], check=False, capture_output=True)  # noqa: S603, S607
    return mounted.returncode == 0

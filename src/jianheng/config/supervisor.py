"""``jianheng run``: database, web and worker under one roof, started in order and stopped together.

Where several machines run the platform, each has a supervisor for its own part, and says every few seconds that it
is there and what it has (:mod:`jianheng.config.likeness`).

A child that dies is started again; whatever stops this program stops the children with it, even ``kill -9``
(each child asks the kernel to be told). What was acknowledged is in the database, so the next run continues.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psycopg

from jianheng.config.postgres import PostgresFault, Server
from jianheng.kernel.errors import Refusal

GRACE_SECONDS = 10.0
REPORT_SECONDS = 20.0
SHORT_LIFE_SECONDS = 9.0
PR_SET_PDEATHSIG = 1
WEB, WORKER = PARTS = ("web", "worker")
APPLICATION = ("jianheng.config.wsgi:application",)  # what the web server serves
COMMANDS = ("django",)  # the program with Django's commands, of which one is the worker
WORKING = ("--concurrency", "4", "--delete-jobs", "successful")
WEB_SERVERS = 2  # sharing the port: when one is killed the other goes on answering
THREADS = 16  # of each web process: they wait for slow clients, one at a time works (:mod:`jianheng.config.turns`)


class PortTakenError(Refusal):
    """端口已被占用。"""

    code = "PORT_TAKEN"
    next_step = "请停止占用端口的程序，或者以 JIANHENG_PORT 指定其他端口。"


class AddressNotHereError(Refusal):
    """本机没有所指定的监听地址。"""

    code = "ADDRESS_NOT_HERE"
    next_step = "请以 --host 指定本机网卡上的地址；只由本机反向代理访问的，不必指定。"


class AskedToStop(Exception):
    """A signal came while the platform was still starting: what has been started is to be stopped again."""


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _with_parent() -> None:
    """In the child: end when the parent ends, however it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A program kept running."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        """Start, in a group of its own so that all of it can be ended."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_with_parent,  # noqa: PLW1509 - one libc call, no locks
            )
        self.started_at = time.monotonic()

    def dead(self) -> bool:
        """Whether it has ended."""
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: int) -> None:
        """Signal the whole group; a group that is gone is fine."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


class HomeInUseError(Refusal):
    """这个数据目录已经有鉴衡在运行。"""

    code = "HOME_IN_USE"
    status = 409
    next_step = "请先停止正在运行的那一个，或者以 JIANHENG_HOME 另指定一个数据目录。"


def web_server(port: int, host: str = "127.0.0.1", *, workers: int = 2) -> list[str]:
    """The command of the web server, but for what it serves. Several may serve one port: it is opened for sharing."""
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    server += ["--workers", str(workers), "--respawn-failed-workers"]  # one that dies must not take the other with it
    return [*server, "--blocking-threads", str(THREADS), "--no-ws"]


@dataclass
class Supervisor:
    """Runs the database (unless one is given) and the parts of the platform until told to stop."""

    home: Path
    port: int
    server: Server | None
    host: str = "127.0.0.1"
    parts: tuple[str, ...] = PARTS
    served: tuple[str, ...] = APPLICATION
    worker: tuple[str, ...] = COMMANDS
    report: Callable[[], None] = lambda: None
    beside: dict[str, list[str]] = field(default_factory=dict)  # what must run before the platform is prepared
    children: list[Child] = field(default_factory=list)
    claims: list[IO[str]] = field(default_factory=list)  # held open for as long as this program lives
    stopping: bool = False
    report_at: float = 0.0

    def listen(self) -> None:
        """From now on a signal asks to stop, and is heard between two steps; called before anything is started.

        A signal never breaks a step off: a database half made, or a child nobody knows of yet, could not be ended.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: setattr(self, "stopping", True))

    def go_on(self) -> None:
        """Go on starting; raises :class:`AskedToStop` when a signal has come."""
        if self.stopping:
            raise AskedToStop

    def prepare(self) -> None:
        """Refuse a home in use and a taken port early; make the log directory."""
        (self.home / "log").mkdir(parents=True, exist_ok=True)
        for part in self.parts:
            self._claim(part)
        if WEB in self.parts:
            self._must_be_free()

    def _claim(self, part: str) -> None:
        """Be the only one to run this part from this home: stopping another would stop our database."""
        claim = (self.home / f"{part}.lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            claim.seek(0)
            raise HomeInUseError(
                f"数据目录 {self.home} 已经有鉴衡在运行（进程 {claim.read() or '不明'}）。"
            ) from held
        claim.truncate(0)
        claim.write(str(os.getpid()))
        claim.flush()
        self.claims.append(claim)

    def _must_be_free(self) -> None:
        with socket.socket(_family(self.host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise AddressNotHereError(f"本机没有地址 {self.host}，或者无权使用端口 {self.port}。") from error
                raise PortTakenError(f"端口 {self.port} 已被占用。") from error

    def launch_beside(self) -> None:
        """Start what stands beside the platform: the demonstration's witnesses."""
        for name, command in self.beside.items():
            self.launch_another(name, command)

    def launch_another(self, name: str, command: list[str]) -> None:
        """Start one program more and keep it running."""
        self._start(Child(name, command, self.home / "log" / f"{name}.log"))

    def _start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def launch(self) -> None:
        """Start web and worker, or the one of them that this machine runs."""
        serve = [*web_server(self.port, self.host, workers=1), *self.served]
        work = [sys.executable, "-m", *self.worker, "procrastinate", "worker", *WORKING]
        commands = {WEB: [serve] * WEB_SERVERS, WORKER: [work]}
        for part in self.parts:
            for command in commands[part]:
                self._start(Child(part, command, self.home / "log" / f"{part}.log"))

    def wait_until_served(self, patience: float = 60.0) -> None:
        """Return when the web server accepts connections, at once where another machine serves."""
        if WEB not in self.parts:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self.go_on()
            with socket.socket(_family(self.host)) as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.1)
        raise PortTakenError(f"网页服务没有启动，请查看 {self.home / 'log' / 'web.log'}。")

    def watch(self) -> None:
        """Keep everything running until a signal asks to stop."""
        while not self.stopping:
            self._revive()
            if time.monotonic() >= self.report_at:
                self.report_at = time.monotonic() + REPORT_SECONDS
                self.report()
            for child in self.children:
                if child.dead() and not self.stopping:
                    child.signal(signal.SIGKILL)
                    print(f"{child.name} 已退出，正在重新启动（日志：{child.log}）", flush=True)
                    if time.monotonic() - child.started_at < SHORT_LIFE_SECONDS:
                        time.sleep(SHORT_LIFE_SECONDS / 3)  # what cannot live is not started over and over
                    child.start()
            time.sleep(0.5)

    def _revive(self) -> None:
        """Start a database that has ended; one that cannot start yet, on a disk that is full, is tried again."""
        try:
            if self.server is not None and not self.server.running():
                self.server.start()
        except (PostgresFault, subprocess.SubprocessError, psycopg.Error, OSError) as error:
            print(f"数据库没有启动，稍后再试：{error}", flush=True)

    def stop(self) -> None:
        """End children, then the database."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and not all(child.dead() for child in self.children):
            time.sleep(0.1)
        for child in self.children:
            child.signal(signal.SIGKILL)
        if self.server is not None:
            self.server.stop()

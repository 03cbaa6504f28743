"""The platform as an operator meets it at night: killed, restarted, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from jianheng.config.commands.demo import free_port

PATIENCE_SECONDS = 120


class Running:
    """``jianheng run --demo`` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        environment = os.environ | {"JIANHENG_HOME": str(self.home)}
        for name in ("JIANHENG_DSN", "DJANGO_SETTINGS_MODULE", "JIANHENG_URL"):
            environment.pop(name, None)
        command = [sys.executable, "-m", "jianheng.config.cli", "run", "--demo", "--port", str(self.port)]
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "run.log").open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def start(self) -> None:
        self.launch()
        self.until(lambda: "鉴衡已启动" in (self.home / "run.log").read_text(encoding="utf-8"))

    def until(self, true) -> None:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert time.monotonic() < deadline, (self.home / "run.log").read_text(encoding="utf-8")
            time.sleep(0.2)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(json.load(answer)["ok"])
        except OSError:
            return False

    def call(self, method: str, path: str, given: dict | None = None):  # type: ignore[no-untyped-def, type-arg]
        accounts = json.loads((self.home / "demo" / "accounts.json").read_text(encoding="utf-8"))
        token = next(account["token"] for account in accounts if account["login"] == "judge")
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            data=json.dumps(given).encode() if given is not None else None,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def processes(self) -> list[int]:
        """Processes that belong to this home: they have it in their environment or their command line."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                said = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.home).encode() in said:
                found.append(int(entry.name))
        return found

    def pids(self, word: str) -> list[int]:
        return [
            pid for pid in self.processes() if word in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        ]

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)


REQUEST = {
    "case_number": "（2026）吉0199民初7号",
    "cause": "机动车交通事故责任纠纷",
    "origin": "APPLICATION",
    "category": "FM0202",
    "subject": "致残等级",
    "purpose": "确定赔偿",
    "basic_facts": "示例案情",
    "applicant": "示例甲",
    "applicant_phone": "13800000001",
    "respondent": "示例乙",
    "respondent_phone": "13800000002",
}


@pytest.fixture
def closed_directory():  # type: ignore[no-untyped-def]
    """A home as people have it: others may not enter (as root's), with spaces, Chinese names, and deep below.

    For root the private server runs as another user, who cannot walk down here; where it lies then is taken away too.
    """
    with tempfile.TemporaryDirectory(prefix="jianheng-running-", ignore_cleanup_errors=True) as name:
        deep = Path(name).joinpath("我的 文档", *["很深的目录 deep directory"] * 4)
        deep.mkdir(parents=True, mode=0o700)
        Path(name).chmod(0o700)
        yield deep
        data = deep / "var" / "postgres"
        if data.is_symlink():
            shutil.rmtree(data.resolve().parent, ignore_errors=True)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_web_worker_and_database_are_killed(closed_directory) -> None:
    platform = Running(closed_directory / "var")
    platform.start()
    try:
        done = platform.call("POST", "/entrustment", REQUEST)
        _a_second_start_is_refused_and_harms_nothing(platform)
        _a_killed_web_server_is_not_noticed(platform)
        for pid in platform.pids("granian") + platform.pids("procrastinate"):
            os.kill(pid, signal.SIGKILL)
        postmaster = int((platform.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        platform.until(platform.healthy)

        view = platform.call("GET", f"/matters/{done['matter_id']}")
        assert view["reference"] == REQUEST["case_number"]
        platform.until(lambda: platform.call("GET", f"/matters/{done['matter_id']}/documents")[0]["sha256"] != "")
        platform.until(lambda: platform.call("GET", f"/matters/{done['matter_id']}/receipts/1")["status"] == "sealed")

        assert platform.process is not None
        platform.process.kill()  # the supervisor itself, so that nobody stops the rest
        platform.process.wait()
        platform.until(lambda: not platform.pids("granian"))
        platform.start()
        assert platform.call("GET", f"/matters/{done['matter_id']}")["acts"] == 1
    finally:
        platform.stop()

    platform.until(lambda: platform.processes() == [])


def _a_second_start_is_refused_and_harms_nothing(platform: Running) -> None:
    environment = {**os.environ, "JIANHENG_HOME": str(platform.home)}
    environment.pop("JIANHENG_DSN", None)
    command = [sys.executable, "-m", "jianheng.config.cli", "run", "--demo", "--port", str(free_port())]
    answered = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert answered.returncode == 1
    assert "HOME_IN_USE" in answered.stderr and str(platform.process.pid) in answered.stderr  # type: ignore[union-attr]
    assert platform.healthy()


def _a_killed_web_server_is_not_noticed(platform: Running) -> None:
    """Of the two that share the port one is killed with its process; every later call is answered."""

    def servers() -> list[int]:
        assert platform.process is not None
        return [pid for pid in platform.pids("granian") if _parent(pid) == platform.process.pid]

    assert len(servers()) == 2
    group = servers()[0]
    killed = {pid for pid in platform.pids("granian") if os.getpgid(pid) == group}
    os.killpg(group, signal.SIGKILL)
    platform.until(lambda: killed.isdisjoint(platform.pids("granian")))  # a kill is sent before it has happened
    assert all(platform.healthy() for _ in range(20))
    platform.until(lambda: len(servers()) == 2)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.slow
def test_a_signal_during_start_up_leaves_nothing_running(closed_directory) -> None:
    platform = Running(closed_directory / "var")
    moments = {
        "a cluster is being made": (platform.home / "postgres").exists,
        "the database comes up": (platform.home / "postgres" / "postmaster.pid").exists,
        "the web server comes up": lambda: platform.pids("granian"),
    }
    for moment, number in zip(moments, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP), strict=True):
        platform.launch()
        assert platform.process is not None
        platform.until(moments[moment])
        platform.process.send_signal(number)

        assert platform.process.wait(timeout=60) == 0, moment
        platform.until(lambda: platform.processes() == [])
        told = (platform.home / "run.log").read_text(encoding="utf-8")
        assert "正在停止" in told, moment
        assert "Traceback" not in told, moment
        assert "鉴衡已启动" not in told, moment


@pytest.mark.slow
def test_a_taken_port_is_refused_with_the_next_step(tmp_path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {**os.environ, "JIANHENG_HOME": str(tmp_path / "var")}
        command = [sys.executable, "-m", "jianheng.config.cli", "run", "--demo", "--port", str(port)]
        answered = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert answered.returncode == 1
    assert "PORT_TAKEN" in answered.stderr
    assert "JIANHENG_PORT" in answered.stderr

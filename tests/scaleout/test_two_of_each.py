"""Two web hosts, two worker hosts, one database partitioned by province, one bucket, nginx in front as the guide shows
it; half of the hosts die.

Every process of a host has a home of its own, as on a machine of its own: they share nothing but the database, the
bucket, and the keys that the operator copied.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jianheng import verifier
from jianheng.config.commands import demo
from jianheng.config.commands.demo import free_port
from jianheng.config.postgres import Server
from jianheng.config.rehearsal.over_http import OverHttp
from jianheng.config.rehearsal.script import SCENARIOS, Play, read

SAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "nginx.conf"
PATIENCE_SECONDS = 120.0
RETRIED = {502, 503, 504}


class Processes:
    """A program of one machine and everything it started: told apart by the home in their environment."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def pids(self) -> list[int]:
        """Those that run."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if (
                    entry.name.isdigit()
                    and f"JIANHENG_HOME={self.home}\0".encode() in (entry / "environ").read_bytes()
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def die(self) -> None:
        """As when the machine loses its power."""
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        until(lambda: not self.pids())


def until(true: Callable[[], Any]) -> None:
    """Wait for something to become so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


class Host(Processes):
    """A machine that runs one part."""

    def __init__(self, home: Path, environment: dict[str, str], *arguments: str) -> None:
        super().__init__(home)
        command = [sys.executable, "-m", "jianheng.config.cli", "run", *arguments]
        self.log = home / "run.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, env=environment | {"JIANHENG_HOME": str(home)}, stdout=log, stderr=log
            )
        until(lambda: "鉴衡已启动" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        """What the operator would read."""
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> None:
        """As an init system stops it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


class Site:
    """Everything an operator sets up, on one machine, with ports for addresses."""

    def __init__(self, place: Path, store: dict[str, str]) -> None:
        self.place, self.front = place, free_port()
        self.webs = {name: free_port() for name in ("web1", "web2")}
        self.server = Server(place / "database" / "postgres", durable=False)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("JIANHENG_", "DJANGO_"))}
        self.environment = clean | {
            "JIANHENG_DSN": self.server.application_dsn,
            "JIANHENG_URL": f"https://127.0.0.1:{self.front}",
            "JIANHENG_PROXIES": "1",
            "JIANHENG_DEMO": "1",
            "JIANHENG_S3_BUCKET": store["bucket_name"],
            "JIANHENG_S3_ENDPOINT": store["endpoint_url"],
            "JIANHENG_S3_REGION": store["region_name"],
            "JIANHENG_S3_ACCESS_KEY": store["access_key"],
            "JIANHENG_S3_SECRET_KEY": store["secret_key"],
        }

    def command(self, home: str, *arguments: str, **further: str) -> subprocess.CompletedProcess[str]:
        """A command on one of the machines."""
        environment = self.environment | {"JIANHENG_HOME": str(self.place / home)} | further
        command = [sys.executable, "-m", "jianheng.config.cli", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)

    def prepare(self) -> None:
        """On one machine, the tables by province; then keys and secret (and, for the demonstration, the accounts) are copied to the others."""
        first = self.place / "web1"
        for verb in (["prepare"], ["partition", "--provinces", "21,22", "--apply"], ["prepare"]):
            done = self.command("web1", *verb, JIANHENG_OWNER_DSN=self.server.dsn)
            assert done.returncode == 0, done.stdout + done.stderr
        for name in ("web2", "worker1", "worker2"):
            for kept in ("keys", "demo"):
                shutil.copytree(first / kept, self.place / name / kept)
            shutil.copy2(first / "secret", self.place / name / "secret")

    def start(self, name: str) -> Host:
        """A machine with its part."""
        part = name.rstrip("12")
        where = ["--port", str(self.webs[name])] if part == "web" else []
        return Host(self.place / name, self.environment, "--only", part, *where)

    def accounts(self) -> list[dict[str, Any]]:
        """Who may sign in."""
        told: list[dict[str, Any]] = json.loads((self.place / "web1/demo/accounts.json").read_text(encoding="utf-8"))
        return told


def certificate(place: Path) -> Path:
    """A certificate for this machine's address, which the clients here trust."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    place.mkdir(parents=True)
    (place / "jd.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (place / "jd.key").write_bytes(pem)
    return place / "jd.crt"


class Front:
    """nginx, as an ordinary user in a directory of its own, by the sample of the guide."""

    def __init__(self, place: Path, port: int, webs: list[int]) -> None:
        for folder in ("logs", "temp", "conf"):
            (place / folder).mkdir(parents=True, exist_ok=True)
        text = SAMPLE.read_text(encoding="utf-8")
        changed = {
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "jd.example.gov.cn": "127.0.0.1",
            "10.0.0.11:8000": f"127.0.0.1:{webs[0]}",
            "10.0.0.12:8000": f"127.0.0.1:{webs[1]}",
        }
        for shown, here in changed.items():
            assert shown in text
            text = text.replace(shown, here)
        (place / "conf" / "nginx.conf").write_text(text, encoding="utf-8")
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        assert program, "nginx is needed: tools/check.py installs nginx-light"
        as_nobody: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for entry in (place, *place.rglob("*")):
                shutil.chown(entry, "nobody", "nogroup")
        arguments = ["-p", f"{place}/", "-c", "conf/nginx.conf", "-g", "daemon off;"]
        with (place / "said.log").open("wb") as log:
            self.process = subprocess.Popen([program, *arguments], stdout=log, stderr=log, cwd=place, **as_nobody)
        until(lambda: (place / "logs" / "nginx.pid").exists() or self.process.poll() is not None)
        assert self.process.poll() is None, (place / "said.log").read_text() + (place / "logs/error.log").read_text()

    def stop(self) -> None:
        """Stop it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory others may enter: database and nginx run as another user when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="jianheng-hosts-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Clients send again, unchanged, what was answered 502, 503 or 504, as the guide to the interface says; the answers."""
    usual, met = urllib.request.OpenerDirector.open, []

    def again(opener: Any, request: Any, *given: Any, **named: Any) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return usual(opener, request, *given, **named)
            except urllib.error.HTTPError as error:
                if error.code not in RETRIED or time.monotonic() > deadline:
                    raise
                met.append(error.code)
                time.sleep(0.2)

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", again)
    monkeypatch.setattr(urllib.request, "_opener", None)
    return met


@pytest.mark.slow
def test_a_whole_case_goes_on_when_a_web_host_and_a_worker_host_die(
    place: Path, bucket: dict[str, str], patient: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(place, bucket)
    with ExitStack() as standing:
        site.server.start()
        standing.callback(site.server.stop)
        site.prepare()
        with ThreadPoolExecutor(4) as together:
            names = ("web1", "web2", "worker1", "worker2")
            hosts = dict(zip(names, together.map(site.start, names), strict=True))
        for host in hosts.values():
            standing.callback(host.stop)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate(place / "nginx" / "conf" / "tls")))
        front = Front(place / "nginx", site.front, list(site.webs.values()))
        standing.callback(front.stop)

        scenario = read(SCENARIOS / "traffic_disability.yaml")
        driver = OverHttp(site.environment["JIANHENG_URL"], site.accounts(), phones=scenario["parties"])
        deaths = {8: "web1", 14: "worker1"}  # after so many acts
        play = Play(driver)
        play.told = lambda line: hosts[deaths[len(play.acts)]].die() if len(play.acts) in deaths else None
        play.run(scenario)

        assert not hosts["web1"].pids() and not hosts["worker1"].pids()
        manifest = _collected(site, driver, play, place / "out")
        assert len(manifest["documents"]) == 31
        doctor = site.command("web2", "doctor", "--json")
        found = {one["code"] for one in json.loads(doctor.stdout)["findings"]}
        assert found <= {"DISK_FULL", "CALENDAR_MISSING", "JOBS_WAIT"}, doctor.stdout
        assert len(patient) < 20, patient


def _collected(site: Site, driver: OverHttp, play: Play, out: Path) -> dict[str, Any]:
    """Every paper, receipt and the draw, then the whole log; judged by the verifier, which shares no code with us."""
    out.mkdir()
    manifest = demo._collect(driver, play, out)
    exported = site.command("worker2", "ledger", "export", str(out / "export"))
    assert exported.returncode == 0, exported.stdout + exported.stderr
    key = (out / "log.key").read_text(encoding="utf-8").strip()
    for path in ("receipts", manifest["draw"], "export"):
        report = verifier.verify([out / path], keys=[key], beacons=[manifest["beacon"]])
        assert not report.problems, report.problems
        assert report.checked
    return manifest


def test_the_guide_says_how_to_make_what_the_test_makes() -> None:
    guide = SAMPLE.with_name("scale-out.md").read_text(encoding="utf-8")

    assert "(nginx.conf)" in guide
    for command in ("jianheng prepare", "jianheng run --only web --host", "jianheng run --only worker"):
        assert command in guide
    assert re.search(r"keys/.*secret", guide)

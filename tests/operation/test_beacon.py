"""A pulse comes in by any way and proves itself; the connector speaks drand's interface, as the demonstration's beacon does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import segno

from jianheng.connectors.demonstration.beacon import GENESIS, Beacon
from jianheng.connectors.drand.source import HttpSource
from jianheng.kernel.pulses import QUICKNET, ChainError
from jianheng.services.beacon import api, models

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def maker(settings, tmp_path: Path) -> Beacon:
    made = Beacon.ensure(tmp_path / "beacon")
    settings.JIANHENG_BEACON_CHAIN = str(tmp_path / "beacon" / "chain.json")
    return made


@pytest.fixture
def connected() -> Iterator[Any]:
    """Installs a connector for one test."""
    before = api.source()
    yield api.use_source
    if before is not None:
        api.use_source(before)
    else:
        api._sources.clear()


@contextmanager
def answering(answer: Any) -> Iterator[str]:
    """A server on this machine that answers every path with what ``answer`` says: (status, body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def speaking(maker: Beacon, now: float) -> Any:
    """The demonstration's beacon, at a moment."""

    def answer(path: str) -> tuple[int, bytes]:
        said = maker.answer(path, now)
        return (404, b"{}") if said is None else (200, json.dumps(said).encode())

    return answer


def test_without_a_file_the_public_beacon_decides(settings) -> None:
    settings.JIANHENG_BEACON_CHAIN = ""

    assert api.chain() == QUICKNET
    assert api.title(api.chain()) == "drand quicknet"


def test_the_demonstration_s_beacon_says_what_it_is(maker) -> None:
    assert api.chain() == maker.chain
    assert api.title(maker.chain) == "演示信标"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"public_key": "00"}'])
def test_a_file_that_describes_no_beacon_is_refused(settings, tmp_path: Path, text: str) -> None:
    (tmp_path / "chain.json").write_text(text)
    settings.JIANHENG_BEACON_CHAIN = str(tmp_path / "chain.json")

    with pytest.raises(ChainError):
        api.chain()


@pytest.mark.django_db
def test_a_pulse_somebody_brings_is_kept_once_and_a_false_one_never(maker) -> None:
    pulse = maker.pulse(1000)

    for by in ("网闸", "当事人录入"):
        api.take(pulse, chosen=maker.chain, by=by, now=NOW)
    for false in (api.Pulse(1001, pulse.signature), api.Pulse(1000, "b4" * 48)):
        with pytest.raises(api.PulseError):
            api.take(false, chosen=maker.chain, by="网闸", now=NOW)

    assert api.pulse(maker.chain, 1000) == pulse
    assert models.Pulse.objects.count() == 1


@pytest.mark.django_db
def test_attack_pulse_changed_in_the_database(maker) -> None:
    api.take(maker.pulse(1000), chosen=maker.chain, by="网闸", now=NOW)
    models.Pulse.objects.update(signature=maker.pulse(1001).signature)

    assert api.pulse(maker.chain, 1000) is None
    api.take(maker.pulse(1000), chosen=maker.chain, by="再次录入", now=NOW)
    assert api.pulse(maker.chain, 1000) == maker.pulse(1000)


@pytest.mark.django_db
def test_a_round_that_is_waited_for_is_fetched_when_it_has_fallen(maker, connected) -> None:
    round_ = maker.chain.first_after(NOW)
    api.want(maker.chain, round_)
    early, late = NOW.timestamp() - 5, NOW.timestamp() + 5
    told: list[datetime] = []

    with answering(speaking(maker, early)) as address:
        connected(HttpSource(address))
        assert api.fetch_due(NOW - timedelta(seconds=1)) == []
        assert api.fetch_due(NOW + timedelta(seconds=2)) == []  # the beacon has none yet: one waits
    with answering(speaking(maker, late)) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "_listeners", [told.append])
        connected(HttpSource(address))
        assert api.fetch_due(NOW + timedelta(seconds=5)) == [maker.pulse(round_)]

    assert told == [NOW + timedelta(seconds=5)]
    assert api.waiting() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b"{}", b'{"round": "x"}', b'{"round": 5, "signature": "00"}', b"{" * 9000]
)
def test_attack_relay_that_answers_nonsense(maker, connected, body: bytes) -> None:
    round_ = maker.chain.first_after(NOW)
    api.want(maker.chain, round_)

    with answering(lambda _: (200, body)) as address:
        connected(HttpSource(address))
        assert api.fetch_due(NOW + timedelta(seconds=5)) == []

    assert [found for found, _ in api.waiting()] == [round_]


@pytest.mark.django_db
def test_attack_relay_that_gives_another_round(maker, connected) -> None:
    round_ = maker.chain.first_after(NOW)
    api.want(maker.chain, round_)
    other = maker.pulse(round_ + 1)

    for said in ({"round": other.round}, {"round": round_}):
        body = json.dumps({"signature": other.signature, **said}).encode()
        with answering(lambda _, body=body: (200, body)) as address:
            connected(HttpSource(address))
            assert api.fetch_due(NOW + timedelta(seconds=5)) == []

    assert api.pulse(maker.chain, round_) is None


def test_a_pulse_is_fetched_on_another_machine_and_carried_in_as_a_line_or_a_qr_code(
    maker, settings, tmp_path: Path
) -> None:
    environment = {**os.environ, "JIANHENG_BEACON_CHAIN": settings.JIANHENG_BEACON_CHAIN, "JIANHENG_DSN": ""}

    def fetch(address: str, round_: int, *more: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "jianheng.config.cli",
            "beacon",
            "fetch",
            f"{round_}",
            "--url",
            address,
            *more,
        ]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    with answering(speaking(maker, GENESIS + 2000)) as address:
        done = fetch(address, 1000, "--qr", str(tmp_path / "pulse.svg"))
        early = fetch(address, 3000)
    away = fetch(address, 1000)
    with answering(lambda _: (200, json.dumps({"round": 1000, "signature": "b4" * 48}).encode())) as address:
        false = fetch(address, 1000)

    assert api.Pulse.read(done.stdout) == maker.pulse(1000)
    segno.make(maker.pulse(1000).line(), error="m", micro=False).save(str(tmp_path / "of_the_line.svg"), scale=8)
    assert (tmp_path / "pulse.svg").read_bytes() == (tmp_path / "of_the_line.svg").read_bytes()
    assert [said.returncode for said in (early, away, false)] == [1, 1, 1]
    assert "还没有发布" in early.stderr
    assert "请检查网络" in away.stderr
    assert "PULSE_FALSE" in false.stderr
    assert "Traceback" not in early.stderr + away.stderr + false.stderr


def test_the_beacon_gives_no_pulse_before_its_time_and_speaks_as_drand_does(maker) -> None:
    chain, now = maker.chain.hash, GENESIS + 1000.5

    assert maker.answer(f"/{chain}/info", now) == maker.info()
    assert maker.answer(f"/{chain}/public/1001", now) is not None
    assert maker.answer(f"/{chain}/public/latest", now)["round"] == 1001  # type: ignore[index]
    for path in (f"/{chain}/public/1002", f"/{chain}/public/0", f"/{chain}/public/x", "/", f"/{'0' * 64}/info"):
        assert maker.answer(path, now) is None


def test_its_key_is_its_own_and_nobody_else_reads_it(tmp_path: Path) -> None:
    made = Beacon.ensure(tmp_path / "beacon")

    assert (tmp_path / "beacon" / "secret").stat().st_mode & 0o777 == 0o600
    assert Beacon.ensure(tmp_path / "beacon").chain == made.chain
    assert Beacon.ensure(tmp_path / "other").chain != made.chain


def test_it_is_a_small_program_that_loads_neither_django_nor_a_database() -> None:
    asked = "import sys, jianheng.connectors.demonstration.beacon; print([m for m in ('django', 'psycopg') if m in sys.modules])"

    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"

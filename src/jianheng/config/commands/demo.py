"""``jianheng demo``: play one whole case over HTTP, keep what it leaves, verify it with the independent verifier."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jianheng.config import neighbours
from jianheng.kernel.pulses import chain_of

if TYPE_CHECKING:
    from jianheng.config.rehearsal.over_http import Client, OverHttp
    from jianheng.config.rehearsal.script import Play

PATIENCE_SECONDS = 180.0


def register(commands: Any) -> None:
    """Add the verb."""
    demo = commands.add_parser(
        "demo", help="通过接口完整办理一件演示案件并核验 · play and verify a whole case over HTTP"
    )
    demo.add_argument("--out", type=Path, default=Path("out/demo"))
    demo.add_argument("--scenario", default="traffic_disability")
    demo.set_defaults(run=_run)


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


RUN = ("jianheng.config.cli", "run", "--demo")
BESIDE_A_LIAR = ("jianheng.config.rehearsal.beside_a_liar",)


@contextmanager
def platform(home: Path, port: int, *, run: tuple[str, ...] = RUN) -> Iterator[str]:
    """The platform with its demonstration data in a home of its own, running as ``jianheng run --demo`` runs it."""
    environment = os.environ | {"JIANHENG_HOME": str(home), "JIANHENG_URL": f"http://127.0.0.1:{port}"}
    environment.pop("JIANHENG_DSN", None)
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", *run, "--port", str(port)]
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "鉴衡已启动" not in (home / "run.log").read_text(encoding="utf-8"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((home / "run.log").read_text(encoding="utf-8"))
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.rehearsal.over_http import OverHttp
    from jianheng.config.rehearsal.script import SCENARIOS, Play, read

    out: Path = given.out.resolve()
    home = out.parent / "demo-home"
    for old in (out, home):
        shutil.rmtree(old, ignore_errors=True)
    out.mkdir(parents=True)
    scenario = read(SCENARIOS / f"{given.scenario}.yaml")
    print(f"{scenario['title']}\n{scenario['about']}")
    with platform(home, free_port(), run=BESIDE_A_LIAR) as base:
        accounts = json.loads((home / "demo" / "accounts.json").read_text(encoding="utf-8"))
        driver = OverHttp(base, accounts, phones=scenario["parties"])
        play = Play(driver, told=lambda line: print("  " + line, flush=True))
        play.run(scenario)
        manifest = _collect(driver, play, out)
        _export(home, out / "export")
        shutil.copy(neighbours.policy(home), out / "policy")
        another = scenario["steps"][0]["given"] | {"case_number": "（2026）吉0199民初101号"}
        shown = _show_witnesses(home, driver.clients["judge"], another, out)
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"\n办理行为 {manifest['acts']} 次，文书 {len(manifest['documents'])} 份，保存在 {out}")
    return max(_verify(out, manifest), shown)


def _show_witnesses(home: Path, judge: Client, request: dict[str, Any], out: Path) -> int:
    """Four witnesses, three must sign, the fourth lies: all is final. With the third stopped, nothing new is, until it
    is back."""
    print("见证：须有四家中的三家签名；第四家一直在说谎（对另一个根哈希签名），以上回执仍然全部定案。")
    worst = 0
    third = _process_of(home / "witnesses" / "3")
    os.kill(third, signal.SIGSTOP)
    try:
        done = judge.post("/entrustment", request)
        path = f"/matters/{done['matter_id']}/receipts/1"
        first = _receipt(judge, path, lambda receipt: receipt["checkpoint"].count("\n\u2014") >= 3)
        worst |= _told(
            "第三家也停止：只剩两家，不定案", first, out / "receipt-of-two-witnesses.json", due="unwitnessed"
        )
    finally:
        os.kill(third, signal.SIGCONT)
    last = _receipt(judge, path, _is_final)
    return worst | _told("第三家恢复：满三家，定案", last, out / "receipt-of-three-witnesses.json", due="sealed")


def _told(what: str, receipt: Any, path: Path, *, due: str) -> int:
    """Keep a receipt and let the verifier say the same as the platform: final, or not yet."""
    from jianheng import verifier

    _keep(path, json.dumps(receipt, ensure_ascii=False, indent=2).encode())
    policy = verifier.Policy.read((path.parent / "policy").read_text(encoding="utf-8"))
    found = {problem.code for problem in verifier.verify([path], policy=policy).problems}
    right = receipt["status"] == due and found == (
        set() if due == "sealed" else {"RECEIPT_UNWITNESSED", "COSIGNATURES_MISSING"}
    )
    print(f"{'通过' if right else '不通过'}  {what}")
    return 0 if right else 1


def _is_final(receipt: Any) -> bool:
    return bool(receipt["status"] == "sealed")


def _receipt(client: Client, path: str, enough: Callable[[Any], bool]) -> Any:
    """A receipt, once it has come far enough."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        receipt = client.call("GET", path)
        if (receipt["status"] != "pending" and enough(receipt)) or time.monotonic() > deadline:
            return receipt
        time.sleep(0.3)


def _process_of(witness: Path) -> int:
    """The process that serves a witness's directory."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and str(witness).encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                return int(entry.name)
    raise RuntimeError(f"no process serves {witness}")


def _collect(driver: OverHttp, play: Play, out: Path) -> dict[str, Any]:
    """Fetch every paper, every receipt and the draw file, as the case's own judge and institution may see them."""
    judge = driver.clients["judge"]
    seen = [judge, driver.clients[play.who("head@chosen")]]
    papers: dict[int, tuple[Client, int, Any]] = {}
    receipts: list[str] = []
    acts = 0
    assert play.root_id is not None  # a scenario begins its case
    family = driver.family(play.root_id)
    for matter in family:
        for client in seen:
            for paper in _tried(client, f"/matters/{matter['id']}/documents"):
                papers.setdefault(paper["id"], (client, matter["id"], paper))
        timeline = _tried(judge, f"/matters/{matter['id']}/timeline")
        acts += len(timeline)
        for act in timeline:
            path = Path("receipts") / f"{matter['procedure']}-{act['seq']:03d}.json"
            _keep(
                out / path,
                json.dumps(
                    _receipt(judge, f"/matters/{matter['id']}/receipts/{act['seq']}", _is_final),
                    ensure_ascii=False,
                    indent=2,
                ).encode(),
            )
            receipts.append(str(path))
    documents: list[dict[str, Any]] = []
    for number, (client, matter_id, paper) in sorted(papers.items()):
        content = _made(client, f"/matters/{matter_id}/documents/{paper['id']}")
        path = Path("documents") / f"{len(documents) + 1:02d}-{paper['kind']}.pdf"
        _keep(out / path, content)
        receipt = _receipt(client, f"/matters/{matter_id}/documents/{paper['id']}/receipt", _is_final)
        _keep(
            out / "receipts-of-papers" / f"{path.stem}.json",
            json.dumps(receipt, ensure_ascii=False, indent=2).encode(),
        )
        documents.append(
            {
                "kind": paper["kind"],
                "title": paper["title"],
                "number": paper["number"],
                "code": paper["code"],
                "path": str(path),
                "sha256": hashlib.sha256(content).hexdigest(),
                "id": number,
            }
        )
    selection = next(matter["id"] for matter in family if matter["procedure"] == "selection")
    draw = judge.call("GET", f"/selection/{selection}/draw")
    _keep(out / "draw.json", json.dumps(draw, ensure_ascii=False, indent=2).encode())
    checkpoint = judge.call("GET", "/log/checkpoint")
    _keep(out / "checkpoint", str(checkpoint["note"]).encode())
    _keep(out / "log.key", str(checkpoint["public_key"]).encode())
    return {
        "case_number": next(matter for matter in family if matter["procedure"] == "entrustment")["reference"],
        "documents": documents,
        "receipts": receipts,
        "draw": "draw.json",
        "beacon": chain_of(draw["announcement"]["beacon"]).hash,
        "checkpoint": "checkpoint",
        "acts": acts,
    }


def _tried(client: Client, path: str) -> Any:
    from jianheng.config.rehearsal.script import Refused

    try:
        return client.call("GET", path)
    except Refused:
        return []


def _made(client: Client, path: str) -> bytes:
    """A paper once it is made."""
    from jianheng.config.rehearsal.script import Refused

    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return bytes(client.call("GET", path))
        except Refused as refused:
            if refused.code != "PAPER_PENDING" or time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _export(home: Path, directory: Path) -> None:
    """The operator's export of the whole log and what it speaks of, from the running platform's database."""
    from jianheng.config.postgres import Server

    environment = os.environ | {
        "JIANHENG_HOME": str(home),
        "JIANHENG_DSN": Server(home / "postgres").dsn,
        "JIANHENG_DEMO": "1",
    }
    command = [sys.executable, "-m", "jianheng.config.cli", "ledger", "export", str(directory)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _verify(out: Path, manifest: dict[str, Any]) -> int:
    """Let the verifier, which shares no code with the platform, judge receipts, draw and export."""
    from jianheng import verifier

    key = (out / "log.key").read_text().strip()
    worst = 0
    for name, path in (
        ("回执", "receipts"),
        ("文书的回执", "receipts-of-papers"),
        ("摇号文件", manifest["draw"]),
        ("日志和文书导出", "export"),
    ):
        command = [sys.executable, str(Path(verifier.__file__)), str(out / path), "--key", key]
        command += ["--policy", str(out / "policy")]
        # 演示信标: whoever judges says which beacon beside the public one counts
        command += ["--beacon", manifest["beacon"]]
        judged = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        worst = max(worst, judged.returncode)
        print(f"{'通过' if judged.returncode == 0 else '不通过'}  {name}")
        if judged.returncode:
            print(judged.stdout[-3000:] + judged.stderr[-3000:])
    return worst

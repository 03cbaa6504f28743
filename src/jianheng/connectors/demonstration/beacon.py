"""演示信标: the demonstration's beacon, a program of its own with its own key; needs no Django and no database.

    python -m jianheng.connectors.demonstration.beacon --home DIRECTORY --port PORT

It signs as drand signs and answers as drand's HTTP interface does (``/<chain hash>/info``, ``/<chain hash>/public/<round>``),
and gives no pulse before its time. Whoever has its key knows every pulse to come: it shows how a draw goes, and proves
nothing. Tests and rehearsals, whose time is invented, make its pulses with :class:`Beacon` in process.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jianheng.kernel import pulses

GENESIS = 1_700_000_000  # in the past of everything that is rehearsed
PERIOD_SECONDS = 1


class Beacon:
    """A chain and its secret."""

    def __init__(self, secret: int) -> None:
        self.secret = secret
        self.chain = pulses.Chain("demonstration", pulses.public_key(secret), GENESIS, PERIOD_SECONDS, "00" * 32)

    @classmethod
    def ensure(cls, home: Path) -> Beacon:
        """The beacon of a directory; makes its key, mode 0600, and its description ``chain.json`` where there are none."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = home / "secret"
        if not path.exists():
            draft = home / f".{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{1 + secrets.randbelow(pulses.ORDER - 1):064x}\n")
            try:
                os.link(draft, path)  # complete or not at all, and never over another
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        beacon = cls(int(path.read_text(), 16))
        told = json.dumps(beacon.info(), ensure_ascii=False)
        described = home / "chain.json"
        if not described.exists() or described.read_text(encoding="utf-8") != told:
            described.write_text(told, encoding="utf-8")
        return beacon

    def info(self) -> dict[str, Any]:
        """The chain, as drand describes one."""
        return {
            "public_key": self.chain.public_key,
            "period": self.chain.period,
            "genesis_time": self.chain.genesis,
            "groupHash": self.chain.group_hash,
            "hash": self.chain.hash,
            "schemeID": pulses.SCHEME,
            "metadata": {"beaconID": self.chain.beacon},
        }

    def pulse(self, round_: int) -> pulses.Pulse:
        """The pulse of any round, whatever the clock says."""
        return pulses.sign(self.secret, round_)

    def answer(self, path: str, now: float) -> dict[str, Any] | None:
        """What is said to a request; ``None`` for what is not there, or not yet."""
        words = path.strip("/").split("/")
        if words[0] != self.chain.hash:
            return None
        if words[1:] == ["info"]:
            return self.info()
        if words[1:2] != ["public"] or len(words) != 3:
            return None
        newest = int((now - GENESIS) // PERIOD_SECONDS) + 1
        if words[2] == "latest":
            words[2] = str(newest)
        if not words[2].isascii() or not words[2].isdigit() or len(words[2]) > 12 or not 0 < int(words[2]) <= newest:
            return None
        pulse = self.pulse(int(words[2]))
        return {"round": pulse.round, "randomness": pulse.randomness(), "signature": pulse.signature}


def serve(home: Path, port: int) -> None:
    """Answer until told to stop."""
    beacon = Beacon.ensure(home)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """One question."""
            said = beacon.answer(self.path, time.time())
            body = json.dumps(
                said if said is not None else {"error": "没有这一轮，或者还没有到"}, ensure_ascii=False
            ).encode()
            self.send_response(200 if said is not None else 404)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *given: Any) -> None:
            """Nothing is noted of who asks."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="演示信标")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    serve(given.home, given.port)

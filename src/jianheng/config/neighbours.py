"""The demonstration's beacon, and its four witnesses, three of whom must sign: stand-ins for bodies that each would keep one itself.

Each has a directory, a key and a memory of its own below ``HOME/witnesses`` and is a process of its own. In service the
operator keeps none of them: ``JIANHENG_WITNESS_POLICY`` then names those of others.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from jianheng import witness
from jianheng.connectors.demonstration.beacon import Beacon

WITNESS, BEACON = "jianheng.witness", "jianheng.connectors.demonstration.beacon"
NAMES = {
    "演示高级法院": "demonstration.high-court/witness",
    "演示司法局": "demonstration.justice-bureau/witness",
    "演示律师协会": "demonstration.bar/witness",
    "演示大学": "demonstration.university/witness",
}
GROUP = "四家见证人中的三家"


def policy(home: Path) -> Path:
    """Where the demonstration's policy lies."""
    return home / "witnesses" / "policy"


def settle(home: Path, programs: Sequence[str] = (WITNESS,) * 4) -> dict[str, list[str]]:
    """Make the four where they are not, write the policy that names them, and say how each is started.

    ``programs`` are the modules run instead of the witness, by whoever shows one that lies.
    """
    from jianheng.services.ledger import api as ledger

    log = ledger.public_key()
    ports = _free_ports(len(NAMES))
    lines, commands = [f"log {log}"], {}
    for number, ((title, name), port, program) in enumerate(
        zip(NAMES.items(), ports, programs, strict=True), start=1
    ):
        place = home / "witnesses" / str(number)
        if not (place / "witness.db").exists():
            witness.make(place, name, [witness.Key.read(log)])
        elif not witness.knows(place, witness.Key.read(log)):  # the log was given another name
            witness.add(place, [witness.Key.read(log)])
        lines.append(f"witness {title} {witness.Witness(place).key} http://127.0.0.1:{port}/")
        serve = ["serve", "--home", str(place), "--listen", f"127.0.0.1:{port}"]
        commands[f"witness-{number}"] = [sys.executable, "-m", program, *serve]
    lines += [f"group {GROUP} 3 {' '.join(NAMES)}", f"quorum {GROUP}"]
    draft = policy(home).with_suffix(".new")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(policy(home))
    return commands


def make_beacon(home: Path) -> Path:
    """The demonstration's beacon: its key and description, made before anything is announced; where they lie.

    Among the keys, so that whoever copies those to another machine brings it along.
    """
    place = home / "keys" / "beacon"
    Beacon.ensure(place)
    return place


def beacon(home: Path) -> tuple[list[str], str]:
    """How the demonstration's beacon is started, and its address."""
    place, [port] = make_beacon(home), _free_ports(1)
    command = [sys.executable, "-m", BEACON, "--home", str(place), "--port", str(port)]
    return command, f"http://127.0.0.1:{port}"


def _free_ports(count: int) -> list[int]:
    """So many ports nobody uses now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()

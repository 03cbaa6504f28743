"""A short run of the fault harness: every kind of fault once, on a real platform under load, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from jianheng.config.chaos.faults import KINDS, schedule

SEED = "1534"  # worker, database and connections come first: the wait for the jobs they leave passes with the rest


@pytest.mark.slow
def test_every_kind_of_fault_once_and_nothing_lost_nothing_doubled(tmp_path) -> None:
    out = tmp_path / "chaos.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JIANHENG_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    count = str(len(KINDS))
    command = ["chaos", "--faults", count, "--round", count, "--seed", SEED, "--calm", "3", "--clients", "4"]

    ran = subprocess.run(
        [sys.executable, "-m", "jianheng.config.cli", *command, "--out", str(out)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {name: kind["faults"] for name, kind in told["kinds"].items()} == {kind.name: 1 for kind in KINDS}
    assert told["acts"]["acknowledged"] > len(KINDS)
    assert told["acts"]["refused"] > 0
    assert told["sent_again"] > 0
    assert told["calm"]["measured"] > 0
    assert any(kind["first_act"] for kind in told["kinds"].values())
    assert told["findings"] == []


def test_the_same_seed_gives_the_same_faults_and_every_kind_its_share() -> None:
    planned = schedule(510, seed=7)

    assert planned == schedule(510, seed=7)
    assert planned != schedule(510, seed=8)
    assert set(Counter(one.kind.name for one in planned).values()) == {30}
    assert len(KINDS) == 17
    assert any(one.alone for one in planned)
    assert not all(one.alone for one in planned)

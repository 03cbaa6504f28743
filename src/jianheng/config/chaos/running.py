"""A run: a calm while to measure against, then rounds of faults under load, each followed by a silence and the oracle."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from jianheng.config.chaos import faults, oracle
from jianheng.config.chaos.journal import Journal
from jianheng.config.chaos.load import Load
from jianheng.config.chaos.stage import Stage

RECOVERY_PATIENCE_SECONDS = 90.0  # for the first act acknowledged after a fault
SILENCE_PATIENCE_SECONDS = 150.0  # for the answers to what is under way
SETTLING_PATIENCE_SECONDS = 180.0  # for the worker to catch up: a job whose worker was killed waits forty seconds
CALM_SAMPLES = 200


@dataclass(frozen=True)
class Injected:
    """A fault as it happened. ``recovery``: seconds from its beginning to the first act sent and acknowledged after it;
    ``None`` where the next fault fell into it."""

    kind: str
    hit: str
    recovery: float | None


@dataclass
class Outcome:
    """What a run was and what it showed."""

    seed: int
    own_disk: bool
    clients: int
    injected: list[Injected] = field(default_factory=list)
    calm: list[float] = field(default_factory=list)  # the same measured from moments without a fault
    settled: list[float] = field(default_factory=list)  # seconds until nothing was due, after each round
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Run:
    """One run on a stage."""

    stage: Stage
    journal: Journal
    load: Load
    outcome: Outcome
    told: Callable[[str], None] = lambda line: None

    def calm(self, seconds: float) -> None:
        """Let everybody work undisturbed and measure how soon an act is acknowledged, seen from any moment."""
        started = time.monotonic()
        if self.journal.first_after(started, patience=RECOVERY_PATIENCE_SECONDS) is None:
            raise RuntimeError("nothing was acknowledged even without a fault")
        started = time.monotonic()
        time.sleep(seconds)
        chance = random.Random(self.outcome.seed)  # noqa: S311 - moments, not secrets
        moments = (started + chance.uniform(0, seconds) for _ in range(CALM_SAMPLES))
        self.outcome.calm = [
            found for moment in moments if (found := self.journal.first_after(moment, patience=10)) is not None
        ]

    def round(self, planned: list[faults.Planned]) -> None:
        """Do these faults under load, then let everything come to rest and ask the oracle."""
        for one in planned:
            self.told(one.kind.title)
            self._inject(one)
            if not self.stage.alive():
                self.outcome.findings.append(f"the platform ended with {one.kind.name}: {self._last_words()}")
                return
        self.told("等待平台办完，核对")
        self._silence()
        self.outcome.findings += oracle.findings(self.journal, today=timezone.localdate())
        self.journal.faulty.clear()
        self.load.gate.open()

    def _inject(self, one: faults.Planned) -> None:
        began = time.monotonic()
        hit, undo = one.begin(self.stage)
        try:
            time.sleep(one.lasts)
        finally:
            undo()
        recovery = None
        if one.alone:
            recovery = self.journal.first_after(began, patience=RECOVERY_PATIENCE_SECONDS)
            if recovery is None:
                self.outcome.findings.append(f"nothing was acknowledged any more after {one.kind.name} ({hit})")
            time.sleep(one.pause)
        self.outcome.injected.append(Injected(one.kind.name, hit, recovery))

    def _silence(self) -> None:
        """Nobody works any more, and what is due is done; whatever is not is a finding."""
        if not self.load.gate.close(SILENCE_PATIENCE_SECONDS):
            self.outcome.findings.append(f"a call was not answered within {SILENCE_PATIENCE_SECONDS:.0f} s")
        started = time.monotonic()
        while waiting := _asked(oracle.unsettled):
            if time.monotonic() - started > SETTLING_PATIENCE_SECONDS:
                self.outcome.findings += [
                    f"still waiting after {SETTLING_PATIENCE_SECONDS:.0f} s: {one}" for one in waiting
                ]
                break
            time.sleep(0.5)
        self.outcome.settled.append(round(time.monotonic() - started, 1))

    def _last_words(self) -> str:
        return (self.stage.home / "run.log").read_text(encoding="utf-8", errors="replace")[-1500:]


def _asked(question: Callable[[], list[str]]) -> list[str]:
    """The answer of the tables; a database that is still coming back is waited for too."""
    try:
        return question()
    except (OperationalError, InterfaceError) as error:
        connection.close()
        return [f"the database: {type(error).__name__}: {error}"]


def run(
    stage: Stage,
    *,
    count: int,
    seed: int,
    clients: int,
    round_size: int,
    calm_seconds: float,
    journal_path: Path,
    told: Callable[[str, int], None] = lambda line, done: None,
) -> tuple[Outcome, Journal, Load]:
    """Break the platform on a stage ``count`` times; the oracle's findings stand in the outcome."""
    accounts = json.loads((stage.home / "demo" / "accounts.json").read_text(encoding="utf-8"))
    journal_path.unlink(missing_ok=True)
    journal = Journal(journal_path)
    load = Load(stage.proxy.address, accounts, journal=journal, clients=clients, seed=seed)
    outcome = Outcome(seed, stage.own_disk, clients)
    one = Run(stage, journal, load, outcome, lambda line: told(line, len(outcome.injected)))
    started = time.monotonic()
    load.start()
    try:
        told("没有故障时的速度", 0)
        one.calm(calm_seconds)
        for planned in faults.each(faults.schedule(count, seed=seed), round_size):
            one.round(planned)
            if outcome.findings:
                break
        if stage.alive():
            told("核验整个日志和全部签章", len(outcome.injected))
            load.gate.close(SILENCE_PATIENCE_SECONDS)
            outcome.findings += [*oracle.log_findings(), *oracle.signature_findings()]
    finally:
        load.stop()
        journal.close()
    outcome.findings += load.left
    outcome.seconds = round(time.monotonic() - started, 1)
    return outcome, journal, load

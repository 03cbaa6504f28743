"""The load: several clients at once, each playing whole cases over HTTP, one after the other, until told to stop."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping
from itertools import count
from typing import Any

from jianheng.config.chaos.clients import ClockAheadError, DrawnTooLateError, PatientDriver, UnansweredError
from jianheng.config.chaos.journal import Gate, Journal
from jianheng.config.rehearsal.script import SCENARIOS, Play, Refused, ScenarioError, read

# Whole cases that go on without a day passing: over HTTP the day is today.
CASES = (
    "traffic_disability",
    "agreement_deficiency",
    "recusal_next_name",
    "correction",
    "termination",
)


class Stopping(Exception):
    """The load is to end."""


class Load:
    """``clients`` threads at work between :meth:`start` and :meth:`stop`."""

    def __init__(
        self, base: str, accounts: list[dict[str, Any]], *, journal: Journal, clients: int, seed: int
    ) -> None:
        self.base, self.accounts, self.journal = base, accounts, journal
        self.gate = Gate()
        self.cases: Counter[str] = Counter()  # how cases ended: "played", or why they were left
        self.left: list[str] = []  # cases left for a reason that no fault explains
        self._numbers = count(1000)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, args=(random.Random(f"{seed}/{n}"),), daemon=True)  # noqa: S311 - cases, not secrets
            for n in range(clients)
        ]

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 30.0) -> None:
        """Let everybody end after the call they are in."""
        self._stopping.set()
        self.gate.open()
        for thread in self._threads:
            thread.join(patience)

    def _work(self, chance: random.Random) -> None:
        while not self._stopping.is_set():
            with self._lock:
                number = next(self._numbers)
            try:
                self._case(number, read(SCENARIOS / f"{chance.choice(CASES)}.yaml"))
                ended = "played"
            except Stopping:
                return
            except ClockAheadError:
                ended = "the clock had been ahead"
            except DrawnTooLateError:
                ended = "announced too late for its round"
            except UnansweredError as error:
                ended = "unanswered"
                self.journal.fault(f"not answered at all: {error}")
            except (ScenarioError, Refused) as error:
                ended = "went otherwise"
                self.left.append(f"case {number}: {error}")
            except Exception as error:  # whatever it is, it is to be known, and the others go on
                ended = "broke off"
                self.left.append(f"case {number}: {type(error).__name__}: {error}")
            with self._lock:
                self.cases[ended] += 1

    def _case(self, number: int, scenario: dict[str, Any]) -> None:
        """Play a scenario as a case of its own: its number and its parties' phones are nobody else's."""
        steps, phones = as_case(scenario, number)
        driver = PatientDriver(self.base, self.accounts, phones=phones, journal=self.journal, gate=self.gate)
        play = Play(driver)
        for step in steps:
            if self._stopping.is_set():
                raise Stopping
            try:
                play.step(step)
            except ScenarioError as error:
                raise ScenarioError(f"{step}：{error}") from error


def as_case(scenario: Mapping[str, Any], number: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The steps and the parties' phones of a scenario played as case ``number``."""
    phones = {side: f"139{number:07d}{n}" for n, side in enumerate(("applicant", "respondent"))}
    request, *rest = scenario["steps"]
    given = {**request["given"], "case_number": f"（2026）吉0199民初{number}号"}
    given |= {f"{side}_phone": phone for side, phone in phones.items() if f"{side}_phone" in given}
    return [{**request, "given": given}, *rest], phones

"""Reads a scenario and plays it through a driver.

A scenario is a YAML file: ``title``, ``about``, and ``steps``. It may begin ``after`` an opening, a file of
``scenarios/openings`` whose steps come first; ``case`` then says what the request says differently. A step is one of

``{who, does, given, …}``   somebody does an act: ``does`` is ``procedure.act``; ``who`` a login, ``role@chosen`` for
                            a role at the institution chosen, or ``applicant`` / ``respondent`` for a side
``{day: 2026-03-05}``       time moves on to a day, 09:00 in China
``{clock: …, due: …}``      the due day of a clock of a procedure's matter is as said ("none" while it is stopped)
``{lapse: true}``           the platform does what is due today
``{pulse: true}``           the beacon's round that a draw waits for falls, its pulse comes in, the draw concludes
``{again: true}``           a new request begins; what follows speaks of it
``{ended: …}``              the procedure's newest matter ended so
``{procedure: …, open: […]}`` these nodes are open in the procedure's newest matter

What a step expects: ``outcome``, ``open`` (nodes open afterwards in that matter), ``documents`` (kinds issued),
``refused`` (the code of the refusal; nothing may have changed then).

In ``given``, text beginning with ``@`` is looked up: ``@choice:示例鉴定人`` the first option whose label contains it,
``@choice:2`` the third option, ``@file:凭证.txt`` an uploaded file of that name, ``@pulse`` the pulse a draw waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import yaml

from jianheng.config.rehearsal.letters import LETTERS
from jianheng.kernel.errors import Refusal

SCENARIOS = Path(__file__).parent / "scenarios"
OPENINGS = SCENARIOS / "openings"


class ScenarioError(AssertionError):
    """A scenario did not go as written."""


@dataclass(frozen=True)
class Done:
    """What an act answered."""

    matter_id: int
    seq: int
    outcome: str
    documents: tuple[str, ...]


class Driver(Protocol):
    """A way to play: in process or over HTTP."""

    def act(self, who: str, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]) -> Done:
        """Do an act (begin a matter when ``matter_id`` is None); raises :class:`Refused`."""
        ...

    def options(self, who: str, procedure: str, act: str, matter_id: int | None) -> Mapping[str, Any]:
        """Choices by field."""
        ...

    def upload(self, who: str, name: str) -> str:
        """Bring a file; returns its hash."""
        ...

    def family(self, root_id: int) -> list[Mapping[str, Any]]:
        """The matters of a case: id, procedure, end, open nodes, terms (clock → due day text), chosen."""
        ...

    def move_to(self, day: date) -> None:
        """Let time pass."""
        ...

    def lapse(self) -> None:
        """Do what is due."""
        ...

    def pulse(self, matter_id: int) -> Done:
        """Let the pulse come in that a selection waits for; what the platform then did."""
        ...

    def pulse_line(self, matter_id: int) -> str:
        """The same pulse as a line somebody types."""
        ...


class Refused(Exception):
    """An act was refused."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code}: {text}")

    @classmethod
    def of(cls, refusal: Refusal) -> Refused:
        """From a refusal in process."""
        return cls(refusal.reasons[0].code, "".join(reason.text for reason in refusal.reasons))


@dataclass
class Play:
    """One scenario being played."""

    driver: Driver
    told: Callable[[str], None] = lambda line: None
    root_id: int | None = None
    acts: list[tuple[str, Done]] = field(default_factory=list)

    def run(self, scenario: Mapping[str, Any]) -> None:
        """Play every step; raises :class:`ScenarioError` at the first that does not go as written."""
        for number, step in enumerate(scenario["steps"], start=1):
            try:
                self.step(step)
            except ScenarioError as error:
                raise ScenarioError(f"第 {number} 步 {step}：{error}") from error

    def step(self, step: Mapping[str, Any]) -> None:
        """Play one step."""
        if "day" in step:
            self.driver.move_to(date.fromisoformat(str(step["day"])))
        elif "lapse" in step:
            self.driver.lapse()
        elif "again" in step:
            self.root_id = None
        elif "pulse" in step:
            self.await_pulse(step)
        elif "clock" in step:
            self.expect_clock(step)
        elif "ended" in step:
            found = self.newest(step.get("procedure", "entrustment"))
            check(found["end"] == step["ended"], f"结束方式是 {found['end']!r}")
        elif "does" not in step:
            nodes = sorted(self.newest(step["procedure"])["open"])
            check(nodes == sorted(step["open"]), f"当前环节是 {nodes}")
        else:
            self.do(step)

    def do(self, step: Mapping[str, Any]) -> None:
        """Somebody does an act."""
        procedure, _, act = step["does"].partition(".")
        who = self.who(step["who"])
        matter_id = self.newest(procedure)["id"] if self.root_id is not None else None
        try:
            given = self.filled(step.get("given") or {}, who, procedure, act, matter_id)
            done = self.driver.act(who, procedure, act, matter_id, given)
        except Refused as refused:
            check(step.get("refused") == refused.code, f"被拒绝：{refused}")
            return
        check("refused" not in step, f"本应被拒绝（{step.get('refused')}），却办成了")
        if self.root_id is None:
            self.root_id = done.matter_id
        self.acts.append((step["does"], done))
        self.told(f"{who:<14}{step['does']}{'：' + done.outcome if done.outcome != 'done' else ''}")
        self.expect(step, procedure, done)

    def await_pulse(self, step: Mapping[str, Any]) -> None:
        """The round falls, and the platform concludes the draw."""
        done = self.driver.pulse(self.newest("selection")["id"])
        self.acts.append(("selection.draw", done))
        self.told(f"{'（信标）':<12}selection.draw{'：' + done.outcome if done.outcome != 'done' else ''}")
        self.expect(step, "selection", done)

    def expect(self, step: Mapping[str, Any], procedure: str, done: Done) -> None:
        """Compare what happened with what was written."""
        if "outcome" in step:
            check(done.outcome == step["outcome"], f"结果是 {done.outcome!r}")
        if "documents" in step:
            check(
                sorted(done.documents) == sorted(step["documents"]),
                f"第 {done.seq} 步（{done.outcome}）的文书是 {list(done.documents)}",
            )
        if "open" in step:
            nodes = sorted(self.newest(procedure)["open"])
            check(nodes == sorted(step["open"]), f"当前环节是 {nodes}")

    def expect_clock(self, step: Mapping[str, Any]) -> None:
        """Compare a due day."""
        procedure, _, clock = step["clock"].partition(".")
        due = self.newest(procedure)["terms"].get(clock, "没有计算")
        check(due == str(step["due"]), f"到期日是 {due}")

    def newest(self, procedure: str) -> Mapping[str, Any]:
        """The newest matter of a procedure in this case."""
        if self.root_id is None:
            raise ScenarioError("案件还没有开始")
        found = [one for one in self.driver.family(self.root_id) if one["procedure"] == procedure]
        if not found:
            raise ScenarioError(f"本案没有 {procedure} 事项")
        return found[-1]

    def who(self, who: str) -> str:
        """A login, with ``@chosen`` resolved to the institution chosen."""
        role, _, where = who.partition("@")
        if where != "chosen":
            return who
        name = self.newest("entrustment")["chosen"]
        return f"{role}-{LETTERS[name[2]]}"

    def filled(self, given: Any, who: str, procedure: str, act: str, matter_id: int | None, path: str = "") -> Any:
        """The input with what begins with ``@`` looked up."""
        if isinstance(given, dict):
            return {
                key: self.filled(value, who, procedure, act, matter_id, f"{path}.{key}".strip("."))
                for key, value in given.items()
            }
        if isinstance(given, list):
            return [self.filled(value, who, procedure, act, matter_id, path) for value in given]
        if isinstance(given, date):
            return given.isoformat()
        if isinstance(given, str) and given.startswith("@file:"):
            return self.driver.upload(who, given.removeprefix("@file:"))
        if given == "@pulse" and matter_id is not None:
            return self.driver.pulse_line(matter_id)
        if isinstance(given, str) and given.startswith("@choice:"):
            options = self.driver.options(who, procedure, act, matter_id).get(path, [])
            return chosen(options, given.removeprefix("@choice:"))
        return given


def chosen(options: Any, wanted: str) -> str:
    """The value of the option at a position, or the first whose label contains a text."""
    if wanted.isdigit() and int(wanted) < len(options):
        return str(options[int(wanted)][0])
    for value, label in options:
        if wanted in str(label):
            return str(value)
    raise ScenarioError(f"没有选项“{wanted}”，可选：{[label for _, label in options]}")


def check(true: bool, otherwise: str) -> None:
    """Raise unless something is so."""
    if not true:
        raise ScenarioError(otherwise)


def read(path: Path) -> dict[str, Any]:
    """A scenario file, with the steps of the opening it begins after."""
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    before = read(OPENINGS / f"{loaded['after']}.yaml")["steps"] if "after" in loaded else []
    if "case" in loaded:
        request, *rest = before
        before = [{**request, "given": {**request["given"], **loaded["case"]}}, *rest]
    return {**loaded, "steps": [*before, *loaded["steps"]]}

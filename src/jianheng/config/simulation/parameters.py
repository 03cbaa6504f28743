"""The one file of parameters: every number with its source; a policy is a file that says only what differs."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jianheng.kernel.errors import Reason, Refusal

HERE = Path(__file__).parent
DEFAULTS = HERE / "parameters.yaml"
POLICIES = HERE / "policies"
COURTS_BELOW, INSTITUTIONS, APPRAISERS = 40, 5000, 900
NINETIETH = 1.2815515655446004  # the 0.9 quantile of the normal distribution

Source = Annotated[str, Field(min_length=2)]


class ParameterFileError(Refusal):
    """模拟参数文件不能采用。"""

    code = "SIMULATION_PARAMETERS"
    next_step = (
        "请对照 src/jianheng/config/simulation/parameters.yaml 改正；每个数都要有 source，没有来源的写“假定”。"
    )


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Count(_Said):
    """A number of things."""

    value: Annotated[int, Field(ge=1, le=100_000)]
    source: Source


class Number(_Said):
    """A number that is not negative."""

    value: Annotated[float, Field(ge=0, le=100_000)]
    source: Source


class Share(_Said):
    """A probability."""

    value: Annotated[float, Field(ge=0, le=1)]
    source: Source


class Wait(_Said):
    """A wait, lognormal: half are done by ``median``, nine tenths by ``p90``."""

    median: Annotated[float, Field(gt=0, le=1000)]
    p90: Annotated[float, Field(gt=0, le=3000)]
    source: Source

    def drawn(self, chance: random.Random) -> float:
        """One wait, in the unit of its group."""
        sigma = math.log(self.p90 / self.median) / NINETIETH
        return chance.lognormvariate(math.log(self.median), sigma)

    def model_post_init(self, context: Any) -> None:
        """Refuse a ninetieth that is below the median."""
        if self.p90 < self.median:
            raise ValueError("p90 小于 median")


class Province(_Said):
    """How large the province is."""

    intermediate_courts: Count
    basic_courts: Count
    technicians: Count
    institutions: Count
    categories: Count
    appraisers_per_institution: Count
    judges_per_court: Count

    def model_post_init(self, context: Any) -> None:
        """Refuse what there are no codes for, and a province in which nobody can raise a request."""
        if self.basic_courts.value > COURTS_BELOW * self.intermediate_courts.value:
            raise ValueError(f"每个中级法院下最多 {COURTS_BELOW} 个基层法院")
        if self.institutions.value > INSTITUTIONS or self.appraisers_per_institution.value > APPRAISERS:
            raise ValueError(f"最多 {INSTITUTIONS} 家机构，每家 {APPRAISERS} 名鉴定人")
        if self.technicians.value < 2:
            raise ValueError("至少 2 名司法技术人员：每件两名督办人")


class Leave(_Said):
    """How often people are away."""

    spells_per_year: Number
    working_days: Count


class Days(_Said):
    """A number of days a notice may give."""

    value: Annotated[int, Field(ge=1, le=3650)]
    source: Source


class Choose(_Said):
    """How an institution is found when the parties do not agree."""

    value: Literal["draw", "least_loaded"]
    source: Source


class Policy(_Said):
    """What a court may decide to do otherwise."""

    fee_days: Days
    remind: Share
    choose: Choose


class Parameters(_Said):
    """Everything a run depends on beside its seed."""

    title: Annotated[str, Field(min_length=1, max_length=40)]
    province: Province
    start_on: date
    requests_per_court_year: Number
    demand: Annotated[dict[str, Number], Field(min_length=1)]
    waits: dict[str, Wait]
    party_waits: dict[str, Wait]
    handling_minutes: Number
    cases_at_once: Count
    shares: dict[str, Share]
    leave: Leave
    policy: Policy


FULL = {  # the province reported: 1 high, 12 intermediate, 80 basic courts, 164 technical staff, 524 institutions
    "intermediate_courts": 12,
    "basic_courts": 80,
    "technicians": 164,
    "institutions": 524,
}


def load(path: Path | None = None, *, full: bool = False, **changes: Mapping[str, Any]) -> Parameters:
    """The shipped parameters, with what ``path`` says otherwise and then ``changes``; refuses all faults at once."""
    said = _read(DEFAULTS)
    if full:
        reported = {name: {"value": n, "source": "吉林法院已公布的规模"} for name, n in FULL.items()}
        said["province"] = {**said["province"], **reported}
    for more in ([_read(path)] if path else []) + [changes]:
        said = _merged(said, more)
    known = _read(DEFAULTS)
    reasons = [
        _reason(f"{group}.{name}", "没有这个参数")
        for group in ("waits", "party_waits", "shares")
        for name in (said[group] if isinstance(said[group], dict) else ())
        if name not in known[group]
    ]
    try:
        parameters = Parameters.model_validate(said)
    except ValidationError as error:
        reasons += [_reason(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()]
    if reasons:
        raise ParameterFileError(reasons=reasons)
    return parameters


def policy_path(name: str) -> Path:
    """A shipped policy by its name, or a file of one's own; refuses what is neither."""
    shipped = POLICIES / f"{name}.yaml"
    if "/" not in name and shipped.exists():
        return shipped
    if Path(name).is_file():
        return Path(name)
    known = "、".join(sorted(path.stem for path in POLICIES.glob("*.yaml")))
    raise ParameterFileError(f"没有名为“{name}”的政策，也没有这个文件；随软件提供的有：{known}。", about=name)


def _reason(about: str, what: str) -> Reason:
    error = ParameterFileError
    return Reason(error.code, f"模拟参数 {about}：{what}。", next_step=error.next_step, about=about)


def _read(path: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterFileError(f"读不懂模拟参数文件 {path.name}：{error}") from error
    if not isinstance(said, dict):
        raise ParameterFileError(f"模拟参数文件 {path.name} 应当是“名称: 值”的形式。")
    return said


def _merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """``more`` over ``base``, group by group; a number is replaced whole, so that it brings its own source."""
    merged = dict(base)
    for name, value in more.items():
        within = isinstance(value, Mapping) and isinstance(base.get(name), Mapping)
        leaf = within and bool({"value", "median"} & set(base[name]))
        merged[name] = _merged(base[name], value) if within and not leaf else value
    return merged

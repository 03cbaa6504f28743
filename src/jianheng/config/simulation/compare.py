"""Two policies, the same cases, several seeds: how long entrustments took, with an interval, as a chart."""

from __future__ import annotations

import html
import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from jianheng.config.simulation import running
from jianheng.config.simulation.parameters import Parameters
from jianheng.config.simulation.stage import Stage

# What is measured of a run, in days (seconds / 86400) or per cent; everything over the requests of the run.
MEASURES = {
    "completed_days": "委托到完成（天）",
    "fee_days": "通知交费到交费或处理（天）",
    "waived_share": "视为放弃（%）",
    "completed_share": "已经完成（%）",
    "busiest_share": "在办最多的机构占在办（%）",
}
TAKEN = """
select
  (select avg(extract(epoch from closed_at - opened_at)) / 86400 from procedures_matter
   where procedure = 'entrustment' and "end" = 'completed'),
  (select avg(extract(epoch from closed_at - opened_at)) / 86400 from procedures_workitem
   where node in ('pay', 'judge_lapse') and closed_at is not null),
  (select 100.0 * count(*) filter (where "end" = 'waived') / greatest(count(*), 1) from procedures_matter
   where procedure = 'entrustment'),
  (select 100.0 * count(*) filter (where "end" = 'completed') / greatest(count(*), 1) from procedures_matter
   where procedure = 'entrustment'),
  (select 100.0 * max(n) / greatest(sum(n), 1) from (select count(*) n from procedures_matter
   where procedure = 'appraisal' group by seats->>'institution') had)
"""
# Student's t, two-sided 95 %, by degrees of freedom (any table of statistics).
T95 = {
    1: 12.706,
    2: 4.303,
    3: 3.182,
    4: 2.776,
    5: 2.571,
    6: 2.447,
    7: 2.365,
    8: 2.306,
    9: 2.262,
    14: 2.145,
    19: 2.093,
}
NORMAL = 1.96

ROW, LEFT, WIDE, TOP = 46, 210, 620, 54
COLOURS = ("#1f4e79", "#b0413e")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds with its 95 % interval; ``None`` where no run measured it."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(slots=True)
class Outcome:
    """What a policy came to: one figure for each measure and seed."""

    title: str
    requests: list[int] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MEASURES})

    def estimate(self, measure: str) -> Estimate:
        """The mean over seeds with its interval."""
        return estimate(self.taken[measure])


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and Student's 95 % interval; with one value the interval is not known."""
    if not values:
        return Estimate(None, None, None)
    mean = statistics.fmean(values)
    if len(values) < 2:
        return Estimate(mean, None, None)
    half = t95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)


def t95(freedom: int) -> float:
    """The quantile for the degrees of freedom, of the next smaller tabled one where it is not tabled."""
    return T95[max(known for known in T95 if known <= freedom)] if freedom <= 30 else NORMAL


def run(
    stage: Stage,
    policies: Sequence[Parameters],
    *,
    days: int,
    seeds: Iterable[int],
    told: Callable[[int], None] = lambda day: None,
) -> list[Outcome]:
    """Play every policy with every seed, each in a fresh copy of the prepared platform."""
    outcomes = [Outcome(policy.title) for policy in policies]
    over = 0
    for seed in seeds:
        for outcome, policy in zip(outcomes, policies, strict=True):
            with stage.copy(f"run_{seed}"):
                population = running.populate(policy, days=days, seed=seed)
                world = running.play(population, policy, days=days, seed=seed, told=partial(_told, told, over))
                over += days
                outcome.requests.append(len(world.cases))
                measure(outcome)
    return outcomes


def _told(told: Callable[[int], None], before: int, day: int) -> None:
    told(before + day)


def measure(outcome: Outcome) -> None:
    """Add the figures of the run in the database."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN)
        row = cursor.fetchone()
    for name, value in zip(MEASURES, row, strict=True):
        if value is not None:
            outcome.taken[name].append(float(value))


def differences(outcomes: Sequence[Outcome], measure: str) -> Estimate:
    """The second policy less the first, seed by seed: both met the same cases."""
    first, second = (outcome.taken[measure] for outcome in outcomes)
    if len(first) != len(second):
        return Estimate(None, None, None)
    return estimate([b - a for a, b in zip(first, second, strict=True)])


def write(out: Path, outcomes: Sequence[Outcome]) -> str:
    """Write ``compare.svg`` and ``compare.json`` into ``out``; the comparison in lines."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "compare.svg").write_text(chart(outcomes), encoding="utf-8")
    told: dict[str, Any] = {
        "policies": [asdict(outcome) for outcome in outcomes],
        "difference": {name: asdict(differences(outcomes, name)) for name in MEASURES},
    }
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    (out / "compare.json").write_text(text, encoding="utf-8")
    lines = [f"{'':<16}{outcomes[0].title} → {outcomes[1].title}（各{len(outcomes[0].requests)}次）"]
    for name, title in MEASURES.items():
        a, b = (outcome.estimate(name) for outcome in outcomes)
        lines.append(f"{title}：{_words(a)} → {_words(b)}，相差 {_words(differences(outcomes, name))}")
    return "\n".join([*lines, f"图在 {out / 'compare.svg'}"])


def _words(one: Estimate) -> str:
    if one.mean is None:
        return "—"
    if one.low is None or one.high is None:
        return f"{one.mean:.1f}"
    return f"{one.mean:.1f}（{one.low:.1f}～{one.high:.1f}）"


def chart(outcomes: Sequence[Outcome]) -> str:
    """Every measure on a line of its own scale: a dot for the mean, a bar for the interval, a colour for a policy."""
    height = TOP + ROW * len(MEASURES) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 60} {height}" '
        'font-family="sans-serif" font-size="13" role="img">',
        f"<title>{html.escape(' / '.join(outcome.title for outcome in outcomes))}</title>",
    ]
    for number, outcome in enumerate(outcomes):
        x = LEFT + 300 * number
        parts.append(f'<circle cx="{x}" cy="20" r="5" fill="{COLOURS[number]}"/>')
        parts.append(f'<text x="{x + 12}" y="25">{html.escape(outcome.title)}</text>')
    for row, (name, title) in enumerate(MEASURES.items()):
        parts += _row(TOP + ROW * row, title, [outcome.estimate(name) for outcome in outcomes])
    return "\n".join([*parts, "</svg>\n"])


def _row(y: int, title: str, estimates: Sequence[Estimate]) -> list[str]:
    ends = [value for one in estimates for value in (one.mean, one.low, one.high) if value is not None]
    most = max([*ends, 0.0]) * 1.1 or 1.0

    def x(value: float) -> float:
        return LEFT + WIDE * max(value, 0.0) / most

    parts = [f'<text x="8" y="{y + 20}">{html.escape(title)}</text>']
    parts.append(f'<path d="M{LEFT} {y + 34}H{LEFT + WIDE}" stroke="#d8d4c8"/>')
    for number, one in enumerate(estimates):
        if one.mean is None:
            continue
        line = y + 10 + 14 * number
        if one.low is not None and one.high is not None:
            course = f"M{x(one.low):.1f} {line}H{x(one.high):.1f}"
            parts.append(f'<path d="{course}" stroke="{COLOURS[number]}" stroke-width="5" opacity=".35"/>')
        parts.append(f'<circle cx="{x(one.mean):.1f}" cy="{line}" r="4.5" fill="{COLOURS[number]}"/>')
        beside = x(one.high if one.high is not None else one.mean) + 8
        parts.append(f'<text x="{beside:.1f}" y="{line + 4}" font-size="11">{one.mean:.1f}</text>')
    return parts

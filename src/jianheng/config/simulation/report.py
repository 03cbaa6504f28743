"""The report of a run: load, time by holder, what is overdue, where it got stuck; and what the run was refused."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jianheng.config.simulation import oracle
from jianheng.config.simulation.parameters import Parameters
from jianheng.config.simulation.world import World
from jianheng.desks.oversight import drawing
from jianheng.services import pages
from jianheng.services.people.api import Role, Side
from jianheng.services.procedures import api as procedures
from jianheng.services.statistics import api as statistics

STYLES = Path(pages.__file__).parent / "static" / "pages" / "house.css"
EVERYWHERE = ("",)
SHOWN = 40


def write(out: Path, world: World, parameters: Parameters, *, days: int, seconds: float, digest: str) -> str:
    """Count, write ``report.html`` and ``summary.json`` into ``out``; the speed in a line."""
    statistics.take(world.now)
    summary = summed(world, parameters, days=days, seconds=seconds, digest=digest)
    text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
    (out / "summary.json").write_text(text, encoding="utf-8")
    (out / "report.html").write_text(page(summary), encoding="utf-8")
    return (
        f"委托 {summary['requests']} 件，事项 {summary['matters']} 件，办理行为 {summary['acts']} 次；"
        f"{seconds:.1f} 秒，每秒 {summary['acts_per_second']} 次。与承诺不符 {len(summary['faults'])} 处。"
    )


def summed(world: World, parameters: Parameters, *, days: int, seconds: float, digest: str) -> dict[str, Any]:
    """What a run came to, in numbers."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*), count(closed_at) from procedures_matter")
        matters, closed = cursor.fetchone()
        cursor.execute("select count(*) from procedures_actrecord")
        acts = cursor.fetchone()[0]
    return {
        "title": parameters.title,
        "days": days,
        "seed": world.seed,
        "requests": len(world.cases),
        "matters": matters,
        "closed": closed,
        "acts": acts,
        "acts_per_second": round(acts / seconds, 1) if seconds else None,
        "seconds": round(seconds, 1),
        "processor_seconds": round(time.process_time(), 1),
        "history_sha256": digest,
        "refused": dict(world.refused.most_common()),
        "stuck": [f"{case.serial} {item.procedure}.{item.node} {why}".strip() for case, item, why in world.stuck],
        "faults": oracle.faults(world.now.date()),
        "ends": [
            {"procedure": one.procedure, "end": one.end, "count": one.count, "mean_days": round(one.mean_days, 1)}
            for one in statistics.ends(EVERYWHERE)
        ],
    }


def page(summary: dict[str, Any]) -> str:
    """The report as one HTML file with its pictures."""
    parts = [
        _figures(summary),
        _ends(summary),
        _holders(),
        _overdue(),
        *(_flow(one) for one in procedures.procedures()),
    ]
    return format_html(
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>模拟报告</title><style>{}</style>'
        '<main class="container-xl"><h1>模拟报告：{}</h1>{}</main></html>\n',
        SafeString(STYLES.read_text(encoding="utf-8")),
        summary["title"],
        format_html_join("\n", "{}", ((part,) for part in parts)),
    )


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> SafeString:
    return format_html(
        '<h2>{}</h2><table class="list"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        title,
        format_html_join("", "<th>{}</th>", ((one,) for one in heads)),
        format_html_join(
            "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
        ),
    )


def _figures(summary: dict[str, Any]) -> SafeString:
    names = (("days", "日数"), ("seed", "种子"), ("requests", "委托"), ("matters", "事项"), ("closed", "已结束事项"))
    more = (("acts", "办理行为"), ("acts_per_second", "每秒行为"), ("history_sha256", "历史的 SHA-256"))
    rows = [(title, summary[name]) for name, title in (*names, *more)]
    rows += [(f"被拒绝：{what}", count) for what, count in summary["refused"].items()]
    rows += [("没有办成", one) for one in summary["stuck"]] + [("与承诺不符", one) for one in summary["faults"]]
    return _table("概况", ("项目", "数"), rows)


def _ends(summary: dict[str, Any]) -> SafeString:
    rows = []
    for one in summary["ends"]:
        procedure = procedures.procedure(one["procedure"])
        rows.append((procedure.title, procedure.end[one["end"]].title, one["count"], one["mean_days"]))
    return _table("怎样结束", ("程序", "结束方式", "件数", "平均用时（天）"), rows)


def _holders() -> SafeString:
    rows = [
        (one.organisation or "当事人", _role(one.role), one.open, one.overdue, one.done, one.late, _mean(one))
        for one in statistics.holders(EVERYWHERE)[:SHOWN]
    ]
    return _table("谁占用了时间", ("单位", "岗位", "在办", "逾期在办", "已办", "逾期办结", "平均用时（天）"), rows)


def _overdue() -> SafeString:
    rows = []
    for one in statistics.late_items(EVERYWHERE)[:SHOWN]:
        node = procedures.procedure(one.procedure).node[one.node].title
        rows.append((one.organisation or "当事人", _role(one.role), node, one.overdue, one.oldest_on))
    return _table("逾期", ("单位", "岗位", "环节", "件数", "最早到期"), rows)


def _flow(procedure: Any) -> SafeString:
    steps = statistics.steps(EVERYWHERE, procedure.code)
    held = {one.node: one for one in statistics.nodes(EVERYWHERE, procedure.code)}
    if not steps:
        return SafeString("")
    return format_html("<h2>瓶颈：{}</h2>{}", procedure.title, drawing.follows(procedure, steps, held))


def _mean(one: statistics.Load) -> str:
    return f"{one.mean_days:.1f}" if one.mean_days is not None else "—"


def _role(code: str) -> str:
    if code in Role.values:
        return str(Role(code).label)
    return str(Side(code).label) if code in Side.values else code

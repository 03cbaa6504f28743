"""The report of a drill as a page a person reads, prints and files; it needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from jianheng.config.safekeeping.choosing import said
from jianheng.kernel import canonical

PHASES = {"check": "检查备份", "unpack": "解开备份", "recover": "恢复数据库", "verify": "核验", "total": "合计"}
STYLE = """
body{font:16px/1.7 "Noto Sans SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1a1a1a;max-width:60rem;
margin:2rem auto;padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;
vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}.big{font-size:1.4rem;font-weight:600}
.yes{color:#0b6b2f}.no{color:#a3121f;font-weight:600}@media print{body{margin:0}}
"""


def page(told: Mapping[str, Any]) -> str:
    """The HTML of a report (:meth:`jianheng.config.safekeeping.drilling.Drill.as_json`)."""
    verdict = "通过" if told["passed"] else "未通过"
    loss, total = told["loss"], told["seconds"]["total"]
    lost = f"{loss['seconds']:g} 秒，{loss['acts']} 个办理行为" if loss else "没有运行中的平台可供比对"
    facts = [
        ("演练时间", said(canonical.read_instant(told["began_at"]))),
        ("平台", f"{told['platform']['origin']}（版本 {told['platform']['version']}）"),
        ("备份", f"{told['archive']['id']}，第 {told['archive']['run']} 次"),
        ("恢复到", said(canonical.read_instant(told["restored_to"]))),
        ("演练所用机器", told["host"]),
    ]
    if loss:
        facts += [
            ("恢复出的最后一次办理", _when(loss["last_act_restored"])),
            ("运行中平台的最后一次办理", _when(loss["last_act_running"])),
        ]
    tables = (
        (name, row["backup"], row["restored"], row["running"], "是" if row["only_grows"] else "")
        for name, row in told["tables"].items()
    )
    findings = ((f["what"], mark(f["holds"]), f["seen"]) for f in told["findings"])
    return "\n".join(
        (
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8">',
            f"<title>恢复演练报告：{verdict}</title><style>{STYLE}</style>",
            f'<h1>恢复演练报告：<span class="{"yes" if told["passed"] else "no"}">{verdict}</span></h1>',
            f'<p class="big">恢复时间 {total:.1f} 秒　数据损失 {escape(lost)}</p>',
            _table((), facts),
            "<h2>核对结果</h2>",
            _table(("事项", "结论", "所见"), findings),
            "<h2>恢复时间</h2>",
            _table(("阶段", "秒"), ((PHASES[name], value) for name, value in told["seconds"].items())),
            "<h2>各表行数</h2>",
            _table(("表", "备份时", "恢复出", "运行中", "只增不减"), tables),
            "<p>数据损失：自所恢复到的时刻至运行中平台最后一次办理的秒数，以及其间的办理行为数。"
            "恢复时间：自开始检查备份至核验完毕。</p></html>",
            "",
        )
    )


def _when(instant: str | None) -> str:
    return said(canonical.read_instant(instant)) if instant else "无"


def mark(holds: bool | None) -> str:
    """A verdict in words."""
    return {True: "成立", False: "不成立", None: "未能比对"}[holds]


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows)
    return f"<table><tr>{heads}</tr>{body}</table>" if heads else f"<table>{body}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f'<td class="n">{value}</td>'
    style = {"成立": "yes", "不成立": "no"}.get(str(value), "")
    return f'<td class="{style}">{escape(str(value))}</td>' if style else f"<td>{escape(str(value or ''))}</td>"

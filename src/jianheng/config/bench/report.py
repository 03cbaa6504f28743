"""The figures as a page a person reads: charts first, every number below, nothing fetched from anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 220, 56, 28
STYLE = """
body{font:16px/1.6 "Noto Sans CJK SC",sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#1d2733}
h1,h2{color:#17335c}figure{display:inline-block;margin:.5rem 1rem 1rem 0}figcaption{font-weight:600}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{border-bottom:1px solid #d9dde3;padding:.25rem .8rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.ours{stroke:#17335c;fill:#17335c}.floor{stroke:#b0802b;fill:#b0802b}path{fill:none!important;stroke-width:2}
.floor path,path.floor{stroke-dasharray:5 4}text{font-size:12px;fill:#4a5563;stroke:none}line{stroke:#d9dde3}
"""


def page(taken: Mapping[str, Any]) -> str:
    """The whole page as HTML."""
    sizes = {int(size): told for size, told in taken["sizes"].items()}
    questions = dict.fromkeys(name for told in sizes.values() for name in told["reading (ms)"])
    charts = [
        _lines(name, [(size, told["reading (ms)"][name]) for size, told in sizes.items()], unit="毫秒")
        for name in questions
    ]
    acts = _lines("act (ms)", [(size, told["act (ms)"]) for size, told in sizes.items()], unit="毫秒")
    clients = [(int(n), told) for n, told in taken["acts"]["per_second_by_clients"].items()]
    return format_html(
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>鉴衡性能数字</title><style>{}</style>'
        "<h1>性能数字</h1><p>实线为本平台，虚线为同一次运行中测得的下限（手写 SQL 或者最少的代码）。{}</p>"
        "<h2>办理</h2>{}{}<h2>查阅</h2>{}<h2>全部数字</h2>{}</html>",
        mark_safe(STYLE),  # noqa: S308 - ours
        " · ".join(f"{name} {value}" for name, value in taken["machine"].items()),
        acts,
        _lines("acts per second, by clients", clients, unit="每秒", wide="个并发"),
        mark_safe("".join(charts)),  # noqa: S308 - every chart came out of format_html
        _table(_flat(taken)),
    )


def _lines(name: str, points: list[tuple[int, Mapping[str, float]]], *, unit: str, wide: str = "件") -> SafeString:
    """Ours and the floor over a rising number; the height begins at nothing, the width is logarithmic."""
    most = max(max(told["ours"], told["floor"]) for _, told in points) * 1.1 or 1.0
    first, last = math.log(points[0][0]), math.log(points[-1][0])

    def at(number: int, value: float) -> tuple[float, float]:
        share = (math.log(number) - first) / (last - first) if last > first else 0.5
        return LEFT + share * (WIDTH - LEFT - 60), HEIGHT - BOTTOM - value / most * (HEIGHT - BOTTOM - 16)

    drawn = [
        (which, [at(number, told[which]) for number, told in points], [told[which] for _, told in points])
        for which in ("floor", "ours")
    ]
    return format_html(
        '<figure><figcaption>{}（{}）</figcaption><svg width="{}" height="{}" role="img" aria-label="{}">'
        '<line x1="{}" y1="{}" x2="{}" y2="{}"/>{}{}</svg></figure>',
        *(name, unit, WIDTH, HEIGHT, name),
        *(LEFT, HEIGHT - BOTTOM, WIDTH - 10, HEIGHT - BOTTOM),
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">{} {}</text>',
            ((round(at(number, 0)[0]), HEIGHT - 10, f"{number:,}", wide) for number, _ in points),
        ),
        mark_safe("".join(_drawn(*one) for one in drawn)),  # noqa: S308 - came out of format_html
    )


def _drawn(which: str, places: list[tuple[float, float]], values: list[float]) -> SafeString:
    way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    marks = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="3"/><text x="{}" y="{}">{}</text>',
        (
            (round(x), round(y), round(x) + 6, round(y) - 6, f"{value:g}")
            for (x, y), value in zip(places, values, strict=True)
        ),
    )
    return format_html('<g class="{}"><path d="{}"/>{}</g>', which, way, marks)


def _flat(value: Any, name: str = "") -> Iterable[tuple[str, Any]]:
    """Nested figures as (name, value)."""
    if not isinstance(value, Mapping):
        return [(name, value)]
    return [pair for key, inner in value.items() for pair in _flat(inner, f"{name} / {key}".strip(" /"))]


def _table(rows: Iterable[tuple[str, Any]]) -> SafeString:
    return format_html("<table>{}</table>", format_html_join("", '<tr><td>{}</td><td class="n">{}</td></tr>', rows))

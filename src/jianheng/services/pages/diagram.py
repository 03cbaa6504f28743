"""A procedure drawn as SVG from its declaration: rows are the order of nodes, lanes are who owes the act.

The picture follows the text: a node sits in the lane of its owner's seat, one row below the one declared before
it. Acts that lead on are arrows; acts that lead back bow to the right. Everything is also there as text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jianheng.kernel.procedure import SYSTEM, Procedure

LANE, ROW, BOX_W, BOX_H, TOP = 190, 62, 164, 40, 46
SYSTEM_LANE = "平台（等待关联事项）"


def lanes(procedure: Procedure) -> dict[str, int]:
    """Lane number of each seat that owns a node, in the order of the seats; the platform last."""
    seats = [node.owner.partition(".")[0] for node in procedure.nodes]
    order = [seat for seat in procedure.seats if seat in seats]
    return {seat: number for number, seat in enumerate([*order, *([SYSTEM] if SYSTEM in seats else [])])}


def draw(procedure: Procedure, *, here: Collection[str] = ()) -> SafeString:
    """The SVG of a procedure; ``here`` are the open nodes."""
    lane = lanes(procedure)
    place = {
        node.code: (lane[node.owner.partition(".")[0]] * LANE + LANE // 2, TOP + 20 + row * ROW)
        for row, node in enumerate(procedure.nodes)
    }
    width, height = len(lane) * LANE + 60, TOP + len(procedure.nodes) * ROW + 20
    heads = format_html_join(
        "",
        '<text x="{}" y="24" text-anchor="middle" font-size="13" font-weight="600" fill="#17375e">{}</text>'
        '<line x1="{}" y1="36" x2="{}" y2="{}" stroke="#e5e1d6"/>',
        (
            (
                number * LANE + LANE // 2,
                SYSTEM_LANE if seat == SYSTEM else procedure.seats[seat],
                number * LANE + LANE // 2,
                number * LANE + LANE // 2,
                height,
            )
            for seat, number in lane.items()
        ),
    )
    return format_html(
        '<svg role="img" aria-label="{}流程图" viewBox="0 0 {} {}" width="{}" height="{}" xmlns="http://www.w3.org/2000/svg">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#7a8594"/></marker></defs>{}{}{}</svg>',
        procedure.title,
        width,
        height,
        width,
        height,
        heads,
        _arrows(procedure, place),
        _boxes(procedure, place, here),
    )


def _arrows(procedure: Procedure, place: Mapping[str, tuple[int, int]]) -> SafeString:
    edges = {
        (source, target): act.title
        for act in procedure.acts
        for outcome in act.outcomes.values()
        for source in act.at
        for target in outcome.opens
        if source != target and not act.clears
    }
    return format_html_join(
        "",
        '<path d="{}" fill="none" stroke="{}" stroke-width="1.3" marker-end="url(#tip)"><title>{}</title></path>',
        (
            (_path(place[a], place[b]), "#7a8594" if place[b][1] > place[a][1] else "#c08a80", title)
            for (a, b), title in edges.items()
        ),
    )


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    (x1, y1), (x2, y2) = start, end
    if y2 > y1:
        y1, y2 = y1 + BOX_H // 2, y2 - BOX_H // 2
        if x1 == x2 and y2 - y1 < ROW:
            return f"M{x1} {y1}L{x2} {y2}"
        bend = 0 if x1 != x2 else BOX_W // 2 + 22
        return f"M{x1} {y1}C{x1 + bend} {y1 + 30} {x2 + bend} {y2 - 30} {x2} {y2}"
    side = BOX_W // 2
    return f"M{x1 + side} {y1}C{x1 + side + 50} {y1} {x2 + side + 50} {y2} {x2 + side} {y2}"


def _boxes(procedure: Procedure, place: Mapping[str, tuple[int, int]], here: Collection[str]) -> SafeString:
    shapes = []
    for node in procedure.nodes:
        x, y = place[node.code]
        at = node.code in here
        shapes.append(
            format_html(
                '<g><rect x="{}" y="{}" width="{}" height="{}" rx="7" fill="{}" stroke="{}" stroke-width="{}"/>'
                '<text x="{}" y="{}" text-anchor="middle" font-size="12.5" fill="{}">{}</text><title>{}</title></g>',
                x - BOX_W // 2,
                y - BOX_H // 2,
                BOX_W,
                BOX_H,
                "#17375e" if at else "#ffffff" if node.owner != SYSTEM else "#f1efe8",
                "#17375e" if at else "#9aa4b1",
                2 if at else 1,
                x,
                y + 4,
                "#ffffff" if at else "#1b2430",
                node.title if len(node.title) <= 12 else node.title[:11] + "…",
                "；".join((node.title, *node.law)),
            )
        )
    return mark_safe("".join(shapes))  # noqa: S308 - every piece came out of format_html

"""A procedure drawn as SVG from its declaration: a lane for everyone who owes an act, rows as declared.

Solid arrows lead on, dashed ones lead back. A clock in a box's corner means that the node has a term; the small line
under its title names the ends that can be reached from it. Colours come from the style sheet. Everything in the
picture is also on the page as text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jianheng.kernel.procedure import SYSTEM, Node, Procedure
from jianheng.services.pages.layout import BOX_WIDTH, Arrow, Box, Layout, Place, lay_out
from jianheng.services.people.api import Role

BEGIN = ""  # the name of the box the procedure starts from
HEAD = 52  # the height of the lanes' titles
LINE = 16
CHARACTERS = 10  # of a title in one line
CORNER = 6


def lanes(procedure: Procedure) -> dict[str, int]:
    """Lane number of each "seat.role" that owns a node: in the order of the seats, then of the nodes; the platform last."""
    owners = dict.fromkeys(node.owner for node in procedure.nodes)
    order = [owner for seat in procedure.seats for owner in owners if owner.partition(".")[0] == seat]
    return {owner: number for number, owner in enumerate([*order, *(owner for owner in owners if owner == SYSTEM)])}


def head(owner: str, procedure: Procedure) -> tuple[str, str]:
    """The title of a lane: the seat, and the role where the seat has several."""
    seat, _dot, role = owner.partition(".")
    if owner == SYSTEM:
        return _("平台"), _("等待关联事项")
    return procedure.seats[seat], "" if role == Role.PARTY else str(Role(role).label)


def draw(procedure: Procedure, *, here: Collection[str] = (), passed: Collection[str] = ()) -> SafeString:
    """The SVG of a procedure; ``here`` are the open nodes, ``passed`` those that were open before."""
    lane = lanes(procedure)
    picture = lay_out(_boxes(procedure, lane), tuple(_edges(procedure)), top=HEAD)
    return format_html(
        '<svg class="flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 .6L8 4L0 7.4z"/></marker><marker id="tip-back" viewBox="0 0 8 8" refX="7.4" refY="4" '
        'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 .6L8 4L0 7.4z"/></marker></defs>{}{}{}{}</svg>',
        _("%(title)s：流程图") % {"title": procedure.title},
        *(picture.width, picture.height, picture.width, picture.height),
        bands(procedure, lane, picture),
        _arrows(procedure, picture.arrows),
        _start(procedure, picture.places[BEGIN]),
        mark_safe("".join(_node(procedure, n, picture.places[n.code], here, passed) for n in procedure.nodes)),  # noqa: S308 - every piece came out of format_html
    )


def start_box(procedure: Procedure, lane: Mapping[str, int]) -> Box:
    """The box a procedure starts from, in the lane of whoever begins it, else of the first node."""
    begin = procedure.act[procedure.begin]
    first = next(node for outcome in begin.outcomes.values() for node in outcome.opens)
    return Box(BEGIN, next(lane[who] for who in (*begin.by, procedure.node[first].owner) if who in lane), 30)


def _boxes(procedure: Procedure, lane: Mapping[str, int]) -> tuple[Box, ...]:
    nodes = (Box(node.code, lane[node.owner], _height(procedure, node)) for node in procedure.nodes)
    return start_box(procedure, lane), *nodes


def _height(procedure: Procedure, node: Node) -> int:
    return 24 + LINE * (len(_lines(node.title)) + bool(_ends(procedure, node)))


def _lines(title: str) -> list[str]:
    """A title in one line or two, broken before a bracket or in the middle."""
    if len(title) <= CHARACTERS:
        return [title]
    cut = title.find("（")
    if not 0 < cut <= CHARACTERS:
        cut = (len(title) + 1) // 2
    rest = title[cut:]
    return [title[:cut], rest if len(rest) <= CHARACTERS + 1 else rest[:CHARACTERS] + "…"]


def _ends(procedure: Procedure, node: Node) -> list[str]:
    """The ends that acts at a node may reach, in words."""
    return list(
        dict.fromkeys(
            procedure.end[outcome.end].title
            for act in procedure.acts_at(node.code)
            for outcome in act.outcomes.values()
            if outcome.end
        )
    )


def _edges(procedure: Procedure) -> dict[tuple[str, str], str]:
    """What leads where, with the titles of the acts; what clears the board is told in words only."""
    edges: dict[tuple[str, str], list[str]] = {}
    for act in procedure.acts:
        if act.clears:
            continue
        sources = [BEGIN] if act.code == procedure.begin else act.at
        for outcome in act.outcomes.values():
            for pair in ((source, target) for source in sources for target in outcome.opens):
                edges.setdefault(pair, []).append(act.title)
    return {pair: "、".join(dict.fromkeys(titles)) for pair, titles in edges.items()}


def bands(procedure: Procedure, lane: Mapping[str, int], picture: Layout) -> SafeString:
    """The lanes behind a picture with their titles; lanes nothing stands in are left out."""
    spans = dict(enumerate(pairwise(picture.edges)))
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="0" width="{}" height="{}"/>'
        '<text class="flow-seat" x="{}" y="22">{}</text><text class="flow-role" x="{}" y="39">{}</text>',
        (
            (
                "flow-odd" if number % 2 else "flow-even",
                spans[number][0],
                spans[number][1] - spans[number][0],
                picture.height,
                sum(spans[number]) // 2,
                head(owner, procedure)[0],
                sum(spans[number]) // 2,
                head(owner, procedure)[1],
            )
            for owner, number in lane.items()
            if number in spans and spans[number][0] < spans[number][1]
        ),
    )


def _arrows(procedure: Procedure, arrows: Sequence[Arrow]) -> SafeString:
    titles = _edges(procedure)
    return format_html_join(
        "",
        '<path class="{}" d="{}" marker-end="url(#{})"><title>{}</title></path>',
        (
            (
                "flow-back" if arrow.back else "flow-on",
                course(arrow.points),
                "tip-back" if arrow.back else "tip",
                titles[arrow.source, arrow.target],
            )
            for arrow in arrows
        ),
    )


def course(points: Sequence[tuple[int, int]]) -> str:
    """Corners as the SVG path of a line with rounded corners."""
    (x, y), *rest = points
    parts = [f"M{x} {y}"]
    for (x1, y1), (x2, y2) in pairwise(rest):
        into = min(CORNER, (abs(x1 - x) + abs(y1 - y)) // 2, (abs(x2 - x1) + abs(y2 - y1)) // 2)
        before = (x1 - _sign(x1 - x) * into, y1 - _sign(y1 - y) * into)
        after = (x1 + _sign(x2 - x1) * into, y1 + _sign(y2 - y1) * into)
        parts.append(f"L{before[0]} {before[1]}Q{x1} {y1} {after[0]} {after[1]}")
        x, y = x1, y1
    return "".join(parts) + f"L{rest[-1][0]} {rest[-1][1]}"


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _start(procedure: Procedure, place: Place) -> SafeString:
    title = procedure.act[procedure.begin].title
    return format_html(
        '<g class="flow-start"><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/><text x="{}" y="{}">{}</text></g>',
        place.x - BOX_WIDTH // 2,
        place.top,
        BOX_WIDTH,
        place.height,
        place.height // 2,
        place.x,
        place.y + 4,
        title,
    )


def _node(
    procedure: Procedure, node: Node, place: Place, here: Collection[str], passed: Collection[str]
) -> SafeString:
    kinds = ["flow-node"]
    kinds += ["flow-here"] if node.code in here else ["flow-passed"] if node.code in passed else []
    kinds += ["flow-system"] if node.owner == SYSTEM else []
    lines, ends = _lines(node.title), _ends(procedure, node)
    first = place.y - (len(lines) + bool(ends) - 1) * LINE // 2 + 5
    said = format_html_join(
        "", '<text x="{}" y="{}">{}</text>', ((place.x, first + n * LINE, line) for n, line in enumerate(lines))
    )
    if ends:
        words = ends[0] if len(ends) == 1 else _("%(count)s 种结束") % {"count": len(ends)}
        below = first + len(lines) * LINE
        said += format_html('<text class="flow-end" x="{}" y="{}">■ {}</text>', place.x, below, words)
    return format_html(
        '<g class="{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="7"/>{}{}</g>',
        " ".join(kinds),
        "；".join((node.title, *ends, *node.law)),
        place.x - BOX_WIDTH // 2,
        place.top,
        BOX_WIDTH,
        place.height,
        said,
        _clock(place) if node.clock else "",
    )


def _clock(place: Place) -> SafeString:
    x, y = place.x + BOX_WIDTH // 2 - 2, place.top + 2
    return format_html(
        '<g class="flow-clock"><circle cx="{}" cy="{}" r="7"/><path d="M{} {}V{}H{}"/></g>', x, y, x, y - 4, y, x + 3
    )

"""Pictures of counts, as SVG without script: what followed what and where time went, and the weeks of a year.

Everything in a picture is on its page as text too. Colours come from the style sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jianheng.kernel.procedure import Procedure
from jianheng.services.pages.diagram import BEGIN, HEAD, bands, course, lanes, start_box
from jianheng.services.pages.layout import BOX_WIDTH, Box, Layout, Place, lay_out
from jianheng.services.statistics import api as statistics

BOX_HEIGHT, LINE = 60, 16
CHARACTERS = 10
HEATS, WIDTHS = 4, 4
WIDTH, HEIGHT, FOOT = 720, 180, 22


def follows(
    procedure: Procedure, steps: Sequence[statistics.StepCount], held: Mapping[str, statistics.Load]
) -> SafeString:
    """The directly-follows graph of a procedure: nodes that were met, in their lanes, with count and mean time.

    A box is the darker the larger its share of all time; an arrow is the thicker the more often it was taken.
    """
    met = {step.source for step in steps} | {step.target for step in steps}
    lane = lanes(procedure)
    nodes = (Box(node.code, lane[node.owner], BOX_HEIGHT) for node in procedure.nodes if node.code in met)
    picture = lay_out(
        (start_box(procedure, lane), *nodes), tuple((step.source, step.target) for step in steps), top=HEAD
    )
    return format_html(
        '<svg class="flow" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .6L8 4L0 7.4z"/></marker></defs>{}{}{}</svg>',
        _("%(title)s：先后和用时") % {"title": procedure.title},
        *(picture.width, picture.height, picture.width, picture.height),
        bands(procedure, lane, picture),
        _arrows(procedure, steps, picture),
        _boxes(procedure, held, picture),
    )


def _arrows(procedure: Procedure, steps: Sequence[statistics.StepCount], picture: Layout) -> SafeString:
    most = max((step.count for step in steps), default=1)
    known = {(step.source, step.target): step for step in steps}
    return format_html_join(
        "",
        '<path class="{} flow-w{}" d="{}" marker-end="url(#tip)"><title>{}</title></path>',
        (
            (
                "flow-back" if arrow.back else "flow-on",
                1 + (WIDTHS - 1) * known[arrow.source, arrow.target].count // most,
                course(arrow.points),
                step_words(procedure, known[arrow.source, arrow.target]),
            )
            for arrow in picture.arrows
        ),
    )


def step_words(procedure: Procedure, step: statistics.StepCount) -> str:
    """A step as a sentence."""
    source = procedure.node[step.source].title if step.source else procedure.act[procedure.begin].title
    given = {"source": source, "target": procedure.node[step.target].title, "count": step.count}
    if not step.source:
        return _("%(source)s → %(target)s：%(count)s 次") % given
    return _("%(source)s → %(target)s：%(count)s 次，平均 %(days)s 天") % {**given, "days": f"{step.mean_days:.1f}"}


def _boxes(procedure: Procedure, held: Mapping[str, statistics.Load], picture: Layout) -> SafeString:
    whole = sum(load.days for load in held.values()) or 1.0
    told = []
    for name, place in picture.places.items():
        load = held.get(name)
        share = load.days / whole if load else 0.0
        told.append((place, _title(procedure, name), _under(load), min(HEATS, round(share * 20)), name == BEGIN))
    return format_html_join("", "{}", ((_box(*one),) for one in told))


def _title(procedure: Procedure, name: str) -> str:
    title = procedure.act[procedure.begin].title if name == BEGIN else procedure.node[name].title
    title = title.partition("（")[0]
    return title if len(title) <= CHARACTERS else title[:CHARACTERS] + "…"


def _under(load: statistics.Load | None) -> tuple[str, str]:
    if load is None:
        return "", ""
    mean = _("平均 %(days)s 天") % {"days": f"{load.mean_days:.1f}"} if load.mean_days is not None else "—"
    return mean, _("%(done)s 次 · 在办 %(open)s") % {"done": load.done, "open": load.open}


def _box(place: Place, title: str, under: tuple[str, str], heat: int, is_start: bool) -> SafeString:
    middle = place.y + 4 if is_start or not under[0] else place.y - LINE + 5
    return format_html(
        '<g class="{} flow-heat{}"><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/>'
        '<text x="{}" y="{}">{}</text><text class="flow-end" x="{}" y="{}">{}</text>'
        '<text class="flow-end" x="{}" y="{}">{}</text></g>',
        "flow-start" if is_start else "flow-node",
        heat,
        *(place.x - BOX_WIDTH // 2, place.top, BOX_WIDTH, place.height, 15 if is_start else 7),
        *(place.x, middle, title),
        *(place.x, middle + LINE, under[0]),
        *(place.x, middle + 2 * LINE, under[1]),
    )


def weeks(moved: Iterable[tuple[date, int, int]]) -> list[tuple[date, int, int]]:
    """Days put together by the Monday of their week."""
    counted: dict[date, tuple[int, int]] = {}
    for day, begun, ended in moved:
        monday = day - timedelta(days=day.weekday())
        before = counted.get(monday, (0, 0))
        counted[monday] = (before[0] + begun, before[1] + ended)
    return [(monday, *counted[monday]) for monday in sorted(counted)]


def columns(told: Sequence[tuple[date, int, int]], said: str) -> SafeString:
    """Weeks as pairs of columns: begun and ended."""
    most = max((max(begun, ended) for _monday, begun, ended in told), default=0) or 1
    wide = (WIDTH - 40) / max(len(told), 1)
    room = HEIGHT - FOOT - 10

    def column(number: int, value: int, shift: float) -> tuple[str, str, str, str]:
        height = room * value / most
        x = 40 + wide * number + shift * wide
        return f"{x:.1f}", f"{10 + room - height:.1f}", f"{max(wide * 0.38, 1):.1f}", f"{height:.1f}"

    rows = [
        ("chart-begun" if shift < 0.4 else "chart-ended", *column(number, value, shift), f"{monday} {value}")
        for number, (monday, begun, ended) in enumerate(told)
        for value, shift in ((begun, 0.08), (ended, 0.5))
    ]
    marks = [
        (f"{40 + wide * number:.1f}", HEIGHT - 6, f"{monday:%m-%d}")
        for number, (monday, *_rest) in enumerate(told)
        if number % max(len(told) // 8, 1) == 0
    ]
    return format_html(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<text x="2" y="18">{}</text>{}{}</svg>',
        *(said, WIDTH, HEIGHT, WIDTH, HEIGHT, most),
        format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', rows),
        format_html_join("", '<text x="{}" y="{}">{}</text>', marks),
    )

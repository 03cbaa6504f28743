"""Where boxes and arrows of a procedure stand: lanes side by side, rows downwards, arrows only in the space between.

Pure geometry. Boxes stand in the middle of their lane; two may share a row when nothing leads from one to the other.
An arrow runs level in the gaps between rows and upright in a lane that is empty there or in the gutter beside it, so
no arrow ever crosses a box. Arrows that are not from the same box nor to the same box never lie on one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

BOX_WIDTH = 136
TRACK = 9  # between arrows that run side by side
MARGIN = 14  # between a box and the nearest upright arrow
GAP = 30  # the least height between two rows
SIDE = 6  # a box is left to the right this far below its middle, to the left twice as far; entered as far above


@dataclass(frozen=True, slots=True)
class Box:
    """A box to be placed: its name, its lane (0 is the leftmost) and its height."""

    name: str
    lane: int
    height: int = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands: its middle, its size, its row."""

    x: int
    y: int
    height: int
    row: int
    lane: int

    @property
    def top(self) -> int:
        """The upper edge."""
        return self.y - self.height // 2

    @property
    def bottom(self) -> int:
        """The lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow as the corners of its course; ``back`` when it leads upwards."""

    source: str
    target: str
    points: tuple[tuple[int, int], ...]
    back: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole picture: its size, the edges of the lanes from left to right, boxes, arrows."""

    width: int
    height: int
    edges: tuple[int, ...]
    places: Mapping[str, Place]
    arrows: tuple[Arrow, ...]


@dataclass(slots=True)
class _Run:
    """A straight piece of an arrow that shares its corridor with others. ``track`` is decided last."""

    source: str
    target: str
    start: int
    end: int
    track: int = 0

    def disturbs(self, other: _Run) -> bool:
        """Whether the two would lie on one another without belonging together."""
        apart = self.end < other.start or other.end < self.start
        return not apart and self.source != other.source and self.target != other.target


@dataclass(slots=True)
class _Corridor:
    """Runs side by side, each on the first track where it disturbs nobody."""

    runs: list[_Run] = field(default_factory=list)

    @property
    def tracks(self) -> int:
        """How many tracks are used."""
        return max((run.track for run in self.runs), default=-1) + 1

    def add(self, run: _Run) -> _Run:
        """Give a run its track."""
        while any(other.track == run.track and run.disturbs(other) for other in self.runs):
            run.track += 1
        self.runs.append(run)
        return run


def rows_of(boxes: Sequence[Box], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The row of each box, in the order given; neighbours share a row unless lane or arrow forbids it."""
    joined = {frozenset(edge) for edge in edges}
    rows: dict[str, int] = {}
    row, here = -1, list[Box]()
    for box in boxes:
        fits = all(box.lane != one.lane and frozenset((box.name, one.name)) not in joined for one in here)
        if not here or not fits:
            row, here = row + 1, []
        here.append(box)
        rows[box.name] = row
    return rows


class _Router:
    """Decides the corridor of every arrow, then the place of everything, then the corners."""

    def __init__(self, boxes: Sequence[Box], edges: Sequence[tuple[str, str]], top: int) -> None:
        self.boxes = {box.name: box for box in boxes}
        self.row = rows_of(boxes, edges)
        self.rows = max(self.row.values(), default=-1) + 1
        self.lanes = max((box.lane for box in boxes), default=-1) + 1
        self.taken = {(box.lane, self.row[box.name]) for box in boxes}
        self.top = top
        self.in_lane: dict[int, _Corridor] = defaultdict(_Corridor)
        self.in_gutter: dict[int, _Corridor] = defaultdict(_Corridor)
        self.leaving: dict[int, _Corridor] = defaultdict(_Corridor)
        self.arriving: dict[int, _Corridor] = defaultdict(_Corridor)
        self.way = {edge: self._way(*edge) for edge in edges}
        for edge in edges:
            self._keep_free(*edge)
        self.run = {edge: self._run(*edge) for edge in edges}

    def _free(self, lane: int, above: int, below: int) -> bool:
        return not any((lane, row) in self.taken for row in range(above + 1, below))

    def _way(self, source: str, target: str) -> tuple[str, int]:
        """The corridor of the upright piece of an arrow: "lane" or "gutter", and its number."""
        a, b = self.boxes[source].lane, self.boxes[target].lane
        i, j = self.row[source], self.row[target]
        if i < j and self._free(b, i, j):
            return "lane", b
        if i < j and self._free(a, i, j):
            return "lane", a
        if a == b:
            return "gutter", a if i < j else a + 1
        return "gutter", (b if a < b else b + 1) if i < j else (a if b < a else a + 1)

    def _keep_free(self, source: str, target: str) -> None:
        """The short pieces out of the middle of a box, or into it, hold the middle of the lane in that gap."""
        kind, number = self.way[source, target]
        a, b = self.boxes[source].lane, self.boxes[target].lane
        i, j = self.row[source], self.row[target]
        if i < j and (kind, number) != ("lane", a):
            self.in_lane[a].runs.append(_Run(source, target, 2 * i + 1, 2 * i + 1))
        if i < j and (kind, number) != ("lane", b):
            self.in_lane[b].runs.append(_Run(source, target, 2 * j - 1, 2 * j - 1))

    def _run(self, source: str, target: str) -> _Run:
        """The upright piece on its track. Odd levels are gaps, even ones are rows."""
        kind, number = self.way[source, target]
        i, j = self.row[source], self.row[target]
        run = _Run(source, target, *((2 * i + 1, 2 * j - 1) if i < j else (2 * j - 1, 2 * i)))
        return (self.in_lane if kind == "lane" else self.in_gutter)[number].add(run)

    def result(self) -> Layout:
        """The picture."""
        self._columns()
        level = {edge: self._level(edge) for edge in self.way}
        self._lines()
        arrows = tuple(self._arrow(edge, *level[edge]) for edge in self.way)
        return Layout(self.edge[-1], self.base, tuple(self.edge), self.place, arrows)

    def _columns(self) -> None:
        """Left to right: the gutters as wide as their arrows ask, the lanes between."""
        widths = [2 * MARGIN + max(self.in_gutter[g].tracks - 1, 0) * TRACK for g in range(self.lanes + 1)]
        self.gutter_x, self.lane_x, x = [], [], 0
        for gutter, width in enumerate(widths):
            self.gutter_x.append(x + MARGIN)
            x += width
            if gutter < self.lanes:
                self.lane_x.append(x + BOX_WIDTH // 2)
                x += BOX_WIDTH
        between = [(left + right) // 2 for left, right in zip(self.lane_x, self.lane_x[1:], strict=False)]
        self.edge = [0, *between, x]

    def x_of(self, edge: tuple[str, str]) -> int:
        """Where the upright piece of an arrow stands."""
        (kind, number), run = self.way[edge], self.run[edge]
        if kind == "gutter":
            return self.gutter_x[number] + run.track * TRACK
        aside = (run.track + 1) // 2 * (TRACK + 3) * (1 if run.track % 2 else -1)
        return self.lane_x[number] + aside

    def _level(self, edge: tuple[str, str]) -> tuple[_Run | None, _Run | None]:
        """The level pieces: out of the source below its row, into the target above its row."""
        source, target = edge
        kind, number = self.way[edge]
        a, b = self.boxes[source].lane, self.boxes[target].lane
        i, j = self.row[source], self.row[target]
        x, out, into = self.x_of(edge), None, None
        if j > i and not (kind == "lane" and number == a):
            ends = sorted((self.lane_x[a], x))
            out = self.leaving[i].add(_Run(source, target, *ends))
        if (kind == "lane" and number != b) or (kind == "gutter" and not self._beside(edge)):
            ends = sorted((x, self._entry(edge)))
            into = self.arriving[j].add(_Run(source, target, *ends))
        return out, into

    def _beside(self, edge: tuple[str, str]) -> bool:
        """Whether an arrow that leads upwards may enter its target from the side."""
        number = self.way[edge][1]
        source, target = edge
        lane = self.boxes[target].lane
        return self.row[target] < self.row[source] and number in (lane, lane + 1)

    def _entry(self, edge: tuple[str, str]) -> int:
        """Where an arrow enters its target from above; those that lead upwards keep to one side."""
        source, target = edge
        middle = self.lane_x[self.boxes[target].lane]
        if self.row[target] > self.row[source]:
            return middle
        return middle + (BOX_WIDTH // 4 if self.x_of(edge) > middle else -BOX_WIDTH // 4)

    def _lines(self) -> None:
        """Top to bottom: the gaps as high as their arrows ask, the rows between. Leaving arrows run above arriving ones."""
        self.place, self.line, y = {}, {}, self.top
        for row in range(self.rows + 1):
            out, into = self.leaving[row - 1].tracks, self.arriving[row].tracks
            self.line[row - 1, "out"] = y + 11
            self.line[row, "into"] = y + 11 + out * TRACK
            y += max(GAP, 24 + (out + into - 1) * TRACK)
            here = [box for box in self.boxes.values() if self.row[box.name] == row]
            height = max((box.height for box in here), default=0)
            for box in here:
                self.place[box.name] = Place(self.lane_x[box.lane], y + height // 2, box.height, row, box.lane)
            y += height
        self.base = y

    def _arrow(self, edge: tuple[str, str], out: _Run | None, into: _Run | None) -> Arrow:
        start, end, x = self.place[edge[0]], self.place[edge[1]], self.x_of(edge)
        back = end.row < start.row
        if back:
            side, down = (BOX_WIDTH // 2, SIDE) if x > start.x else (-BOX_WIDTH // 2, 2 * SIDE)
            points = [(start.x + side, start.y + down), (x, start.y + down)]
        elif out is not None:
            level = self.line[start.row, "out"] + out.track * TRACK
            points = [(start.x, start.bottom), (start.x, level), (x, level)]
        else:
            points = [(x, start.bottom)]
        if into is not None:
            level, entry = self.line[end.row, "into"] + into.track * TRACK, self._entry(edge)
            points += [(x, level), (entry, level), (entry, end.top)]
        elif back:
            side, up = (BOX_WIDTH // 2, SIDE) if x > end.x else (-BOX_WIDTH // 2, 2 * SIDE)
            points += [(x, end.y - up), (end.x + side, end.y - up)]
        else:
            points.append((x, end.top))
        return Arrow(*edge, tuple(_without_repeats(points)), back)


def _without_repeats(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Corners only: no point twice, none in the middle of a straight piece."""
    found: list[tuple[int, int]] = []
    for point in points:
        if found and found[-1] == point:
            continue
        straight: Callable[[int], bool] = lambda axis: found[-2][axis] == found[-1][axis] == point[axis]  # noqa: E731, B023
        if len(found) > 1 and (straight(0) or straight(1)):
            found.pop()
        found.append(point)
    return found


@lru_cache(maxsize=64)
def lay_out(boxes: tuple[Box, ...], edges: tuple[tuple[str, str], ...], *, top: int = 0) -> Layout:
    """Place ``boxes``, in the order in which they are read, and the arrows between them; ``top`` is left free.

    The same boxes and arrows are laid out once: every page of a matter shows its procedure.
    """
    names = {box.name for box in boxes}
    wanted = dict.fromkeys((a, b) for a, b in edges if a != b and a in names and b in names)
    return _Router(boxes, tuple(wanted), top).result()

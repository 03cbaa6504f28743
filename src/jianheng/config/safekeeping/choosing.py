"""Which parts of an archive a moment needs: the last base before it, the log from there on, every file until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from jianheng.config.safekeeping.errors import RestoreTimeError
from jianheng.config.safekeeping.manifest import Manifest, Mark, Part
from jianheng.config.safekeeping.source import SEGMENT_LETTERS, segment_number
from jianheng.kernel import canonical

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Plan:
    """What to restore, in order: ``wal`` from oldest to newest, a later copy of a segment after an earlier one.

    ``until`` an instant, or ``None`` for everything, or, with ``exactly``, the mark's position in the log.
    ``mark``: the newest one not after what is restored; ``reach`` the instant restored to.
    """

    manifest: Manifest
    base: Part
    wal: tuple[Part, ...]
    files: tuple[Part, ...]
    own: tuple[Part, ...]
    mark: Mark | None
    until: datetime | None
    exactly: bool
    reach: datetime

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that must be sound."""
        return (self.base, *self.wal, *self.files, *self.own)


def moment(text: str) -> datetime:
    """An instant as a person writes it (ISO 8601); without a zone it is China's time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise RestoreTimeError(f"“{text}”不是时刻，请写作 2026-03-05T09:30。") from wrong
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def said(at: datetime) -> str:
    """An instant for a person."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def plan(runs: Sequence[Manifest], *, until: datetime | None = None, exactly: bool = False) -> Plan:
    """What restores ``until`` an instant; everything without one; exactly the newest mark with ``exactly``.

    Refuses an instant before the first base backup, after the last run, or in a gap of the log.
    """
    bases = [run for run in runs if run.base and (until is None or _ended(run) <= until)]
    if not bases:
        raise RestoreTimeError(f"这份备份最早可以恢复到 {said(min(_ended(run) for run in runs if run.base))}。")
    last = _last_needed(runs, until, exactly)
    start = next(run for run in reversed(bases) if run.number <= last.number)
    rolled = [run for run in runs if start.number <= run.number <= last.number]
    _must_join(rolled)
    marks = [run.mark for run in runs if run.mark and run.number <= last.number]
    before = [mark for mark in marks if until is None or canonical.read_instant(mark.at) <= until]
    earlier = [run for run in runs if run.number <= last.number]
    return Plan(
        manifest=last,
        base=next(part for part in start.parts if part.role == "base"),
        wal=tuple(part for run in rolled for part in run.parts if part.role == "wal"),
        files=tuple(part for run in earlier for part in run.parts if part.role == "file"),
        own=tuple(part for part in last.parts if part.role == "own"),
        mark=before[-1] if before else None,
        until=until,
        exactly=exactly,
        reach=until or canonical.read_instant(marks[-1].at if exactly else last.reach),
    )


def _ended(run: Manifest) -> datetime:
    return canonical.read_instant(run.base["ended_at"] if run.base else run.reach)


def _last_needed(runs: Sequence[Manifest], until: datetime | None, exactly: bool) -> Manifest:
    if exactly:
        return [run for run in runs if run.mark and run.mark.tables][-1]
    if until is None:
        return runs[-1]
    reaching = [run for run in runs if canonical.read_instant(run.reach) >= until]
    if not reaching:
        latest = canonical.read_instant(runs[-1].reach)
        raise RestoreTimeError(f"这份备份最晚可以恢复到 {said(latest)}。")
    return reaching[0]


def _must_join(rolled: Sequence[Manifest]) -> None:
    """The log of these runs has no hole."""
    if not all(run.follows for run in rolled[1:]):
        raise RestoreTimeError("所要的时刻落在预写日志的缺口里：那段时间数据库丢弃了尚未备份的日志。")
    size = rolled[0].server["segment_bytes"]
    names = {
        part.to for run in rolled for part in run.parts if part.role == "wal" and len(part.to) == SEGMENT_LETTERS
    }
    numbers = sorted(segment_number(name, size) for name in names)
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise RestoreTimeError("备份中的预写日志不连续。")

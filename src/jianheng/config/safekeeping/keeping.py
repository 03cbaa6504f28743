"""One run of the backup.

In this order, so that whatever instant is restored has its files: base backup where one is due, mark, heartbeat, the
write-ahead log up to the heartbeat, then every file the database names and the archive lacks; the manifest last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from jianheng.config.safekeeping import keys, manifest
from jianheng.config.safekeeping.archive import Archive
from jianheng.config.safekeeping.errors import BackupOtherPlatformError
from jianheng.config.safekeeping.manifest import Manifest, Part
from jianheng.config.safekeeping.source import CHUNK_BYTES, SEGMENT_LETTERS, Source, segment_number, the_row
from jianheng.kernel import canonical

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Content:
    """A content-addressed file of the platform: its SHA-256 and its place below the home."""

    sha256: str
    place: str


@dataclass(frozen=True)
class Platform:
    """What is to be kept. ``about`` {version, origin, log_key, demonstration}; ``own`` further directories by their
    name below the home: the operator's own law files."""

    home: Path
    database: Source
    about: Mapping[str, Any]
    contents: Callable[[], Iterable[Content]]
    open_content: Callable[[str], IO[bytes]]
    own: Mapping[str, Path]


@dataclass
class Keeper:
    """Writes runs into an archive; knows what is in it already."""

    archive: Archive
    platform: Platform
    say: Say = lambda line: None
    _last: Manifest | None = None
    _last_hash: str = ""
    _base_at: datetime | None = None
    _files: set[str] = field(default_factory=set)
    _owned: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for told, content in self.archive.manifests():
            self._learn(told, content)

    def _learn(self, told: Manifest, content: bytes) -> None:
        self._last, self._last_hash = told, manifest.hash_of(content)
        if told.base:
            self._base_at = canonical.read_instant(told.base["ended_at"])
        self._files |= {part.name for part in told.parts if part.role == "file"}
        self._owned |= {part.name: part for part in told.parts if part.role == "own"}

    @property
    def slot(self) -> str:
        """The replication slot of this archive."""
        return f"jianheng_backup_{self.archive.id}"

    @property
    def spool(self) -> Path:
        """Where fetched log waits until it is in the archive."""
        return self.platform.home / "backup-spool" / self.archive.id

    def run(self, *, base_every: timedelta, count: bool = True, base_now: bool = False) -> Manifest:
        """Keep everything there is now; returns the manifest. ``count``: count the rows of every table too."""
        began = canonical.instant(datetime.now(UTC))
        server = self.platform.database.about()
        if self._last and self._last.server["identifier"] != server["identifier"]:
            raise BackupOtherPlatformError
        follows = self._follows(self.platform.database.hold(self.slot, self.spool), server)
        number = self._last.number + 1 if self._last else 1
        due = self._base_at is None or datetime.now(UTC) - self._base_at >= base_every
        based = base_now or due or not follows
        parts = [self._base(number)] if based else []
        base = {"ended_at": canonical.instant(self._now()), "timeline": server["timeline"]} if based else None
        mark = self.platform.database.mark(count=count)
        reach, position = self.platform.database.beat()
        segments = self.platform.database.fetch(self.slot, self.spool, position)
        parts += [self._segment(number, segment) for segment in segments]
        lost: list[str] = []
        parts += self._contents(lost)
        parts += self._own()
        told = Manifest(
            archive=self.archive.id,
            number=number,
            previous=self._last_hash,
            began_at=began,
            reach=canonical.instant(reach),
            follows=follows,
            platform=self.platform.about,
            server=server,
            base=base,
            mark=mark,
            parts=tuple(parts),
            keys=keys.named(self.platform.home, self.archive.secret),
            lost=tuple(lost),
        )
        self._learn(told, self.archive.close(told))
        for segment in segments[:-1]:  # the newest is still being written; it is fetched on from where it is
            segment.unlink()
        return told

    def _follows(self, first: str, server: Mapping[str, Any]) -> bool:
        """Whether the log that can be had continues the log that is in the archive; if not, only a new base goes on."""
        if self._last is None or not first:
            return False
        if any(self._last.server[name] != server[name] for name in ("timeline", "version")):
            return False
        newest = max(part.to for part in self._last.parts if part.role == "wal" and len(part.to) == SEGMENT_LETTERS)
        size = server["segment_bytes"]
        return first[:8] == newest[:8] and segment_number(first, size) <= segment_number(newest, size) + 1

    def _now(self) -> datetime:
        with self.platform.database.connect() as connection:
            now: datetime = the_row(connection, "select clock_timestamp()")[0]
            return now

    def _base(self, number: int) -> Part:
        self.say("正在做基础备份……")
        return self.archive.keep(f"base/{number:06d}.tar", self.platform.database.base(), role="base", to="postgres")

    def _segment(self, number: int, segment: Path) -> Part:
        to = segment.name.removesuffix(".partial")
        with segment.open("rb") as file:
            return self.archive.keep(f"wal/{number:06d}/{to}", _pieces(file), role="wal", to=to)

    def _contents(self, lost: list[str]) -> Iterator[Part]:
        """Every content not in the archive yet; what the platform itself has lost or damaged is named in ``lost``."""
        done = 0
        for content in self.platform.contents():
            hidden = self.archive.secret.hidden(content.sha256.encode())
            name = f"files/{hidden[:2]}/{hidden}"
            if name in self._files:
                continue
            try:
                with self.platform.open_content(content.sha256) as file:
                    part = self.archive.keep(name, _pieces(file), role="file", to=content.place, pack=False)
            except FileNotFoundError:
                lost.append(content.sha256)
                continue
            if part.sha256 != content.sha256:
                lost.append(content.sha256)
                continue
            done += 1
            if done % 1000 == 0:
                self.say(f"已复制文件 {done} 份……")
            yield part

    def _own(self) -> Iterator[Part]:
        """The operator's own files as they are now; unchanged ones are named again, not written again."""
        for name, directory in self.platform.own.items():
            for path in sorted(path for path in directory.rglob("*") if path.is_file()):
                content = path.read_bytes()
                place = f"{name}/{path.relative_to(directory).as_posix()}"
                part = f"own/{self.archive.secret.hidden(place.encode() + content)}"
                yield self._owned.get(part) or self.archive.keep(part, [content], role="own", to=place)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(CHUNK_BYTES):
        yield piece

"""Law data on disk: where it lives, reading it strictly, saving it whole.

The shipped data lie in the package; an operator's own lie in ``JIANHENG_LAW_DIR`` (default ``law`` below
``JIANHENG_HOME``, itself ``var`` by default) under the same names, and a file there replaces the shipped
file of the same name.

Invariants: nothing is read half; every complaint names the file and the field; a file is saved whole or not
at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml

from jianheng.kernel.text import clean_line
from jianheng.services.lawbook.errors import LawFileError, LawFileUnwritableError

SHIPPED = Path(__file__).resolve().parents[2] / "law"
SIZE_CEILING = 1_000_000  # bytes; the longest shipped file has some ten thousand
_Kind = TypeVar("_Kind", str, bool, int, date, list[Any])
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def own_directory() -> Path:
    """The operator's own law directory; it need not exist."""
    if given := os.environ.get("JIANHENG_LAW_DIR"):
        return Path(given)
    return Path(os.environ.get("JIANHENG_HOME", "var")) / "law"


def overlaid(*folder: str) -> Iterator[Path]:
    """The YAML files of ``folder`` by name, the operator's own in place of a shipped one of that name."""
    found: dict[str, Path] = {}
    for root in (SHIPPED, own_directory()):
        found |= {path.name: path for path in sorted(root.joinpath(*folder).glob("*.yaml"))}
    yield from (found[name] for name in sorted(found))


def regions() -> tuple[str, ...]:
    """The six-digit codes of the provinces with law of their own."""
    folders = (path for root in (SHIPPED, own_directory()) for path in root.glob("provinces/*/"))
    return tuple(sorted({folder.name for folder in folders}))


def stamp() -> tuple[tuple[str, int], ...]:
    """What changes when the operator's files do: each own YAML file with its time of change."""
    own = own_directory()
    return tuple((str(path), path.stat().st_mtime_ns) for path in sorted(own.rglob("*.yaml")))


def fingerprint() -> str:
    """What tells the operator's files from others: their names and what stands in them, "" where there are none."""
    own, digest = own_directory(), hashlib.sha256()
    found = sorted(own.rglob("*.yaml"))
    for path in found:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(own).as_posix()}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16] if found else ""


def read_text(path: Path) -> str:
    """The text of a law data file; refuses what is missing, too large or not UTF-8."""
    try:
        if path.stat().st_size > SIZE_CEILING:
            raise LawFileError(path, "", f"超过{SIZE_CEILING // 1000}千字节，不像法律数据文件")
        return path.read_text(encoding="utf-8-sig")
    except OSError as missing:
        raise LawFileError(path, "", f"无法读取（{missing.strerror}）") from missing
    except UnicodeDecodeError as garbled:
        raise LawFileError(path, "", "不是 UTF-8 编码的文本") from garbled


def read_yaml(path: Path) -> Fields:
    """The one mapping a law data file holds."""
    try:
        read = yaml.load(read_text(path), Loader=_Loader)  # noqa: S506 - a safe loader, the C one where built
    except (yaml.YAMLError, ValueError, RecursionError) as bad:
        raise LawFileError(path, "", f"不是有效的 YAML：{' '.join(str(bad).split())}") from bad
    return Fields.of(path, "", read)


def save(path: Path, text: str) -> None:
    """Write ``path`` whole or not at all, making its folder; refuses with ``LawFileUnwritableError``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError as failed:
        raise LawFileUnwritableError(f"文件 {path.name} 没有保存：{failed.strerror}。") from failed


@dataclass(frozen=True, slots=True)
class Fields:
    """One mapping of a file, read field by field; ``place`` says where in the file it stands."""

    path: Path
    place: str
    members: Mapping[str, Any]

    @classmethod
    def of(cls, path: Path, place: str, read: object) -> Fields:
        """``read`` as fields; refuses anything but a mapping with text for keys."""
        if not isinstance(read, dict) or not all(isinstance(name, str) for name in read):
            raise LawFileError(path, place, "应为“名称: 内容”的列表")
        return cls(path, place, read)

    def wrong(self, field: str, problem: str) -> LawFileError:
        """A complaint about ``field`` of this mapping."""
        return LawFileError(self.path, f"{self.place}{field}", problem)

    def only(self, *allowed: str) -> Fields:
        """This mapping; refuses a field it may not have, so that a misspelt one is not lost."""
        for name in self.members:
            if name not in allowed:
                raise self.wrong(name, f"不是允许的字段，可用字段为：{'、'.join(allowed)}")
        return self

    def text(self, field: str, default: str | None = None) -> str:
        """A non-empty line of text; ``default`` where the field is absent and may be."""
        return self._one(field, str, "应为文字", default)

    def flag(self, field: str, default: bool | None = None) -> bool:
        """true or false."""
        return self._one(field, bool, "应为 true 或 false", default)

    def number(self, field: str) -> int:
        """A whole number."""
        return self._one(field, int, "应为整数")

    def day(self, field: str) -> date:
        """A day written 2026-01-01."""
        return self._one(field, date, "应为 2026-01-01 形式的日期")

    def day_or_none(self, field: str) -> date | None:
        """A day, or None where the field is absent."""
        return self.day(field) if field in self.members else None

    def each(self, field: str) -> Iterator[Fields]:
        """The mappings of a list, at least one."""
        listed = self._one(field, list, "应为列表")
        if not listed:
            raise self.wrong(field, "是空的")
        for number, item in enumerate(listed, 1):
            yield Fields.of(self.path, f"{self.place}{field} 第{number}项 ", item)

    def _one(self, field: str, kind: type[_Kind], problem: str, default: _Kind | None = None) -> _Kind:
        value = self.members.get(field, default)
        if value is None:
            raise self.wrong(field, "缺少")
        mistaken = (kind is int and isinstance(value, bool)) or isinstance(value, datetime)
        if not isinstance(value, kind) or mistaken:
            raise self.wrong(field, problem)
        if isinstance(value, str) and value != default:
            if not value.strip():
                raise self.wrong(field, "是空的")
            try:
                return clean_line(value)
            except ValueError as unclean:
                raise self.wrong(field, str(unclean)) from unclean
        return value

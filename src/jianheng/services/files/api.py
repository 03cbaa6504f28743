"""The door of files: contents by hash, uploads, and the catalogue of a case file (卷宗)."""

from __future__ import annotations

import errno
import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q, QuerySet

from jianheng.kernel.errors import Refusal
from jianheng.services.files.contents import (
    ArchiveBombError,
    FileNameMismatchError,
    FileTypeError,
    chunks_of,
    content_type,
)
from jianheng.services.files.errors import ContentErasedError, StorageAwayError, StorageFullError
from jianheng.services.files.models import CaseItem, StoredFile, Upload
from jianheng.services.files.terms import HAND_OVER, Examination, Level
from jianheng.services.people import api as people

_MARK = "storage.id"

__all__ = [
    "HAND_OVER",
    "ArchiveBombError",
    "ContentErasedError",
    "Examination",
    "FileNameMismatchError",
    "FileTooLargeError",
    "FileTypeError",
    "ItemRef",
    "Level",
    "NoSuchFileError",
    "StorageAwayError",
    "StorageFullError",
    "add_item",
    "contents",
    "erase",
    "examine",
    "forget",
    "hand_over",
    "item",
    "items",
    "open_content",
    "place",
    "read",
    "restrict",
    "store",
    "take_upload",
    "upload",
]


# Written without the ORM: nearly every act enters something, and building the statement anew took a quarter of its time.
ENTERED = (
    *("region", "root_id", "matter_id", "volume", "section", "title", "quantity", "properties", "source", "file_id"),
    *("name", "level", "audience", "examination", "examination_note", "added_at", "added_by"),
)
ENTER = f"""
insert into files_caseitem ({", ".join(ENTERED)}) values ({", ".join(f"%({column})s" for column in ENTERED)}) returning id
"""  # noqa: S608 - our own constants
HAND = """
update files_caseitem set handed_over_at = %(now)s,
  audience = audience || array(select seat from unnest(%(seats)s::varchar[]) seat where seat <> all(audience))
where id = any(%(items)s) and root_id = %(root_id)s
"""


class FileTooLargeError(Refusal):
    """文件超过大小上限。"""

    code = "FILE_TOO_LARGE"
    status = 413
    next_step = "请压缩或拆分后上传；影像原件等大文件请改用光盘移交并在材料清单中登记为实物。"


class NoSuchFileError(Refusal):
    """没有这一文件，或者您无权查看。"""

    code = "NO_SUCH_FILE"
    status = 404
    next_step = "请刷新卷宗目录后重试；需要查阅的，请向承办人员申请。"


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _keep(content: IO[bytes], *, kind: str, now: datetime) -> str:
    digest, size = hashlib.sha256(), 0
    for piece in chunks_of(content):
        digest.update(piece)
        size += len(piece)
    sha256 = digest.hexdigest()
    content.seek(0)
    try:
        if not default_storage.exists(_path(sha256)):
            default_storage.save(_path(sha256), File(content))
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFullError from error
        raise StorageAwayError from error
    StoredFile.objects.get_or_create(sha256=sha256, defaults={"size": size, "content_type": kind, "created_at": now})
    StoredFile.objects.filter(sha256=sha256, erased_at__isnull=False).update(erased_at=None)  # brought anew
    return sha256


def store(content: bytes, *, kind: str, now: datetime) -> str:
    """Keep bytes the platform made itself; returns their SHA-256. The same bytes are kept once."""
    return _keep(io.BytesIO(content), kind=kind, now=now)


def upload(content: IO[bytes], *, name: str, size: int, scope: str, now: datetime) -> str:
    """Keep what somebody sent: checked by size, content and name; returns its SHA-256.

    ``scope`` names who sent it; only they may put it into a case file. Refuses with
    :class:`FileTooLargeError`, :class:`FileTypeError`, :class:`FileNameMismatchError`,
    :class:`ArchiveBombError`, :class:`StorageFullError`.
    """
    limit = settings.JIANHENG_UPLOAD_LIMIT_BYTES
    if size > limit:
        raise FileTooLargeError(
            f"《{name[:80]}》大小为 {size / 2**20:.1f} MB，上限为 {limit / 2**20:.0f} MB。", about="file"
        )
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", "").strip()[-200:] or "未命名"
    sha256 = _keep(content, kind=content_type(content, name=plain), now=now)
    Upload.objects.update_or_create(scope=scope, file_id=sha256, defaults={"name": plain, "at": now})
    return sha256


def take_upload(sha256: str, *, scope: str) -> str:
    """The name of a content the actor brought; :class:`NoSuchFileError` for anybody else's."""
    found = Upload.objects.filter(scope=scope, file_id=sha256).values_list("name", flat=True).first()
    if found is None:
        raise NoSuchFileError("所引用的文件不是由您上传的，或者已经清理，请重新上传。")
    return found


def open_content(sha256: str) -> IO[bytes]:
    """A content for reading; raises ``FileNotFoundError`` when the storage has lost it.

    Refuses one that was lawfully erased, whether or not the storage still has it (:class:`ContentErasedError`).
    """
    if StoredFile.objects.filter(pk=sha256, erased_at__isnull=False).exists():
        raise ContentErasedError
    return default_storage.open(_path(sha256), "rb")


def contents() -> Iterator[tuple[str, str]]:
    """(SHA-256, place in the storage) of every content kept, in the order of their hashes; none that was erased."""
    for sha256 in (
        StoredFile.objects.filter(erased_at=None)
        .order_by("pk")
        .values_list("sha256", flat=True)
        .iterator(chunk_size=5000)
    ):
        yield sha256, _path(sha256)


def place() -> str:
    """The mark of the storage, made once: machines that read the same mark keep their files in the same place."""
    if not default_storage.exists(_MARK):
        default_storage.save(_MARK, ContentFile(secrets.token_hex(8).encode()))
    with default_storage.open(_MARK, "rb") as file:
        return bytes(file.read()).decode()


def read(sha256: str) -> bytes:
    """A whole content."""
    with open_content(sha256) as file:
        return bytes(file.read())


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An entry of a case file."""

    id: int
    root_id: int
    volume: str
    section: str
    title: str
    quantity: str
    properties: str
    source: str
    sha256: str
    name: str
    content_type: str
    size: int
    level: int
    audience: tuple[str, ...]
    examination: str
    examination_note: str
    handed_over_at: datetime | None
    added_at: datetime
    added_by: str

    @property
    def examination_title(self) -> str:
        """质证状态 in words; of what was left without, on which ground."""
        label = str(Examination(self.examination).label)
        exempt = self.examination == Examination.NOT_NEEDED and self.examination_note
        return f"{label}（{self.examination_note}）" if exempt else label

    @property
    def level_title(self) -> str:
        """保密级别 in words."""
        return Level(self.level).label

    @property
    def told_title(self) -> str:
        """What a paper calls it that somebody reads who may not know it: a secret is named by its number alone."""
        return f"不公开的材料（卷宗第{self.id}项）" if self.level == Level.SECRET else self.title

    @property
    def may_be_handed_over(self) -> bool:
        """Whether the material may go to the institution (CER 34)."""
        return self.examination in HAND_OVER


def _ref(row: CaseItem) -> ItemRef:
    return ItemRef(
        id=row.pk,
        root_id=row.root_id,
        volume=row.volume,
        section=row.section,
        title=row.title,
        quantity=row.quantity,
        properties=row.properties,
        source=row.source,
        sha256=row.file_id or "",
        name=row.name,
        content_type=row.file.content_type if row.file else "",
        size=row.file.size if row.file else 0,
        level=row.level,
        audience=tuple(row.audience),
        examination=row.examination,
        examination_note=row.examination_note,
        handed_over_at=row.handed_over_at,
        added_at=row.added_at,
        added_by=row.added_by,
    )


def add_item(
    *,
    region: str,
    root_id: int,
    matter_id: int,
    volume: str,
    section: str,
    title: str,
    source: str,
    added_by: str,
    audience: Iterable[str],
    now: datetime,
    sha256: str = "",
    scope: str = "",
    quantity: str = "",
    properties: str = "",
    level: int = Level.OPEN,
    examination: str = Examination.NOT_NEEDED,
    examination_note: str = "",
) -> int:
    """Enter something into a case file. A content must be one the actor brought (``scope``), or ours (no scope)."""
    name = take_upload(sha256, scope=scope) if sha256 and scope else ""
    entered: dict[str, str | int | datetime | list[str] | None] = {
        "region": region,
        "root_id": root_id,
        "matter_id": matter_id,
        "volume": volume,
        "section": section,
        "title": title,
        "quantity": quantity,
        "properties": properties,
        "source": source,
        "file_id": sha256 or None,
        "name": name,
        "level": int(level),
        "audience": list(audience),
        "examination": str(examination),
        "examination_note": examination_note,
        "added_at": now,
        "added_by": added_by,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTER, entered)
        return int(cursor.fetchone()[0])


def items(root_id: int, *, seats: Iterable[str] | None = None, volume: str = "") -> tuple[ItemRef, ...]:
    """A case file in catalogue order, narrowed to what the given seats may see."""
    rows = _seen(CaseItem.objects.filter(root_id=root_id), seats)
    if volume:
        rows = rows.filter(volume=volume)
    return tuple(_ref(row) for row in rows.order_by("volume", "section", "pk"))


def item(item_id: int, *, seats: Iterable[str] | None = None) -> ItemRef:
    """One entry the given seats may see; :class:`NoSuchFileError` otherwise."""
    row = _seen(CaseItem.objects.filter(pk=item_id), seats).first()
    if row is None:
        raise NoSuchFileError
    return _ref(row)


def _seen(rows: QuerySet[CaseItem], seats: Iterable[str] | None) -> QuerySet[CaseItem]:
    """What the seats may see; one with a moment (a mapping) only what was entered or handed over since."""
    shown = people.sent_to(seats, since=lambda at: Q(added_at__gte=at) | Q(handed_over_at__gte=at))
    return rows.select_related("file").filter(shown)


def examine(item_id: int, *, root_id: int, status: str, note: str) -> None:
    """Record how cross-examination of a material ended."""
    changed = CaseItem.objects.filter(pk=item_id, root_id=root_id, handed_over_at=None)
    if not changed.update(examination=status, examination_note=note):
        raise NoSuchFileError("该材料不在本案卷宗中，或者已经移交鉴定机构，不能再变更质证状态。")


def restrict(item_id: int, *, root_id: int, to: Iterable[str] | None) -> None:
    """Show an entry only to those named by their keys, of those who might see it; ``None`` opens it again."""
    keys = None if to is None else sorted(set(to))
    if not CaseItem.objects.filter(pk=item_id, root_id=root_id).update(restricted_to=keys):
        raise NoSuchFileError


def erase(root_id: int, *, papers: Iterable[str], now: datetime) -> int:
    """Mark the contents of a case file, and of its ``papers``, as erased where no other case has them; how many.

    Their hashes stay in the catalogue. The contents go with the next :func:`forget`.
    """
    own = set(CaseItem.objects.filter(root_id=root_id).exclude(file=None).values_list("file_id", flat=True))
    wanted = own | set(papers)
    elsewhere = CaseItem.objects.filter(file_id__in=wanted).exclude(root_id=root_id).values_list("file_id", flat=True)
    Upload.objects.filter(file_id__in=wanted).update(name="")
    rows = StoredFile.objects.filter(pk__in=wanted - set(elsewhere), erased_at=None)
    return rows.update(erased_at=now)


def forget() -> int:
    """Take erased contents out of the storage, wherever they came from: also those a restored storage brought back."""
    gone = 0
    for sha256 in StoredFile.objects.filter(erased_at__isnull=False).values_list("sha256", flat=True).iterator():
        if default_storage.exists(_path(sha256)):
            default_storage.delete(_path(sha256))
            gone += 1
    return gone


def hand_over(item_ids: Iterable[int], *, root_id: int, audience: Iterable[str], now: datetime) -> None:
    """Mark materials as handed over and let the receiving seat see them."""
    with connection.cursor() as cursor:
        cursor.execute(HAND, {"items": list(item_ids), "root_id": root_id, "seats": list(audience), "now": now})

"""What a file really is, told from its content; its name and the sender's claim count for nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from jianheng.kernel.errors import Refusal

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"RIFF", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (4, b"ftyp", "video/mp4"),
    (128, b"DICM", "application/dicom"),
)
OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EXTENSIONS = {
    "application/pdf": {"pdf"},
    "image/png": {"png"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/tiff": {"tif", "tiff"},
    "audio/wav": {"wav"},
    "audio/mpeg": {"mp3"},
    "video/mp4": {"mp4", "m4a", "mov"},
    "application/dicom": {"dcm"},
    OFFICE["word/"]: {"docx"},
    OFFICE["xl/"]: {"xlsx"},
    "text/plain": {"txt", "csv"},
}
UNPACKED_LIMIT = 512 * 1024 * 1024
ENTRY_LIMIT = 5000
RATIO_LIMIT = 200


class FileTypeError(Refusal):
    """不接收这种文件。"""

    code = "FILE_TYPE"
    next_step = "请上传 PDF、图片（PNG、JPG、TIFF）、DICOM、音视频（WAV、MP3、MP4）、DOCX、XLSX 或纯文本文件。"


class FileNameMismatchError(Refusal):
    """文件内容与扩展名不符。"""

    code = "FILE_NAME_MISMATCH"
    next_step = "请上传原始文件，不要更改扩展名；来源不明的文件请先核实。"


class ArchiveBombError(Refusal):
    """压缩内容异常，可能是压缩炸弹。"""

    code = "ARCHIVE_BOMB"
    next_step = "请将文件另存为新文件后重试，或改为上传 PDF。"


def content_type(file: IO[bytes], *, name: str) -> str:
    """The media type of a content; refuses unknown types, a name that claims another type, and archive bombs."""
    file.seek(0)
    head = file.read(4096)
    found = next((kind for at, mark, kind in SIGNATURES if head[at : at + len(mark)] == mark), "")
    if not found and head[:4] == b"PK\x03\x04":
        found = _office(file)
    if not found and _is_text(head):
        found = "text/plain"
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if not found:
        raise FileTypeError(f"《{name}》的内容不是平台接收的文件类型。", about="file")
    if extension not in EXTENSIONS[found]:
        expected = "、".join(sorted(EXTENSIONS[found]))
        raise FileNameMismatchError(f"《{name}》的内容是 {found}，扩展名应为 {expected}。", about="file")
    return found


def _office(file: IO[bytes]) -> str:
    """The office type of a ZIP container; checks what it would unpack to without unpacking it."""
    file.seek(0)
    try:
        with zipfile.ZipFile(io.BufferedReader(file) if isinstance(file, io.RawIOBase) else file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if len(entries) > ENTRY_LIMIT or unpacked > UNPACKED_LIMIT or unpacked / packed > RATIO_LIMIT:
        raise ArchiveBombError(about="file")
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for prefix, kind in OFFICE.items() if any(n.startswith(prefix) for n in names)), "")


def _is_text(head: bytes) -> bool:
    if not head or b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and error.reason == "unexpected end of data"
    return True


def chunks_of(file: Any, size: int = 1024 * 1024) -> Iterator[bytes]:
    """A content in pieces, from its beginning."""
    file.seek(0)
    while piece := file.read(size):
        yield piece

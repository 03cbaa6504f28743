"""Files that are too large, not what they say, or made to hurt; and a disk that is full while one is stored.

Every refusal leaves nothing: no row, no content, no half file.
"""

from __future__ import annotations

import errno
import io
import os
import tempfile
import tracemalloc
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from jianheng.services.files import api as files
from jianheng.services.files.models import CaseItem, StoredFile, Upload
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
MEGABYTE = 2**20
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(48) + b"PE\x00\x00" + bytes(400)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def kept() -> tuple[int, int, list[str]]:
    """(contents, uploads, files on disk)."""
    place = Path(configured.STORAGES["default"]["OPTIONS"]["location"])
    found = sorted(path.name for path in place.rglob("*") if path.is_file())
    return StoredFile.objects.count(), Upload.objects.count(), found


NOTHING = (0, 0, [])


class Endless(io.RawIOBase):
    """A multipart request of some size, made as it is read; counts what was read."""

    def __init__(self, size: int, *, name: str = "a.pdf", boundary: str = "edge") -> None:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        self.parts = [head.encode() + b"%PDF-1.7\n", f"\r\n--{boundary}--\r\n".encode()]
        self.filling, self.read_so_far = size, 0
        self.length = size + sum(map(len, self.parts))

    def read(self, size: int = -1) -> bytes:
        """The next piece."""
        if self.parts and len(self.parts) == 2:
            piece = self.parts.pop(0)
        elif self.filling:
            piece = b"\x20" * min(self.filling, size if size > 0 else 65536)
            self.filling -= len(piece)
        else:
            piece = self.parts.pop(0) if self.parts else b""
        self.read_so_far += len(piece)
        return piece


def sent(body: Endless, token: str, *, says: int | None = None) -> Any:
    """The interface's answer to an upload with a body of that kind."""
    return Client(raise_request_exception=False).generic(
        "POST",
        "/api/v1/files",
        headers={"Authorization": f"Bearer {token}"},
        **{
            "wsgi.input": body,
            "CONTENT_LENGTH": str(body.length if says is None else says),
            "CONTENT_TYPE": "multipart/form-data; boundary=edge",
        },
    )


def test_two_hundred_megabytes_are_refused_before_they_are_read(cast) -> None:
    body = Endless(200 * MEGABYTE)

    answer = sent(body, cast["judge"]["token"])

    told = answer.json()
    assert (answer.status_code, told["code"]) == (413, "FILE_TOO_LARGE")
    assert "上限为 100 MB" in told["detail"]
    assert "拆分" in told["reasons"][0]["next_step"]
    assert body.read_so_far == 0
    assert kept() == NOTHING


def test_two_hundred_megabytes_sent_to_a_form_or_to_a_public_page_are_refused_unread(played, browser) -> None:
    case = played(before="entrustment.add_material")
    before = kept()

    for address, who in ((f"/desk/matters/{case.root_id}/acts/add_material/", "judge"), ("/verify/", "")):
        body = Endless(200 * MEGABYTE)
        page = browser(who, raise_request_exception=False).generic(
            "POST",
            address,
            **{
                "wsgi.input": body,
                "CONTENT_LENGTH": str(body.length),
                "CONTENT_TYPE": "multipart/form-data; boundary=edge",
            },
        )

        assert page.status_code == 413
        assert "FILE_TOO_LARGE" in page.content.decode()
        assert body.read_so_far == 0
    assert kept() == before
    assert CaseItem.objects.filter(file__size__gt=MEGABYTE).count() == 0


def test_a_file_that_passes_the_limit_unannounced_is_broken_off_there(cast, settings) -> None:
    settings.JIANHENG_UPLOAD_LIMIT_BYTES = 5 * MEGABYTE
    body = Endless(8 * MEGABYTE)

    answer = sent(body, cast["judge"]["token"])

    assert (answer.status_code, answer.json()["code"]) == (413, "FILE_TOO_LARGE")
    assert body.read_so_far < 6 * MEGABYTE
    assert kept() == NOTHING


def test_a_large_file_within_the_limit_is_kept_without_being_held_in_memory(cast) -> None:
    body = Endless(60 * MEGABYTE)
    tracemalloc.start()

    answer = sent(body, cast["judge"]["token"])

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 201
    assert peak < 12 * MEGABYTE
    assert StoredFile.objects.get().size == 60 * MEGABYTE + len(b"%PDF-1.7\n")


def archive(*, kind: str = "word/", entries: int = 1, size: int = 100, named: str = "") -> bytes:
    """An office file with so many entries of so many bytes of nothing."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        for number in range(entries):
            target.writestr(f"{kind}{named}{number}.xml", bytes(size))
    return made.getvalue()


UNFIT = {
    "a program called a PDF": ("意见书.pdf", EXECUTABLE, "FILE_TYPE"),
    "a program called by its name": ("setup.exe", EXECUTABLE, "FILE_TYPE"),
    "a PDF called a program": ("意见书.exe", PDF, "FILE_NAME_MISMATCH"),
    "a PDF called a picture": ("影像.png", PDF, "FILE_NAME_MISMATCH"),
    "a page called a PDF": ("意见书.pdf", b"<html><script>alert(1)</script></html>", "FILE_NAME_MISMATCH"),
    "nothing": ("空.txt", b"", "FILE_TYPE"),
    "an archive called a text document": ("材料.docx", b"PK\x03\x04" + bytes(100), "FILE_TYPE"),
    "a text document that unpacks to a thousandfold": ("材料.docx", archive(size=40 * MEGABYTE), "ARCHIVE_BOMB"),
    "a sheet of very many parts": ("材料.xlsx", archive(kind="xl/", entries=5001, size=0), "ARCHIVE_BOMB"),
}


@pytest.mark.parametrize("unfit", UNFIT)
def test_a_file_that_is_not_what_it_says_is_refused_through_the_interface(unfit, cast) -> None:
    name, content, code = UNFIT[unfit]

    answer = Client().post(
        "/api/v1/files",
        {"file": SimpleUploadedFile(name, content)},
        headers={"Authorization": f"Bearer {cast['judge']['token']}"},
    )

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, code)
    assert told["reasons"][0]["next_step"]
    assert kept() == NOTHING


def test_a_form_with_such_a_file_comes_back_filled_in_and_the_case_file_stays_as_it_was(played, browser) -> None:
    case = played(before="entrustment.add_material")
    before, items = kept(), CaseItem.objects.count()
    client = browser("judge")
    form = {"title": "住院病历（第二册）", "kind": "病历资料", "quantity": "1册", "source": "张某甲（示例）"}

    for unfit in ("a program called a PDF", "a text document that unpacks to a thousandfold"):
        name, content, code = UNFIT[unfit]
        page = client.post(
            f"/desk/matters/{case.root_id}/acts/add_material/",
            {**form, "_key": str(uuid.uuid4()), "_seen": "2", "file._file": SimpleUploadedFile(name, content)},
        )

        text = page.content.decode()
        assert page.status_code == 422
        assert code in text
        assert "住院病历（第二册）" in text
    assert (kept(), CaseItem.objects.count()) == (before, items)
    assert procedures.matter(case.root_id, case.actor("judge")).acts == 2


@pytest.fixture
def full(monkeypatch) -> Iterator[None]:
    """A disk on which bytes can be written but not kept (``fsync`` tells, as with delayed allocation)."""

    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space)
    yield


def test_a_full_disk_loses_the_file_and_nothing_else(cast, full) -> None:
    answer = Client().post(
        "/api/v1/files",
        {"file": SimpleUploadedFile("意见书.pdf", PDF)},
        headers={"Authorization": f"Bearer {cast['judge']['token']}"},
    )

    told = answer.json()
    assert (answer.status_code, told["code"]) == (507, "STORAGE_FULL")
    assert "重新提交" in told["reasons"][0]["next_step"]
    assert kept() == NOTHING


@pytest.mark.parametrize("broken", [errno.EIO, errno.EROFS])
def test_a_broken_disk_loses_the_file_and_nothing_else(cast, monkeypatch, broken) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(broken, os.strerror(broken))))

    answer = Client().post(
        "/api/v1/files",
        {"file": SimpleUploadedFile("意见书.pdf", PDF)},
        headers={"Authorization": f"Bearer {cast['judge']['token']}"},
    )

    told = answer.json()
    assert (answer.status_code, told["code"]) == (503, "STORAGE_AWAY")
    assert "重新提交" in told["reasons"][0]["next_step"]
    assert kept() == NOTHING


def test_a_full_disk_where_the_upload_waits_says_the_same(cast, browser, monkeypatch) -> None:
    usual = tempfile.NamedTemporaryFile

    def on_a_full_disk(*given: Any, **named: Any) -> Any:
        file = usual(*given, **named)
        file.write = lambda piece: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device"))
        return file

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", on_a_full_disk)

    answer = sent(Endless(4 * MEGABYTE), cast["judge"]["token"])
    page = browser("judge", raise_request_exception=False).post(
        "/desk/begin/entrustment/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(3 * MEGABYTE))}
    )

    assert (answer.status_code, answer.json()["code"]) == (507, "STORAGE_FULL")
    assert page.status_code == 507
    assert "STORAGE_FULL" in page.content.decode()
    assert kept() == NOTHING


def test_after_the_disk_has_room_the_same_file_is_kept(monkeypatch) -> None:
    now = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        with pytest.raises(files.StorageFullError):
            files.upload(io.BytesIO(PDF), name="a.pdf", size=len(PDF), scope="judge", now=now)

    sha256 = files.upload(io.BytesIO(PDF), name="a.pdf", size=len(PDF), scope="judge", now=now)

    assert files.read(sha256) == PDF
    assert kept() == (1, 1, [sha256])

"""What every file storage keeps, whether a directory or a bucket: whole contents, once, under their hash."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import File
from django.core.files.storage import default_storage, storages
from django.http import FileResponse
from django.utils import timezone
from storages.backends.s3 import S3Storage

from jianheng.config.safekeeping import archive
from jianheng.config.safekeeping.keeping import Content, Keeper, Platform
from jianheng.config.safekeeping.keyring import GivenKey
from jianheng.config.safekeeping.source import Source
from jianheng.desks.operator import doctor
from jianheng.services.files import api as files
from jianheng.services.files.models import StoredFile

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LARGE = b"%PDF-1.7\n" + os.urandom(17 * 1024 * 1024)  # sent in parts


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    """Each kind of storage in turn."""
    given = {"BACKEND": "jianheng.services.files.storage.WholeFileStorage", "OPTIONS": {"location": str(tmp_path)}}
    if request.param == "bucket":
        options = request.getfixturevalue("bucket")
        given = {"BACKEND": "jianheng.services.files.objects.ObjectStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": given}
    return str(request.param)


@pytest.fixture
def in_bucket(bucket: dict[str, str], settings: Any) -> dict[str, str]:
    """The bucket only."""
    given = {"BACKEND": "jianheng.services.files.objects.ObjectStorage", "OPTIONS": bucket}
    settings.STORAGES = {**settings.STORAGES, "default": given}
    return bucket


def uploaded(content: bytes) -> str:
    return files.upload(io.BytesIO(content), name="a.pdf", size=len(content), scope="judge", now=timezone.now())


def names(folder: str = "") -> list[str]:
    """Everything the storage holds."""
    folders, found = default_storage.listdir(folder)
    return sorted([f"{folder}{one}" for one in found] + [one for sub in folders for one in names(f"{folder}{sub}/")])


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", PDF, LARGE], ids=["short", "small", "in parts"])
def test_a_content_comes_back_whole_under_its_hash(storage: str, content: bytes) -> None:
    sha256 = uploaded(content)

    assert sha256 == hashlib.sha256(content).hexdigest()
    assert files.read(sha256) == content
    assert names() == [f"{sha256[:2]}/{sha256[2:4]}/{sha256}"]


def test_the_same_content_is_kept_once(storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = uploaded(PDF)
    saved: list[str] = []
    monkeypatch.setattr(type(storages["default"]), "_save", lambda *given: saved.append("again"))

    assert (uploaded(PDF), saved, StoredFile.objects.count()) == (first, [], 1)


def test_a_content_written_again_over_itself_is_the_same(storage: str) -> None:
    sha256 = uploaded(PDF)

    default_storage.save(f"{sha256[:2]}/{sha256[2:4]}/{sha256}", File(io.BytesIO(PDF)))

    assert (files.read(sha256), len(names())) == (PDF, 1)


def test_what_breaks_off_leaves_nothing(storage: str) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 9 * 1024 * 1024:
                raise ConnectionResetError("the line went dead")
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        default_storage.save("aa/bb/cc", File(Breaks(LARGE), name="cc"))

    assert names() == []
    assert not default_storage.exists("aa/bb/cc")


def test_a_lost_content_is_said_to_be_lost(storage: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.open_content("0" * 64)


def test_a_content_is_sent_as_a_download(storage: str) -> None:
    answer = FileResponse(files.open_content(uploaded(PDF)), as_attachment=True, filename="委托书.pdf")

    assert b"".join(answer) == PDF
    assert answer.headers["Content-Length"] == str(len(PDF))


def test_the_mark_of_the_storage_is_made_once(storage: str) -> None:
    assert files.place() == files.place() != ""


def test_a_backup_takes_every_content(storage: str, tmp_path: Path) -> None:
    sha256 = uploaded(PDF)
    kept = archive.make(tmp_path / "archive", GivenKey(file=os.urandom(32)))
    contents = [Content(one, f"files/{place}") for one, place in files.contents()]
    platform = Platform(tmp_path, Source(""), {}, lambda: iter(contents), files.open_content, own={})
    lost: list[str] = []

    parts = list(Keeper(kept, platform)._contents(lost))

    assert lost == []
    assert [(part.to, b"".join(kept.read(part))) for part in parts] == [
        (f"files/{sha256[:2]}/{sha256[2:4]}/{sha256}", PDF)
    ]


def test_a_store_that_does_not_answer_is_said_to_be_away_and_the_doctor_names_it(
    in_bucket: dict[str, str], settings: Any
) -> None:
    away = {**in_bucket, "endpoint_url": "http://127.0.0.1:1"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "jianheng.services.files.objects.ObjectStorage", "OPTIONS": away},
    }

    with pytest.raises(files.StorageAwayError):
        uploaded(PDF)

    assert StoredFile.objects.count() == 0
    assert "FILES_AWAY" in [one.code for one in doctor.findings(timezone.now())]


@pytest.mark.parametrize(
    ("code", "status", "wanted"),
    [
        ("XMinioStorageFull", 507, files.StorageFullError),
        ("QuotaExceeded", 403, files.StorageFullError),
        ("AccessDenied", 403, files.StorageAwayError),
        ("SlowDown", 503, files.StorageAwayError),
    ],
)
def test_what_a_store_answers_is_told_in_our_words(
    in_bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch, code: str, status: int, wanted: type[Exception]
) -> None:
    def refuses(*given: Any) -> str:
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")

    monkeypatch.setattr(S3Storage, "_save", refuses)

    with pytest.raises(wanted):
        uploaded(PDF)
    assert StoredFile.objects.count() == 0


def test_the_environment_chooses_the_bucket() -> None:
    environment = os.environ | {
        "JIANHENG_S3_BUCKET": "papers",
        "JIANHENG_S3_ENDPOINT": "http://127.0.0.1:9",
        "JIANHENG_S3_REGION": "cn-north-1",
        "JIANHENG_S3_ADDRESSING": "virtual",
    }
    asked = "from django.core.files.storage import default_storage as s; print(s.bucket_name, s.endpoint_url, s.region_name, s.client_config.s3)"
    program = f"import django; django.setup(); {asked}"

    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert said.stdout == "papers http://127.0.0.1:9 cn-north-1 {'addressing_style': 'virtual'}\n"

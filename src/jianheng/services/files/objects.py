"""File storage in an S3-compatible object store, for platforms of several machines.

An object appears under its name only when all of it has arrived (S3: a PUT, or the completion of an upload in parts),
so nothing is ever kept half; and a content is fetched whole before anybody reads of it. Names are those of the disk
(:mod:`jianheng.services.files.storage`), so a directory and a bucket can be copied into one another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from jianheng.services.files.errors import StorageAwayError, StorageFullError

MEMORY_BYTES = 2 * 1024 * 1024  # of one content while it is read; more waits on disk
FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}


@contextmanager
def _told() -> Iterator[None]:
    """What the store or the way to it answers, in our words; a missing object stays ``FileNotFoundError``."""
    try:
        yield
    except ClientError as error:
        answer = error.response.get("Error", {})
        if answer.get("Code") in FULL or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 507:
            raise StorageFullError from error
        raise StorageAwayError(f"文件存储拒绝了请求（{answer.get('Code', '')}），文件未保存。") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAwayError from error


class ObjectStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """Whole contents in one bucket."""

    def __init__(self, *, addressing: str = "path", **options: Any) -> None:
        config = Config(
            s3={"addressing_style": addressing},
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3},
            request_checksum_calculation="when_required",  # stores that only resemble S3 refuse others
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, max_memory_size=MEMORY_BYTES, **options)

    def exists(self, name: str) -> bool:
        """Whether the object is there."""
        with _told():
            return bool(super().exists(name))

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with _told():
            file: File[Any] = super()._open(name, mode)
            file.open()  # fetches
            return file

    def _save(self, name: str, content: File[Any]) -> str:
        with _told():
            return str(super()._save(name, content))

"""What is sent is refused while it comes in, before it fills memory or disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler

from jianheng.services.files.api import FileTooLargeError

REST_OF_A_FORM = 4 * 1024 * 1024  # bytes: fields beside the file, and what separates them


class WithinLimit(FileUploadHandler):
    """Stands before Django's own handlers: a request too large by its own account is not read at all, and one that
    does not say so is broken off where a file passes the limit. Raises :class:`FileTooLargeError`.
    """

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Look at the size the request says it has."""
        if content_length > settings.JIANHENG_UPLOAD_LIMIT_BYTES + REST_OF_A_FORM:
            raise FileTooLargeError(_too_large(content_length), about="file")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let a piece pass."""
        if start + len(raw_data) > settings.JIANHENG_UPLOAD_LIMIT_BYTES:
            raise FileTooLargeError(_too_large(start + len(raw_data)), about="file")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The file is kept by the handlers after this one."""


def _too_large(size: int) -> str:
    limit = settings.JIANHENG_UPLOAD_LIMIT_BYTES
    return f"上传内容超过大小上限：已达 {size / 2**20:.1f} MB，上限为 {limit / 2**20:.0f} MB。"

"""How much of a JSON text is read: its size, its members and its depth, looked at before anything is made of it.

A text within the limits of size is counted by its bytes; only one that could have too many members, or be too deep, is
walked through, and no further than the limit. What an act takes needs a tenth of it.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from jianheng.kernel.errors import Refusal

SIZE, MEMBERS, DEPTH = 2 * 1024 * 1024, 5_000, 16  # bytes; values and names; objects and lists in one another
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?+|[\[\]{},]', re.DOTALL)


class BodyTooLargeError(Refusal):
    """请求内容过大。"""

    code = "BODY_TOO_LARGE"
    status = 413
    next_step = "请缩短文字内容；文件请先上传到 /files，再以摘要值引用。"


class BodyTooManyError(Refusal):
    """请求内容的成员过多或者层次过深。"""

    code = "BODY_TOO_MANY"
    status = 413
    next_step = "请按接口说明提交该行为的成员；说明中没有的成员不要提交。"


class Bounded(Parser):
    """Reads the JSON of a request that keeps within the limits."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value of the body."""
        must_be_within(request.body)
        return super().parse_body(request)


def must_say_its_size(request: HttpRequest) -> None:
    """Refuse a JSON text that is too large by its own account, before it is read."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    if "json" in (request.content_type or "") and said.isdigit() and int(said) > SIZE:
        raise BodyTooLargeError(f"请求内容超过{SIZE // 2**20}兆字节。")


def must_be_within(body: bytes) -> None:
    """Refuse a text beyond a limit, without making anything of it."""
    if len(body) > SIZE:
        raise BodyTooLargeError(f"请求内容超过{SIZE // 2**20}兆字节。")
    opened = body.count(b"{") + body.count(b"[")
    if opened <= DEPTH and opened + body.count(b",") <= MEMBERS:
        return
    members = depth = 0
    for token in _TOKEN.finditer(body.decode("latin-1")):
        match token.group()[:1]:
            case "{" | "[":
                members, depth = members + 1, depth + 1
            case ",":
                members += 1
            case "}" | "]":
                depth -= 1
        if depth > DEPTH:
            raise BodyTooManyError(f"请求内容超过{DEPTH}层。")
        if members > MEMBERS:
            raise BodyTooManyError(f"请求内容超过{MEMBERS}个成员。")

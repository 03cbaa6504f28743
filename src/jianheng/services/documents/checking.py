"""Whether content fits its form, told all at once and in a clerk's words."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from jianheng.kernel.errors import Reason
from jianheng.services.documents import fonts
from jianheng.services.documents.errors import DocumentDataError
from jianheng.services.documents.form import Form
from jianheng.services.documents.shapes.parts import Shape

_WORDS = {
    "missing": "没有填写",
    "extra_forbidden": "不是该文书的内容",
    "string_too_short": "没有填写",
    "string_type": "应当是文字",
    "too_short": "至少应当有{min_length}项",
    "string_too_long": "不得超过{max_length}字",
    "enum": "不在可选项之内",
    "bool_parsing": "应当为“是”或者“否”",
    "bool_type": "应当为“是”或者“否”",
    "greater_than_equal": "不得小于{ge}",
    "less_than_equal": "不得大于{le}",
    "value_error": "{error}",
    "timezone_aware": "应当写明时区",
}
_KINDS = {"date": "不是有效的日期", "datetime": "不是有效的时间", "int": "应当是整数", "string": "格式不对"}


def checked(form: Form, data: Mapping[str, Any]) -> Shape:
    """The content of a paper as its shape.

    Refuses with ``DocumentDataError`` naming every field that does not fit, and with ``MissingGlyphError`` what
    cannot be printed.
    """
    try:
        content = form.shape.model_validate(dict(data))
    except ValidationError as error:
        reasons = [_reason(form, detail) for detail in _causes(error.errors())]
        told = "；".join(dict.fromkeys(reason.text for reason in reasons))
        raise DocumentDataError(f"《{form.title}》的内容不完整或者有误：{told}。", reasons=reasons) from error
    fonts.require_glyphs("".join(_texts(content.model_dump(mode="json"))))
    return content


def _causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without what merely follows: a list is also "too short" when one of its rows is wrong."""
    places = {detail["loc"] for detail in details}
    inner = {place[:depth] for place in places for depth in range(1, len(place))}
    return [detail for detail in details if detail["loc"] not in inner]


def _reason(form: Form, detail: ErrorDetails) -> Reason:
    kind = f"string_{detail['type']}" if isinstance(detail["input"], str) else detail["type"]
    said = (
        _WORDS.get(kind)
        or _WORDS.get(detail["type"])
        or next((words for kind, words in _KINDS.items() if detail["type"].startswith(kind)), "不符合要求")
    )
    context = {name: str(value) for name, value in (detail.get("ctx") or {}).items()}
    words = said.format(**context) if context else said
    name = _title(form.shape, detail["loc"])
    return Reason(
        code=DocumentDataError.code,
        text=f"“{name}”{words}" if name else words,
        law=form.law,
        next_step=DocumentDataError.next_step,
        about=".".join(str(part) for part in detail["loc"]),
    )


def _title(shape: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """A field's place in words: 鉴定材料第2项名称."""
    words: list[str] = []
    inside: type[BaseModel] | None = shape
    for part in location:
        if isinstance(part, int):
            words.append(f"第{part + 1}项")
        elif inside is not None and part in inside.model_fields:
            field = inside.model_fields[part]
            words.append(field.title or part)
            inside = _model(field.annotation)
        else:
            words.append(part)
    return "".join(words)


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _model(part))), None)


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for item in value.values() for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
        case _:
            return []

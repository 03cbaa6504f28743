"""A shape in the words a reader sees: dates and sums in Chinese, choices with all their options.

Names in the result are the shape's, but ``…_fen`` loses its unit, being a sum in figures and capital words.
Templates get nothing they would have to compute.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, get_args

from pydantic import BaseModel

from jianheng.kernel import money
from jianheng.services.documents.shapes.parts import Choice, Picture

CHINA = timezone(timedelta(hours=8))
_DIGITS = "〇一二三四五六七八九"


def present(shape: BaseModel, *, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """The content of a paper as its template reads it; ``pictures`` holds image bytes by SHA-256."""
    if isinstance(shape, Picture):
        return {"caption": shape.caption, "alt": shape.alt, "svg": framed(pictures[shape.sha256])}
    shown: dict[str, Any] = {}
    for name, field in type(shape).model_fields.items():
        value = getattr(shape, name)
        if name.endswith("_fen"):
            shown[name.removesuffix("_fen")] = None if value is None else sum_in_words(value)
        elif options := _choice(field.annotation):
            shown[name] = choice_of(options, value)
        else:
            shown[name] = _value(value, pictures)
    return shown


def _value(value: Any, pictures: Mapping[str, bytes]) -> Any:
    match value:
        case BaseModel():
            return present(value, pictures=pictures)
        case datetime():
            return moment_in_words(value)
        case date():
            return date_in_words(value)
        case tuple():
            return [_value(item, pictures) for item in value]
        case _:
            return value


def _choice(annotation: Any) -> type[Choice] | None:
    """The options behind a field that holds one of them, several of them, or none yet."""
    if isinstance(annotation, type) and issubclass(annotation, Choice):
        return annotation
    return next((found for part in get_args(annotation) if (found := _choice(part))), None)


def choice_of(options: type[Choice], value: Choice | tuple[Choice, ...] | None) -> dict[str, Any]:
    """All options with those chosen marked, and the label of the one chosen ("" for none or several)."""
    chosen = value if isinstance(value, tuple) else (value,)
    return {
        "code": str(value) if isinstance(value, Choice) else "",
        "label": value.label if isinstance(value, Choice) else "",
        "options": [{"label": option.label, "chosen": option in chosen} for option in options],
    }


def sum_in_words(fen: int) -> dict[str, str]:
    """A sum of money as figures with the yuan sign and as capital words."""
    return {"figures": "¥" + money.yuan_text(fen), "words": "人民币" + money.capital_words(fen)}


def date_in_words(day: date) -> str:
    """2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_in_words(instant: datetime) -> str:
    """2026年3月2日 9时05分, by the clock of China."""
    local = instant.astimezone(CHINA)
    return f"{date_in_words(local.date())} {local.hour}时{local.minute:02d}分"


def date_in_numerals(day: date) -> str:
    """二〇二六年三月二日, as papers are dated at their foot."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_up_to_99(day.month)}月{_up_to_99(day.day)}日"


def _up_to_99(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}


def framed(image: bytes) -> str:
    """A JPEG or PNG inside an SVG, the one image format that can travel to a template as text."""
    kind = next((name for magic, name in _KINDS.items() if image.startswith(magic)), None)
    if kind is None:
        raise ValueError("pictures printed with a paper are JPEG or PNG")
    width, height = _pixels(image, kind)
    href = html.escape(f"data:{kind};base64,{base64.b64encode(image).decode()}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{href}"/></svg>'
    )


def _pixels(image: bytes, kind: str) -> tuple[int, int]:
    if kind == "image/png":
        return int.from_bytes(image[16:20]), int.from_bytes(image[20:24])
    at = 2
    while at + 9 <= len(image):  # JPEG segments up to the frame header SOFn (ITU-T T.81, B.2.2)
        marker, length = image[at + 1], int.from_bytes(image[at + 2 : at + 4])
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(image[at + 7 : at + 9]), int.from_bytes(image[at + 5 : at + 7])
        at += 2 + length
    raise ValueError("a JPEG without a frame header")

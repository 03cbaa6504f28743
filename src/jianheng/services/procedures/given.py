"""What a person gives with an act: one pydantic model an act, from which forms and the interface are derived.

Every string is checked by the one vocabulary of text (:mod:`jianheng.kernel.text`), trimmed and limited; a line has no
line end. Unknown members are refused, so nothing is assigned that the act does not name. The JSON schema of an input says
the same, in patterns that ECMA-262 and every validator of the interface's readers understands.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, time
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core.core_schema import no_info_after_validator_function

from jianheng.kernel.errors import Reason, Refusal
from jianheng.kernel.money import parse_yuan
from jianheng.kernel.text import LINE, PLAIN, VISIBLE, VISIBLE_LINE, clean_line, clean_text
from jianheng.services.procedures.errors import InputError


class Given(BaseModel):
    """Base of all inputs. Field ``title`` is the label, ``description`` the hint under it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _clean(cls, value: Any, info: ValidationInfo) -> Any:
        cleaned = _cleaned(value)
        if info.mode == "json" and isinstance(cleaned, str | float):
            return _as_json_means(cleaned, cls.model_fields[info.field_name or ""].annotation)
        return cleaned

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> Any:
        said = handler(core_schema)
        for field in handler.resolve_ref_schema(said).get("properties", {}).values():
            _say_plain(field)
        return said


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


def _as_json_means(value: str | float, annotation: Any) -> Any:
    """A value of a JSON text: 3.0 is the integer 3 (JSON Schema core, section 4.2.3); days and times are texts."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    for kind, pattern in ((date, _DAY), (time, _CLOCK["pattern"])):
        if kind in (annotation, *get_args(annotation)) and re.fullmatch(pattern, value):
            with suppress(ValueError):  # 2026-02-30: refused as no day
                return kind.fromisoformat(value)
    return value


def _fen(value: Any) -> Any:
    """Yuan as people write them ("1,200.50") become fen; whole numbers are fen already."""
    if not isinstance(value, str):
        return value
    try:
        return parse_yuan(value)
    except Refusal as refusal:
        raise ValueError(refusal.text) from refusal


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("不能为空")
    return text


class OneLine:
    """Of a string: it is a line, and its description says so."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """Whatever the string is, then one line."""
        return no_info_after_validator_function(clean_line, handler(source))

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: GetJsonSchemaHandler) -> Any:
        """The pattern of a line; of one that must be written, of something visible."""
        said = handler(core_schema)
        return said | {"pattern": VISIBLE_LINE if said.get("minLength") else LINE}


def _say_plain(schema: dict[str, Any]) -> None:
    """Add to a field's schema what :class:`Given` asks of every string that says nothing stricter."""
    for inner in (schema.get("items"), *schema.get("anyOf", ())):
        if isinstance(inner, dict):
            _say_plain(inner)
    if schema.get("type") == "string" and not schema.keys() & {"pattern", "enum", "const", "format"}:
        schema["pattern"] = VISIBLE if schema.get("minLength") else PLAIN


def _of_the_place(moment: time) -> time:
    """A time of day is the place's own: one that brings its own zone could mean another hour."""
    if moment.tzinfo is not None:
        raise ValueError("请填写北京时间，如 09:30")
    return moment


_MONEY = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 10**13, "description": "分"},
        {"type": "string", "pattern": r"^[0-9]{1,11}(\.[0-9]{1,2})?$", "description": "元"},
    ]
}
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}

Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_not_blank), OneLine()]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_not_blank), OneLine()]
ShortLine = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_not_blank), OneLine()]
OptionalLine = Annotated[str, StringConstraints(max_length=200), OneLine()]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000),
    AfterValidator(_not_blank),
    Field(json_schema_extra={"widget": "textarea"}),
]
OptionalText = Annotated[str, StringConstraints(max_length=20_000), Field(json_schema_extra={"widget": "textarea"})]
Fen = Annotated[
    int,
    BeforeValidator(_fen),
    Field(ge=0, le=10**13, json_schema_extra={"widget": "money"}),
    WithJsonSchema(_MONEY),
]
TimeOfDay = Annotated[time, AfterValidator(_of_the_place), WithJsonSchema(_CLOCK)]
Days = Annotated[int, Field(ge=1, le=3650)]
FileRef = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(json_schema_extra={"widget": "file"})]
OptionalFileRef = Annotated[
    str, StringConstraints(pattern=r"^([0-9a-f]{64})?$"), Field(json_schema_extra={"widget": "file"})
]
MatterId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Nothing(Given):
    """An act that needs no more than being done."""


LONGEST_NAME = 60  # of a member nobody declared, as a refusal repeats it
MOST_REASONS = 50  # more than anybody reads at once

WORDS = {
    "missing": "此项必填",
    "string_too_short": "此项必填",
    "string_too_long": "内容过长（上限 {max_length} 字）",
    "string_pattern_mismatch": "格式不正确",
    "int_parsing": "请填写整数",
    "int_type": "请填写整数",
    "int_from_float": "请填写整数",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "date_from_datetime_parsing": "请填写日期，如 2026-03-02",
    "date_parsing": "请填写日期，如 2026-03-02",
    "date_type": "请填写日期，如 2026-03-02",
    "time_parsing": "请填写时间，如 09:30",
    "time_type": "请填写时间，如 09:30",
    "bool_parsing": "请选择是或否",
    "bool_type": "请选择是或否",
    "enum": "请从列出的选项中选择",
    "literal_error": "请从列出的选项中选择",
    "too_short": "至少填写 {min_length} 项",
    "too_long": "至多填写 {max_length} 项",
    "extra_forbidden": "没有这一项",
    "list_type": "应为列表",
    "string_type": "应为文字",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "json_invalid": "请求内容不是可以读取的 JSON",
}


def label_of(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    """The Chinese label of a place in an input: 材料清单 第 2 项 名称."""
    words: list[str] = []
    current: Any = model
    for part in path:
        if isinstance(part, int):
            words.append(f"第 {part + 1} 项")
            continue
        fields = getattr(current, "model_fields", {})
        field = fields.get(part)
        words.append((field.title or part) if field else str(part)[:LONGEST_NAME])
        current = _inner(field.annotation) if field else None
    return " ".join(words)


def _inner(annotation: Any) -> Any:
    """The model inside ``list[Model]`` or ``Model | None``, else the annotation itself."""
    for argument in getattr(annotation, "__args__", ()):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return annotation


def read(model: type[Given], given: Any) -> Given:
    """``given`` as the act's model; raises :class:`InputError` that tells everything wrong at once."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refused(model, error) from error


def read_json(model: type[Given], body: bytes) -> Given:
    """The same from a JSON text, where a number is a number: what a form may write as a string is refused here."""
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise _refused(model, error) from error


def said_of(problem: Any) -> str:
    """One of pydantic's problems in words of the house."""
    words = WORDS.get(problem["type"])
    return words.format(**problem.get("ctx", {})) if words else problem["msg"].removeprefix("Value error, ")


def _refused(model: type[Given], error: ValidationError) -> InputError:
    reasons = []
    problems = error.errors(include_url=False, include_input=False)
    for problem in problems[:MOST_REASONS]:
        label = label_of(model, problem["loc"])
        place = ".".join(str(part)[:LONGEST_NAME] for part in problem["loc"])
        reasons.append(
            Reason(
                InputError.code,
                f"{label}：{said_of(problem)}" if label else said_of(problem),
                next_step=InputError.next_step,
                about=place,
            )
        )
    if len(problems) > MOST_REASONS:
        reasons.append(Reason(InputError.code, f"另有{len(problems) - MOST_REASONS}处问题，未逐一列出。"))
    return InputError(reasons=reasons)

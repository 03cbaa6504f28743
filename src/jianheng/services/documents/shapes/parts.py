"""The parts papers are made of.

Every field's ``title`` is the words a clerk knows it by; refusals use it. Names say the unit: ``…_fen`` is
integer fen, ``…_on`` a date, ``…_at`` an aware instant. What text may hold is said in :mod:`jianheng.kernel.text`, as for
forms and the interface; only the lengths are a paper's own, since a paper puts several of them together.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from jianheng.kernel import text as vocabulary

__all__ = [
    "Appraiser",
    "Choice",
    "Client",
    "CourtPaper",
    "Examinee",
    "Fen",
    "Instant",
    "Institution",
    "InstitutionPaper",
    "Instrument",
    "Line",
    "Material",
    "Party",
    "Picture",
    "Prose",
    "Shape",
    "Standard",
]


def _text(value: object) -> object:
    return vocabulary.clean_text(value) if isinstance(value, str) else value


def _line(value: object) -> object:
    return vocabulary.clean_line(value) if isinstance(value, str) else value


Line = Annotated[
    str,
    BeforeValidator(_line),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
]
Prose = Annotated[
    str,
    BeforeValidator(_text),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50_000),
]
Fen = Annotated[int, Field(ge=0, le=10**13, strict=True)]
Instant = AwareDatetime


class Shape(BaseModel):
    """Frozen, closed: a field nobody declared is a mistake, not an extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(StrEnum):
    """An option printed as a box to tick. Stored codes never change; labels may.

    A caller may also give the member's name.
    """

    label: str

    def __new__(cls, code: str, label: str = "") -> Choice:
        """Keep the label beside the stored code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def _missing_(cls, value: object) -> Choice | None:
        return cls.__members__.get(value) if isinstance(value, str) else None


class Client(Shape):
    """委托人: the organ, body or person who entrusts."""

    name: Line = Field(title="委托人")
    contact: Line | None = Field(None, title="联系人")
    phone: Line | None = Field(None, title="联系电话")
    address: Line | None = Field(None, title="联系地址")
    officer: Line | None = Field(None, title="承办人")


class Institution(Shape):
    """司法鉴定机构, as its licence and its letterhead say."""

    name: Line = Field(title="机构名称")
    licence_number: Line | None = Field(None, title="司法鉴定许可证号")
    address: Line | None = Field(None, title="地址")
    postcode: Line | None = Field(None, title="邮政编码")
    contact: Line | None = Field(None, title="联系人")
    phone: Line | None = Field(None, title="联系电话")


class Party(Shape):
    """当事人 or another participant of the case."""

    role: Line = Field(title="诉讼地位")
    name: Line = Field(title="姓名或者名称")
    representative: Line | None = Field(None, title="代理人")
    phone: Line | None = Field(None, title="联系电话")
    address: Line | None = Field(None, title="住所")
    id_number: Line | None = Field(None, title="证件号码")


class Appraiser(Shape):
    """司法鉴定人, with the certificate that entitles to sign."""

    name: Line = Field(title="鉴定人姓名")
    certificate_number: Line = Field(title="执业证证号")
    title: Line | None = Field(None, title="职称")
    specialty: Line | None = Field(None, title="执业类别")


class Examinee(Shape):
    """被鉴定人."""

    name: Line = Field(title="姓名")
    sex: Line | None = Field(None, title="性别")
    born_on: date | None = Field(None, title="出生日期")
    id_number: Line | None = Field(None, title="身份证件号码")
    address: Line | None = Field(None, title="住址")


class Material(Shape):
    """One row of a list of material (鉴定材料)."""

    name: Line = Field(title="名称")
    number: Line | None = Field(None, title="编号")
    kind: Line | None = Field(None, title="种类")
    quantity: Line | None = Field(None, title="数量")
    properties: Line | None = Field(None, title="性状")
    packaging: Line | None = Field(None, title="包装")
    seal_state: Line | None = Field(None, title="封存状态")
    provided_by: Line | None = Field(None, title="提供人")
    cross_examination: Line | None = Field(None, title="质证状态")
    remark: Line | None = Field(None, title="备注")


class Standard(Shape):
    """A standard or technical method relied on."""

    name: Line = Field(title="标准名称")
    number: Line | None = Field(None, title="标准编号")


class Instrument(Shape):
    """An instrument used."""

    name: Line = Field(title="仪器名称")
    model: Line | None = Field(None, title="型号")
    number: Line | None = Field(None, title="设备编号")
    calibrated_until_on: date | None = Field(None, title="校准有效期至")


class Picture(Shape):
    """A stored image printed with a paper, named by the hash of its bytes; ``alt`` says what it shows."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(title="图像摘要值")
    caption: Line = Field(title="图题")
    alt: Line = Field(title="图像说明")


class CourtPaper(Shape):
    """What every paper of a court case names."""

    court: Line = Field(title="人民法院")
    case_number: Line = Field(title="案号")
    cause: Line | None = Field(None, title="案由")
    parties: tuple[Party, ...] = Field((), title="当事人")


class InstitutionPaper(Shape):
    """What every paper an institution writes about an appraisal names."""

    institution: Institution = Field(title="司法鉴定机构")
    client: Line = Field(title="委托人")
    case_number: Line | None = Field(None, title="案号")
    file_number: Line | None = Field(None, title="鉴定案件编号")
    matter: Line = Field(title="委托鉴定事项")

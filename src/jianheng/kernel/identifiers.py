"""Identity and registration numbers: whether they can be right, and what they say.

A check never looks a number up: a number that passes may still belong to nobody. What the standard forbids
is a reason; what is merely odd (an abolished division, an age over 120) is a warning and does not stop
anyone. No text here repeats a person's number.

Sources: GB 11643-1999 (公民身份号码), GB 32100-2015 (统一社会信用代码), GB 11714 (组织机构代码),
GB/T 2260 (divisions).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from jianheng.kernel.casenumber import PROVINCES
from jianheng.kernel.errors import Reason, Refusal

RIC_STANDARD = "GB 11643-1999 公民身份号码"
USCC_STANDARD = "GB 32100-2015 法人和其他组织统一社会信用代码编码规则"
ORGANISATION_STANDARD = "GB 11714 全国组织机构代码编制规则"

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
# First two characters of a credit code → who registers what.
USCC_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "11": "机关",
        "12": "事业单位",
        "13": "群众团体",
        "31": "律师执业机构",
        "32": "公证处",
        "33": "基层法律服务所",
        "34": "司法鉴定机构",
        "35": "仲裁委员会",
        "51": "社会团体",
        "52": "民办非企业单位",
        "53": "基金会",
        "91": "企业",
        "92": "个体工商户",
        "93": "农民专业合作社",
        "N1": "农村集体经济组织",
        "N2": "农村集体经济组织",
        "N3": "农村集体经济组织",
        "Y1": "其他",
    }
)
# Division prefixes of the residence permits of Hong Kong, Macao and Taiwan residents.
RESIDENCE_PERMITS: Mapping[str, str] = MappingProxyType(
    {"810000": "香港居民居住证", "820000": "澳门居民居住证", "830000": "台湾居民居住证"}
)
_OLD, _OLDEST = 120, 150  # years: an age beyond the first is odd, beyond the second impossible
_LOOK_ALIKE = MappingProxyType({"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"})


class IdentifierError(Refusal):
    """号码不正确。"""

    code = "IDENTIFIER_INVALID"
    next_step = "请对照证件原件重新填写。"


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one number: ``value`` as it should be stored, why it cannot be right, what is odd.

    ``parts`` holds what the number says, as text, as far as it could be read.
    """

    kind: str
    value: str
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def valid(self) -> bool:
        """Whether nothing forbids the number."""
        return not self.reasons

    def require(self) -> str:
        """The number as it should be stored; refuses with :class:`IdentifierError` if it cannot be right."""
        if self.reasons:
            raise IdentifierError(reasons=self.reasons)
        return self.value


def _reason(code: str, text: str, standard: str, *, next_step: str = IdentifierError.next_step) -> Reason:
    return Reason(code=code, text=text, law=(standard,), next_step=next_step)


def check_uscc(text: str) -> Checked:
    """A unified social credit code (统一社会信用代码), 18 characters; lower case is read as upper case."""
    value = text.strip().upper()
    if len(value) != 18:
        found = _reason("USCC_LENGTH", f"统一社会信用代码应为18位，现为{len(value)}位。", USCC_STANDARD)
        return Checked("uscc", value, (found,))
    if foreign := [(place, each) for place, each in enumerate(value, 1) if each not in USCC_ALPHABET]:
        return Checked("uscc", value, tuple(_foreign_character(place, each) for place, each in foreign))
    reasons = []
    expected = USCC_ALPHABET[
        -sum(USCC_ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(value[:17])) % 31
    ]
    if value[17] != expected:
        reasons.append(
            _reason(
                "USCC_CHECK_DIGIT",
                f"统一社会信用代码的校验位不符：按前17位应为“{expected}”，现为“{value[17]}”，可能有一位抄错。",
                USCC_STANDARD,
            )
        )
    parts = {"kind": USCC_KINDS.get(value[:2], ""), "division": value[2:8], "organisation": value[8:17]}
    return Checked("uscc", value, tuple(reasons), tuple(_uscc_warnings(value)), MappingProxyType(parts))


def _foreign_character(place: int, character: str) -> Reason:
    shown = character if character.isprintable() else "控制字符"
    hint = f"，可能是“{_LOOK_ALIKE[character]}”" if character in _LOOK_ALIKE else ""
    return _reason(
        "USCC_CHARACTER",
        f"统一社会信用代码第{place}位不能是“{shown}”{hint}（不使用字母 I、O、S、V、Z）。",
        USCC_STANDARD,
    )


def _uscc_warnings(value: str) -> list[Reason]:
    warnings = []
    if value[:2] not in USCC_KINDS:
        warnings.append(_reason("USCC_KIND_UNKNOWN", f"登记管理部门和机构类别“{value[:2]}”不常见。", USCC_STANDARD))
    if not (value[2:8].isdigit() and (value[2:4] in PROVINCES or value[2:8] == "100000")):
        warnings.append(
            _reason("USCC_DIVISION_UNKNOWN", f"登记地“{value[2:8]}”不是已知的行政区划代码。", USCC_STANDARD)
        )
    if value[16] != organisation_check(value[8:16]):
        warnings.append(
            _reason("ORGANISATION_CHECK_DIGIT", "其中第17位（组织机构代码的校验位）不符。", ORGANISATION_STANDARD)
        )
    return warnings


def organisation_check(body: str) -> str:
    """The check character of an organisation code's first eight characters (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    remainder = sum(int(each, 36) * weight for each, weight in zip(body, weights, strict=True)) % 11
    return "0X987654321"[remainder]


def check_ric(text: str, *, today: date) -> Checked:
    """A resident identity number (居民身份证号), 18 characters; lower-case x is read as X.

    Residence permits of Hong Kong, Macao and Taiwan residents and the foreigner's permanent residence card
    beginning with 9 have the same form. A birth date after ``today`` is refused.
    """
    value = text.strip().upper()
    if re.fullmatch(r"[0-9]{15}", value):
        found = _reason("RIC_OLD", "15位旧号码只见于旧档案。", RIC_STANDARD, next_step="请填写现在的18位号码。")
        return Checked("ric", value, (found,))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        length = "" if len(value) == 18 else f"，现为{len(value)}位"
        found = _reason("RIC_FORM", f"身份证号应为17位数字加1位数字或者X{length}。", RIC_STANDARD)
        return Checked("ric", value, (found,))
    reasons: list[Reason] = []
    warnings: list[Reason] = []
    if (
        value[17]
        != "10X98765432"[sum(int(each) * pow(2, 17 - place, 11) for place, each in enumerate(value[:17])) % 11]
    ):
        reasons.append(_reason("RIC_CHECK_DIGIT", "身份证号的校验位不符，可能有一位抄错。", RIC_STANDARD))
    birth = _date(value[6:14])
    if birth is None:
        reasons.append(_reason("RIC_BIRTH_DATE", "身份证号中的出生日期不存在。", RIC_STANDARD))
    elif birth > today:
        reasons.append(_reason("RIC_BIRTH_FUTURE", "身份证号中的出生日期晚于今天。", RIC_STANDARD))
    elif (age := today.year - birth.year) > _OLD:
        found = _reason("RIC_AGE", f"按身份证号计算，年龄超过{_OLDEST if age > _OLDEST else _OLD}岁。", RIC_STANDARD)
        (reasons if age > _OLDEST else warnings).append(found)
    paper = RESIDENCE_PERMITS.get(value[:6], "外国人永久居留身份证" if value[0] == "9" else "居民身份证")
    if paper == "居民身份证" and value[:2] not in PROVINCES:
        warnings.append(
            _reason(
                "RIC_DIVISION_UNKNOWN",
                "身份证号开头的行政区划代码不在现行代码表中。",
                "GB/T 2260 中华人民共和国行政区划代码",
            )
        )
    parts = {
        "paper": paper,
        "division": value[:6],
        "birth_date": birth.isoformat() if birth else "",
        "sex": "男" if int(value[16]) % 2 else "女",
    }
    return Checked("ric", value, tuple(reasons), tuple(warnings), MappingProxyType(parts))


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def check_licence_number(text: str) -> Checked:
    """An institution's licence number (司法鉴定许可证号), in the shapes rosters have.

    Seven digits (司发通〔2001〕019号 第九条), nine (the present practice, 待核), or the credit code in its place, with its
    check digit. ``parts["shape"]`` says which: "seven", "nine", "uscc".
    """
    value = text.strip().upper()
    shape = {7: "seven", 9: "nine"}.get(len(value)) if value.isascii() and value.isdigit() else None
    if shape:
        return Checked("licence", value, parts=MappingProxyType({"shape": shape}))
    if len(value) == 18:
        uscc = check_uscc(value)
        return Checked("licence", value, uscc.reasons, uscc.warnings, MappingProxyType({"shape": "uscc"}))
    problem = "司法鉴定许可证号应为7位或者9位数字，或者18位统一社会信用代码。"
    return Checked("licence", value, (_reason("LICENCE_FORM", problem, "司法行政机关的编号方式（待核）"),))


def check_certificate_number(text: str) -> Checked:
    """An appraiser's certificate number (司法鉴定人执业证号): the licence number and three digits more."""
    checked = _digits("certificate", text, 12, "司法鉴定人执业证号应为12位数字（许可证号9位加序号3位）。")
    if not checked.valid:
        return checked
    parts = {"licence": checked.value[:9], "serial": checked.value[9:]}
    return Checked(checked.kind, checked.value, parts=MappingProxyType(parts))


def _digits(kind: str, text: str, length: int, problem: str) -> Checked:
    value = text.strip()
    if re.fullmatch(rf"[0-9]{{{length}}}", value):
        return Checked(kind, value)
    return Checked(kind, value, (_reason(f"{kind.upper()}_FORM", problem, "司法行政机关现行编号方式（待核）"),))

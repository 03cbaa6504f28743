"""Court case numbers (案号) and the codes of courts (法院代字).

A case number is （year）court, perhaps a special word, type, number, 号, perhaps 之一: （2025）吉01民初123号.
Both widths of bracket are read; the written form always has full-width ones. Courts use type words of their
own beside the national ones, so an unknown type word is read and merely has no name.

Invariant: what :func:`parse` accepts is written back by ``str`` in one form, and that form is accepted again.

Law: 关于人民法院案件案号的若干规定 (法〔2015〕137号, amended 法〔2018〕335号).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from jianheng.kernel.errors import Refusal

LAW = "关于人民法院案件案号的若干规定（法〔2015〕137号）"
COURT_LAW = "关于修改人民法院案件案号规定的决定（法〔2018〕335号）"

# First two digits of the division code (GB/T 2260) → the province's character in court codes.
PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "11": "京",
        "12": "津",
        "13": "冀",
        "14": "晋",
        "15": "内",
        "21": "辽",
        "22": "吉",
        "23": "黑",
        "31": "沪",
        "32": "苏",
        "33": "浙",
        "34": "皖",
        "35": "闽",
        "36": "赣",
        "37": "鲁",
        "41": "豫",
        "42": "鄂",
        "43": "湘",
        "44": "粤",
        "45": "桂",
        "46": "琼",
        "50": "渝",
        "51": "川",
        "52": "黔",
        "53": "云",
        "54": "藏",
        "61": "陕",
        "62": "甘",
        "63": "青",
        "64": "宁",
        "65": "新",
    }
)
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
OUTSIDE_DIVISIONS = frozenset({"兵", "军"})  # 新疆兵团分院 and military courts follow no division code
SUPREME = "最高法"

# Digits of special intermediate courts (法〔2018〕335号).
SPECIAL_COURTS = (
    (range(71, 72), "铁路运输"),
    (range(72, 73), "海事"),
    (range(73, 74), "知识产权"),
    (range(74, 75), "油田"),
    (range(75, 81), "林业"),
    (range(81, 86), "农垦"),
    (range(87, 96), "跨行政区划"),
    (range(96, 100), "省直辖县级行政区划"),
)

# National type words met most; a court may use others (待核 except 民初, 民终, 民诉前调).
TYPE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "民初": "民事一审",
        "民终": "民事二审",
        "民申": "民事申请再审审查",
        "民监": "民事依职权再审审查",
        "民抗": "民事抗诉再审审查",
        "民再": "民事再审",
        "民撤": "第三人撤销之诉",
        "民特": "民事特别程序",
        "民督": "督促程序",
        "民催": "公示催告",
        "民辖": "民事管辖",
        "民辖终": "民事管辖上诉",
        "民诉前调": "诉前调解",
        "诉前调": "诉前调解",
        "财保": "财产保全",
        "行保": "行为保全",
        "证保": "证据保全",
        "执": "首次执行",
        "执恢": "恢复执行",
        "执保": "执行保全",
        "执异": "执行异议",
        "执复": "执行复议",
        "执监": "执行监督",
        "执协": "执行协助",
        "破申": "破产申请审查",
        "破": "破产",
        "强清": "强制清算",
        "行初": "行政一审",
        "行终": "行政二审",
        "行审": "非诉行政执行审查",
        "刑初": "刑事一审",
        "刑终": "刑事二审",
        "刑更": "刑罚变更",
        "法赔": "司法赔偿",
        "委赔": "赔偿委员会审理",
        "认港": "认可香港裁判",
        "认澳": "认可澳门裁判",
        "认台": "认可台湾裁判",
        "协外认": "承认外国裁判",
        "司惩": "司法制裁",
    }
)

_YEAR = re.compile(r"[（(](?P<year>[^（）()]*)[)）](?P<rest>.*)")
_CASE = re.compile(r"(?P<type>[^0-9]*)(?P<number>[0-9]*)(?P<hao>号?)(?P<suffix>.*)")
_SUFFIX = re.compile(r"之[一二三四五六七八九十]{1,3}")
_HANZI = re.compile(r"[\u4e00-\u9fff]+")


class CaseNumberError(Refusal):
    """案号格式不正确。"""

    code = "CASE_NUMBER_INVALID"
    law = (LAW,)
    next_step = "请按“（2025）吉01民初123号”的格式填写：年度加括号、法院代字、类型代字、编号、号。"


class CourtLevel(Enum):
    """The four levels of courts; the value is what a clerk reads."""

    SUPREME = "最高人民法院"
    HIGH = "高级人民法院"
    INTERMEDIATE = "中级人民法院"
    BASIC = "基层人民法院"


@dataclass(frozen=True, slots=True)
class CourtCode:
    """A court's code: a province character with no digits, two (intermediate) or four (basic), or 最高法."""

    text: str

    @property
    def digits(self) -> str:
        """The digits after the province character."""
        return "" if self.text == SUPREME else self.text[1:]

    @property
    def level(self) -> CourtLevel:
        """Which of the four levels the court stands on."""
        if self.text == SUPREME:
            return CourtLevel.SUPREME
        return {0: CourtLevel.HIGH, 2: CourtLevel.INTERMEDIATE, 4: CourtLevel.BASIC}[len(self.digits)]

    @property
    def special(self) -> str:
        """What a special court is for (铁路运输, 海事, 知识产权 …), "" for an ordinary one.

        A basic court whose digits begin with 90 sits in a county run by its province and is ordinary.
        """
        if not self.digits or (len(self.digits) == 4 and self.digits.startswith("90")):
            return ""
        return next((name for numbers, name in SPECIAL_COURTS if int(self.digits[:2]) in numbers), "")

    @property
    def division(self) -> str:
        """The six-digit division the digits come from, "" where they come from none.

        Courts of development zones (last digits 91 and above) and special courts have none; the numbered
        intermediate courts of a municipality belong to the municipality.
        """
        code = next((code for code, character in PROVINCES.items() if character == self.text[0]), "")
        if not code or self.special or (len(self.digits) == 4 and int(self.digits[2:]) > 90):
            return ""
        if code in MUNICIPALITIES and len(self.digits) == 2:
            return f"{code}0000"
        return f"{code}{self.digits:0<4}"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number taken apart. ``special`` is the special word (知) or "", ``suffix`` 之一 … or ""."""

    year: int
    court: CourtCode
    special: str
    type: str
    number: int
    suffix: str = ""

    @property
    def type_name(self) -> str:
        """What kind of case the type word means, "" for a word the national list does not name."""
        return TYPE_NAMES.get(self.type, "")

    def __str__(self) -> str:
        return f"（{self.year}）{self.court}{self.special}{self.type}{self.number}号{self.suffix}"


def parse(text: str) -> CaseNumber:
    """The case number written in ``text``; refuses with :class:`CaseNumberError`, which says what is wrong."""
    given = text.strip()
    if len(given) > 60:
        raise _wrong("超过60个字，不像案号")
    if re.search(r"\s", given):
        raise _wrong("中间不能有空格")
    if not given.isprintable():
        raise _wrong("含有控制字符")
    bracketed = _YEAR.fullmatch(given)
    if bracketed is None:
        raise _wrong("应以括在圆括号里的年度开头，如（2025）")
    if not re.fullmatch(r"[0-9]{4}", bracketed["year"]):
        raise _wrong(f"括号内应为四位数字的年度，现为“{bracketed['year']}”")
    court, rest = _court(bracketed["rest"])
    return _case(int(bracketed["year"]), court, rest)


def _court(text: str) -> tuple[CourtCode, str]:
    if text.startswith(SUPREME):
        return CourtCode(SUPREME), text.removeprefix(SUPREME)
    province = text[:1]
    if province not in {*PROVINCES.values(), *OUTSIDE_DIVISIONS}:
        raise _wrong(f"“{province}”不是法院代字" if province else "缺少法院代字", law=COURT_LAW)
    digits = re.match(r"[0-9]*", text[1:])
    found = digits[0] if digits else ""
    if len(found) not in (0, 2, 4):
        raise _wrong(
            f"法院代字“{province}{found}”应为两位数字（中级法院）或四位数字（基层法院），高级法院没有数字",
            law=COURT_LAW,
        )
    return CourtCode(province + found), text[1 + len(found) :]


def _case(year: int, court: CourtCode, text: str) -> CaseNumber:
    read = _CASE.fullmatch(text)
    if read is None:
        raise _wrong("应为一行文字")
    special = "知" if re.match(r"知[\u4e00-\u9fff]", read["type"]) else ""
    word = read["type"].removeprefix(special)
    if "字第" in text:
        raise _wrong("是2016年以前的旧格式（字第…号），请按法院现用案号填写")
    if word.endswith("号") and not read["number"]:
        raise _wrong("缺少编号")
    if not word:
        raise _wrong("缺少类型代字，如“民初”")
    if not _HANZI.fullmatch(word):
        raise _wrong(f"类型代字“{word}”应为汉字")
    if len(word) > 4:
        raise _wrong(f"类型代字“{word}”超过四个字")
    if not read["number"]:
        raise _wrong("缺少编号")
    if read["number"].startswith("0"):
        raise _wrong(f"编号“{read['number']}”不能以0开头")
    if len(read["number"]) > 10:
        raise _wrong("编号超过十位")
    if not read["hao"]:
        raise _wrong("编号之后缺少“号”字")
    if read["suffix"] and not _SUFFIX.fullmatch(read["suffix"]):
        raise _wrong(f"“号”之后只能有“之一”“之二”等，现为“{read['suffix']}”")
    return CaseNumber(year, court, special, word, int(read["number"]), read["suffix"])


def court_code(division: str) -> CourtCode:
    """The code of the ordinary court of a six-digit division: 220000 → 吉, 220100 → 吉01, 220102 → 吉0102.

    Holds by rule; courts of development zones and special courts have codes of their own. Refuses with
    :class:`CaseNumberError` what is no division of the mainland.
    """
    if not re.fullmatch(r"[0-9]{6}", division) or division[:2] not in PROVINCES:
        raise _wrong(f"“{division}”不是内地的六位行政区划代码", law=COURT_LAW)
    province, digits = PROVINCES[division[:2]], division[2:]
    if digits == "0000":
        return CourtCode(province)
    return CourtCode(province + (digits[:2] if digits.endswith("00") else digits))


def _wrong(what: str, *, law: str = LAW) -> CaseNumberError:
    return CaseNumberError(f"案号{what}。", law=(law,), about="case_number")

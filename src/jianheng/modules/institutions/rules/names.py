"""Names of institutions and people: as compared, as abbreviated in numbers, as sorted."""

from __future__ import annotations

import re

# Surnames read otherwise than the character's commonest reading; two-character surnames first.
_SURNAMES = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "单于": "chan yu",
    "澹台": "tan tai",
    "长孙": "zhang sun",
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "区": "ou",
    "解": "xie",
    "查": "zha",
    "任": "ren",
    "盖": "ge",
    "华": "hua",
    "朴": "piao",
    "翟": "zhai",
    "缪": "miao",
    "宁": "ning",
    "冼": "xian",
    "乐": "yue",
    "折": "she",
    "秘": "bi",
    "员": "yun",
    "覃": "qin",
    "黑": "he",
    "洗": "xian",
    "祭": "zhai",
    "尹": "yin",
    "晟": "cheng",
}
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def normalised(name: str) -> str:
    """A name as it is compared and shown: no white space inside Chinese text, brackets full-width."""
    half = " ".join(name.translate(_HALF_WIDTH).split())
    bare = re.sub(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])", "", half)
    return bare.replace("(", "（").replace(")", "）")


def short_name(name: str) -> str:
    """The abbreviation institutions use in their numbers: 某某司法鉴定中心 → 某某司鉴中心."""
    return re.sub("法医学?司法鉴定|司法鉴定|法医学?鉴定", "司鉴", name, count=1)


def sort_key(text: str, *, person: bool = False) -> str:
    """The pinyin of ``text``, syllables apart, by which a roster is sorted.

    ``person`` reads the surname as a surname (曾 zeng, 单 shan).
    """
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a third of a second, which every start would pay

    head = ""
    if person:
        head = next((surname for surname in _SURNAMES if text.startswith(surname)), "")
    syllables = [_SURNAMES[head]] if head else []
    syllables += lazy_pinyin(text[len(head) :], style=Style.NORMAL, errors=str.lower)
    return " ".join(syllables)[:255]

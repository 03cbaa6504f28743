"""The grounds on which a clock stops (扣除、中止期限的事由), each with its article.

Invariants: a code is stable; a ground with regions stops clocks in those regions only, under the article
named there; a ground without regions stops clocks everywhere. ``verified`` is false while nobody compared
the ground with the text of its instrument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jianheng.kernel.errors import Refusal


class PauseGroundError(Refusal):
    """该事由在本地区不能暂停期限。"""

    code = "PAUSE_GROUND_UNKNOWN"
    next_step = "请改选本地区法律规定的暂停事由；没有合适事由的，期限照常计算。"


@dataclass(frozen=True, slots=True)
class PauseGround:
    """Why a clock may stop: ``text`` in Chinese, ``law`` for the nation, ``regions`` province → article."""

    code: str
    rule: str  # the clock rule K1–K12 it carries out
    text: str
    law: str
    verified: bool
    regions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def basis(self, region: str = "") -> str | None:
        """The article under which it stops clocks in ``region`` (six digits, "" = nation); None if it does not."""
        if not self.regions:
            return self.law
        return self.regions.get(f"{region[:2]}0000")


PAUSE_GROUNDS: Mapping[str, PauseGround] = MappingProxyType(
    {
        ground.code: ground
        for ground in (
            PauseGround(
                "MATERIAL_SUPPLEMENT", "K6", "补充或者重新提取鉴定材料", "司法鉴定程序通则 第二十八条第四款", True
            ),
            PauseGround("WITNESS_ABSENT", "K7", "应当到场见证的人员未到场", "司法鉴定程序通则 第二十五条", False),
            PauseGround("LICENSING_REVIEW", "K9", "听证、检验、检测、专家评审", "行政许可法 第四十五条", True),
            PauseGround(
                "CIVIL_TRIAL_APPRAISAL",
                "K10",
                "民事案件鉴定期间不计入审理期限",
                "最高人民法院关于适用民事诉讼法的解释 第二百四十三条",
                True,
            ),
            PauseGround(
                "CRIMINAL_PSYCHIATRIC_APPRAISAL",
                "K10",
                "对犯罪嫌疑人、被告人作精神病鉴定的期间不计入办案期限",
                "刑事诉讼法 第一百四十九条；最高人民法院关于适用刑事诉讼法的解释 第二百一十一条",
                True,
            ),
            PauseGround(
                "LOCAL_SUSPENSION",
                "K12",
                "中止鉴定",
                "",
                True,
                MappingProxyType(
                    {
                        "110000": "北京市司法鉴定管理条例 第二十四条",
                        "370000": "山东省司法鉴定条例 第三十四条、第三十五条",
                        "440000": "广东省司法鉴定管理条例 第三十九条",
                    }
                ),
            ),
        )
    }
)


def pause_ground(code: str, *, region: str = "") -> PauseGround:
    """The ground ``code``; refuses with :class:`PauseGroundError` one the region's law does not know."""
    ground = PAUSE_GROUNDS.get(code)
    if ground is None:
        raise PauseGroundError(f"没有“{code}”这一暂停事由。", about="ground")
    if ground.basis(region) is None:
        raise PauseGroundError(
            f"“{ground.text}”在本地区没有法律依据，不能暂停期限；全国规定只扣除补充材料和见证人未到场的时间。",
            law=("司法鉴定程序通则 第二十五条、第二十八条",),
            about="ground",
        )
    return ground

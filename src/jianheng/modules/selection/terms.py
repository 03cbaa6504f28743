"""Words of choosing an institution."""

from __future__ import annotations

from django.db import models

UNIT = "主持摇号的司法技术人员"
SIDES = {"applicant": "申请人一方", "respondent": "对方当事人"}
EVERYONE = ("court", "unit", "applicant", "respondent")
SMALLEST_LIST = 3  # below it, or a third fewer than before: an alarm above
OFFICER = "unit"

BY_LOT, DESIGNATED, OUTSIDE = "BY_LOT", "BY_DESIGNATION", "OUTSIDE_LIST"

MODES = {
    "BY_AGREEMENT": "协商选定",
    BY_LOT: "摇号",
    DESIGNATED: "指定",
    OUTSIDE: "名册外选择",
}


class RecusalGround(models.TextChoices):
    """Why an institution may not take a case (司法鉴定程序通则 第二十条)."""

    INTEREST = "INTEREST", "与诉讼当事人或者案件有利害关系，可能影响独立、客观、公正"
    APPRAISED = "APPRAISED", "曾经参加过同一鉴定事项的鉴定"
    CONSULTED = "CONSULTED", "曾经作为专家提供过咨询意见"
    EXPERT = "EXPERT", "曾被聘请为有专门知识的人参与过同一鉴定事项的法庭质证"


class ChoiceGround(models.TextChoices):
    """Why a court chooses an institution itself."""

    NO_AGREEMENT = "NO_AGREEMENT", "双方当事人协商不成，且不宜摇号"
    EX_OFFICIO = "EX_OFFICIO", "人民法院依职权委托，已询问当事人的意见"
    ONLY_ONE = "ONLY_ONE", "名册中仅有一家符合条件"

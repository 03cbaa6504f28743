"""What choosing an institution refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal

CER32 = "最高人民法院关于民事诉讼证据的若干规定 第三十二条"


class NotACandidateError(Refusal):
    """所选机构不在备选范围。"""

    code = "NOT_A_CANDIDATE"
    law = (CER32, "法〔2020〕202号 第六条")
    next_step = "请从列出的机构中选择；机构不在列的，可查看其被排除的理由。"


class AgreedUponError(Refusal):
    """双方已经协商一致，所选机构符合条件，不能改为摇号。"""

    code = "AGREED_UPON"
    status = 409
    law = (CER32,)
    next_step = "请确认协商结果；确有不宜由该机构承接的事由的，可以提请指定，由法官复核。"


class NotYetLoggedError(Refusal):
    """信标脉冲还没有到，或者公布还没有封账，尚无结果。"""

    code = "LIST_NOT_YET_LOGGED"
    status = 409
    next_step = "到时由平台自动作出结果，无须操作；脉冲迟迟不到的，可以从信标的公开地址取得后录入。"


class TextGivenError(Refusal):
    """本方已经写过随机文字，不能更改。"""

    code = "SEED_CLOSED"
    status = 409
    next_step = "随机文字一经提交即固定，随名单一并公布。"


class OrderGoesOnError(Refusal):
    """本案同一类别已经摇号，应当沿用原来的顺位。"""

    code = "ORDER_GOES_ON"
    status = 409
    law = ("法释〔2002〕8号 第十二条",)
    next_step = "请采用摇号，由原顺位中的机构承接；双方协商一致的，可以组织协商。"


class ListTooLongError(Refusal):
    """备选机构多于摇号所能容纳的家数。"""

    code = "LIST_TOO_LONG"
    next_step = "请核对鉴定类别；一次摇号最多 4096 家。"


class NoReachableInstitutionError(Refusal):
    """该机构尚未在平台开通账户，无法在线委托。"""

    code = "NO_REACHABLE_INSTITUTION"
    next_step = "请通知该机构开通账户，或者另选机构。"

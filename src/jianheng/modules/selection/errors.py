"""What choosing an institution refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal

CER32 = "最高人民法院关于民事诉讼证据的若干规定 第三十二条"


class NotACandidateError(Refusal):
    """所选机构不在备选范围。"""

    code = "NOT_A_CANDIDATE"
    law = (CER32, "法〔2020〕202号 第六条")
    next_step = "请从列出的机构中选择；机构不在列的，可查看其被排除的理由。"


class NotYetLoggedError(Refusal):
    """备选名单尚未写入公开日志，不能摇号。"""

    code = "LIST_NOT_YET_LOGGED"
    status = 409
    next_step = "名单固定之后才产生随机种子，请稍候几秒重试；持续出现的，请通知运行维护人员检查日志排序任务。"


class SeedClosedError(Refusal):
    """本方已经提供过随机字符，不能更改。"""

    code = "SEED_CLOSED"
    status = 409
    next_step = "随机字符一经提供即固定，请等待摇号。"


class NoReachableInstitutionError(Refusal):
    """该机构尚未在平台开通账户，无法在线委托。"""

    code = "NO_REACHABLE_INSTITUTION"
    next_step = "请通知该机构开通账户，或者另选机构。"

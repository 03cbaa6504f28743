"""What the core refuses, whatever the procedure."""

from __future__ import annotations

from jianheng.kernel.errors import Fault, Refusal
from jianheng.kernel.procedure import NotOpenError

__all__ = [
    "ClockWentBackError",
    "DeclarationFault",
    "InputError",
    "KeyReusedError",
    "MatterClosedError",
    "NoSuchMatterError",
    "NotOfferedError",
    "NotOpenError",
    "NotYoursError",
    "PersonRecusedError",
    "SamePersonError",
    "StalePageError",
    "TokenLimitError",
]


class NoSuchMatterError(Refusal):
    """没有这一事项，或者您无权查看。"""

    code = "NO_SUCH_MATTER"
    status = 404
    next_step = "请核对编号；如确需办理，请联系承办人员确认您的任职岗位。"


class NotYoursError(Refusal):
    """该环节应由其他岗位办理。"""

    code = "NOT_YOURS"
    status = 403
    next_step = "请由该环节的办理人登录办理；岗位有误的，请联系本单位管理人员调整。"


class MatterClosedError(Refusal):
    """该事项已经结束，不能再办理。"""

    code = "MATTER_CLOSED"
    status = 409
    next_step = "如需继续，请由委托法院另行提出委托。"


class StalePageError(Refusal):
    """您打开页面之后，该事项已由他人办理。"""

    code = "STALE_PAGE"
    status = 409
    next_step = "您填写的内容已保留，请刷新页面核对最新进展后再提交。"


class KeyReusedError(Refusal):
    """同一幂等键已用于另一次办理。"""

    code = "KEY_REUSED"
    status = 422
    next_step = "重试同一请求时请保持内容不变；新的办理请使用新的 Idempotency-Key。"


class ClockWentBackError(Refusal):
    """系统时钟早于本事项上一次办理的时间。"""

    code = "CLOCK_WENT_BACK"
    status = 503
    next_step = "请运行维护人员校准服务器时间；校准前不会登记任何办理行为，已填写内容不受影响。"


class InputError(Refusal):
    """填写的内容不符合要求。"""

    code = "INPUT"
    status = 422
    next_step = "请按提示改正后重新提交。"


class NotOfferedError(Refusal):
    """所选的内容不在可选的范围内。"""

    code = "NOT_OFFERED"
    status = 422
    next_step = "请刷新页面，从列出的选项中重新选择；可选的范围可能已经变化。"


class TokenLimitError(Refusal):
    """该接口令牌不能用于这一行为。"""

    code = "TOKEN_LIMIT"
    status = 403
    next_step = "请改用可以办理该行为的令牌，或者由本人登录办理；令牌的范围在签发时选定。"


class SamePersonError(Refusal):
    """这一行为须由另一人办理。"""

    code = "SAME_PERSON"
    status = 403
    next_step = "请由同单位其他有权办理的人员登录办理；办理人按人员登记识别，与姓名无关。"


class PersonRecusedError(Refusal):
    """您已经回避，或者被申请回避尚未决定，不能办理本案。"""

    code = "PERSON_RECUSED"
    status = 403
    law = ("民事诉讼法 第四十七条", "民事诉讼法 第四十八条")
    next_step = "请由同单位的其他人员办理；需要采取紧急措施的，请报告承办法官。"


class DeclarationFault(Fault):
    """A procedure and its implementation do not fit together."""

"""What an appraisal refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal

GR = "司法鉴定程序通则"


class TooFewAppraisersError(Refusal):
    """同一鉴定事项应当指定或者选择两名以上具备资格的司法鉴定人。"""

    code = "TOO_FEW_APPRAISERS"
    law = (f"{GR} 第十九条",)
    next_step = "请再指派至少一名具备本项执业类别、执业证有效的鉴定人。"


class UnqualifiedAppraiserError(Refusal):
    """所指派的鉴定人不具备本项执业资格。"""

    code = "UNQUALIFIED_APPRAISER"
    law = (f"{GR} 第十八条", "司法鉴定人登记管理办法 第三条")
    next_step = "请从列出的有资格的鉴定人中指派。"


class SeniorNeededError(Refusal):
    """重新鉴定应当至少有一名相关专业高级职称的鉴定人。"""

    code = "SENIOR_NEEDED"
    law = (f"{GR} 第三十二条",)
    next_step = "请指派至少一名具有高级专业技术职称的鉴定人。"


class RecusedError(Refusal):
    """该鉴定人已经回避，不能再参加本案鉴定。"""

    code = "RECUSED"
    law = (f"{GR} 第二十条",)
    next_step = "请另行指派鉴定人。"


class RecusalPendingError(Refusal):
    """尚有回避申请没有决定。"""

    code = "RECUSAL_PENDING"
    status = 409
    law = (f"{GR} 第二十条", f"{GR} 第二十一条")
    next_step = "请先由机构负责人对回避申请作出决定。"


class WhichRecusalError(Refusal):
    """有多件回避申请，没有指明对哪一件作出决定。"""

    code = "WHICH_RECUSAL"
    law = (f"{GR} 第二十一条",)
    next_step = "请选择一件待决定的回避申请；每件申请分别决定、分别答复。"


class NotAssignedError(Refusal):
    """只有本案指派的鉴定人才能办理。"""

    code = "NOT_ASSIGNED"
    status = 403
    law = (f"{GR} 第十八条",)
    next_step = "请由本案鉴定人办理；需要更换的，由机构负责人重新指派。"


class AlreadySignedError(Refusal):
    """您已经签署，不需要重复签署。"""

    code = "ALREADY_SIGNED"
    status = 409
    next_step = "请等待其他鉴定人签署。"


class FourEyesError(Refusal):
    """复核人不能是本案鉴定人。"""

    code = "FOUR_EYES"
    law = (f"{GR} 第三十五条",)
    next_step = "请由未参加本案鉴定的、具备资格的人员复核。"


class ChecksFailedError(Refusal):
    """受理审查有不符合项，不能决定受理。"""

    code = "CHECKS_FAILED"
    law = (f"{GR} 第十五条",)
    next_step = "请退回重新审查、要求补充材料，或者决定不予受理并说明理由。"


class NotRegisteredHereError(Refusal):
    """只有在本机构登记执业、具备本项执业类别的鉴定人才能签名补正。"""

    code = "NOT_REGISTERED_HERE"
    status = 403
    law = (f"{GR} 第四十一条",)
    next_step = "请由本案鉴定人或者本机构具备该类别的其他鉴定人办理。"


class StatementNeededError(Refusal):
    """补正应当由原鉴定人签名；由其他鉴定人签名的，应当书面说明原因。"""

    code = "STATEMENT_NEEDED"
    next_step = "请填写原鉴定人不能签名的说明，或者由原鉴定人办理。"


class NoRecordError(Refusal):
    """每名鉴定人都应当有签名的实时记录，才能完成检验。"""

    code = "NO_RECORD"
    law = (f"{GR} 第二十七条",)
    next_step = "请补充由本案鉴定人签名的实时记录。"


class NoTermRunningError(Refusal):
    """本案的鉴定时限没有在计算，无需延长。"""

    code = "NO_TERM_RUNNING"
    status = 409
    next_step = "鉴定时限开始计算以后再申请；已经暂停的，恢复计算后再申请。"


class ExtensionPendingError(Refusal):
    """已有延期申请等待法院决定。"""

    code = "EXTENSION_PENDING"
    status = 409
    next_step = "请等待法院作出决定。"


class MaterialStateError(Refusal):
    """接收的材料与移交清单不一致，没有写明缺少或者损坏的材料。"""

    code = "MATERIAL_STATE"
    law = (f"{GR} 第十二条",)
    next_step = "请与移交人核对；缺少或者损坏的，在备注中写明后接收，接收清单即为书面说明。"


class NotClinicalError(Refusal):
    """本案不是法医临床鉴定，不使用致残等级意见书格式。"""

    code = "NOT_CLINICAL"
    next_step = "请使用通用格式起草。"


class NotAllSignedError(Refusal):
    """意见书应当由全部鉴定人签名后签发；更换后的鉴定人尚未签名。"""

    code = "NOT_ALL_SIGNED"
    law = (f"{GR} 第三十七条",)
    next_step = "请尚未签名的鉴定人审阅意见书并签名，再予签发。"


class PromiseNeededError(Refusal):
    """鉴定人应当签署承诺书，才能开始鉴定。"""

    code = "PROMISE_NEEDED"
    law = ("最高人民法院关于民事诉讼证据的若干规定 第三十三条",)
    next_step = "请确认承诺内容后签署；不愿承诺的，由机构负责人更换鉴定人。"


class ExtensionTooLongError(Refusal):
    """延长时限一般不得超过三十个工作日。"""

    code = "EXTENSION_TOO_LONG"
    law = (f"{GR} 第二十八条",)
    next_step = "请减少天数；已与委托人另行约定时限的，请先登记约定文书。"


class ExamineeNeededError(Refusal):
    """致残等级意见书应当写明被鉴定人。"""

    code = "EXAMINEE_NEEDED"
    law = (f"{GR} 第三十六条",)
    next_step = "请填写被鉴定人的姓名、性别和出生日期。"


class DissentNeededError(Refusal):
    """不同意鉴定意见的，应当写明不同意见。"""

    code = "DISSENT_NEEDED"
    law = (f"{GR} 第三十七条",)
    next_step = "请写明不同意见和理由；将如实注明在意见书上。"


class NothingIssuedError(Refusal):
    """尚未出具意见书，没有可以补正的内容。"""

    code = "NOTHING_ISSUED"
    law = (f"{GR} 第四十一条",)
    next_step = "请在意见书出具后办理补正。"


class MeaningChangedError(Refusal):
    """补正不得改变鉴定意见的原意。"""

    code = "MEANING_CHANGED"
    law = (f"{GR} 第四十一条",)
    next_step = "发现实质错误的，应当立即书面告知委托法院，由法院决定补充鉴定、重新鉴定或者撤销。"


class NotTerminableError(Refusal):
    """尚未受理或者意见书已经发送，不能终止鉴定。"""

    code = "NOT_TERMINABLE"
    law = (f"{GR} 第二十九条",)
    next_step = "受理前请决定不予受理；意见书发送后发现问题的，请补正或者撤销鉴定意见。"


class RefundTooLargeError(Refusal):
    """退还的费用不能多于已收的费用。"""

    code = "REFUND_TOO_LARGE"
    next_step = "请核对已收和退还的金额。"

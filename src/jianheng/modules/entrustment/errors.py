"""What an entrustment refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal

CER = "最高人民法院关于民事诉讼证据的若干规定"


class ExemptionError(Refusal):
    """该材料不属于可以不组织质证的情形。"""

    code = "EXEMPTION_GROUNDLESS"
    law = (f"{CER} 第三十四条",)
    next_step = "请按须经质证登记；确属所列情形的，选择情形并写明具体事实，材料应当双方都能查看。"


class CaseOfAnotherCourtError(Refusal):
    """案号不是本院的案件。"""

    code = "CASE_OF_ANOTHER_COURT"
    law = ("关于人民法院案件案号的若干规定 第三条",)
    next_step = "请核对案号中的法院代字；他院案件应由审理法院提出。"


class SealAskedError(Refusal):
    """已有一项封存的提请正在等待批准。"""

    code = "SEAL_ASKED"
    status = 409
    next_step = "请待院庭长批准或者不予批准以后再提请。"


class SealEvidenceError(Refusal):
    """以该依据封存，须附证明材料。"""

    code = "SEAL_EVIDENCE"
    law = ("民事诉讼法 第七十一条",)
    next_step = "请上传密级标识、当事人的书面申请或者说明危险情况的材料。"


class SealNoteError(Refusal):
    """案件有逾期未办的事项，审批意见须说明情况。"""

    code = "SEAL_NOTE"
    next_step = "请写明逾期的原因，以及封存为何不影响催办；上级法院院庭长将收到不含案件内容的提示。"


class NotSealedError(Refusal):
    """没有可以解封或者审批的封存。"""

    code = "NOT_SEALED"
    status = 409
    next_step = "请刷新事项页面，查看当前是否有封存或者正在等待批准的提请。"


class OpeningAskedError(Refusal):
    """已有一项解封的提请正在等待批准。"""

    code = "OPENING_ASKED"
    status = 409
    next_step = "请待院庭长批准或者不予批准以后再提请。"


class CaseRunsError(Refusal):
    """案件仍在办理，不得销毁。"""

    code = "CASE_RUNS"
    status = 409
    next_step = "请待委托、选择机构、鉴定（包括归档）和同一案号的其他委托全部结束以后再提请。"


class CaseSealedError(Refusal):
    """案件或者其中的材料已经封存，不得销毁。"""

    code = "CASE_SEALED"
    status = 409
    next_step = "请先解封；仍须封存的，不得销毁。"


class RetentionRunsError(Refusal):
    """保管期限尚未届满，不得销毁。"""

    code = "RETENTION_RUNS"
    law = ("个人信息保护法 第四十七条",)
    next_step = "请待保管期限届满；属于违法处理的个人信息或者生效裁判、决定要求删除的，选择该依据并附证明材料。"


class ErasingEvidenceError(Refusal):
    """期限届满以前销毁，须附证明材料。"""

    code = "ERASING_EVIDENCE"
    law = ("个人信息保护法 第四十七条",)
    next_step = "请上传认定违法处理个人信息的决定，或者要求删除的生效裁判、决定。"


class ErasingAskedError(Refusal):
    """销毁的提请正在办理。"""

    code = "ERASING_ASKED"
    status = 409
    next_step = "请待院庭长批准或者不予批准；已经批准的，期满由平台销毁。"


class ErasedAlreadyError(Refusal):
    """本案的个人信息已经销毁。"""

    code = "ERASED_ALREADY"
    status = 409
    next_step = "销毁的时间、依据和经办人见销毁证明。"


class SamePhoneError(Refusal):
    """双方当事人的手机号码不能相同。"""

    code = "SAME_PHONE"
    next_step = "当事人凭手机号码和验证码查询、提出异议；请分别填写双方本人的号码。"


class UnchangedPhoneError(Refusal):
    """这就是该当事人现在的手机号码，不需要更正。"""

    code = "UNCHANGED_PHONE"
    next_step = "请核对当事人和号码；当事人收不到验证码的，请其检查手机的短信拦截。"


class ContactPendingError(Refusal):
    """已有一件更正联系方式正在等待确认或者生效。"""

    code = "CONTACT_PENDING"
    status = 409
    next_step = "请等待其生效，或者先作“不予更正联系方式”；当事人可以用原号码登录同意，同意后立即生效。"


class NoContactPendingError(Refusal):
    """没有等待确认的联系方式更正。"""

    code = "NO_CONTACT_PENDING"
    status = 409
    next_step = "请刷新页面；如仍需更正，请重新办理“更正联系方式”。"


class ContactsNotCheckedError(Refusal):
    """双方当事人的联系电话没有全部核对。"""

    code = "CONTACTS_NOT_CHECKED"
    next_step = "请逐一拨打核对，确为本人或者其代理人的再勾选；号码有误的，先退回补正或者办理“更正联系方式”。"


class DayToComeError(Refusal):
    """日期晚于今日。"""

    code = "DAY_TO_COME"
    next_step = "请填写实际发生的日期。"


class LateObjectionError(Refusal):
    """书面异议是在法院指定的期限届满以后提交的。"""

    code = "LATE_OBJECTION"
    law = (f"{CER} 第三十七条", "民事诉讼法 第八十五条")
    next_step = "请核对收到日期、交邮日期；确属逾期的，视为没有异议，由承办法官在采信审查时一并考虑。"


class NotAppliedError(Refusal):
    """申请人尚未提出申请，不能准许。"""

    code = "NOT_APPLIED"
    law = (f"{CER} 第三十一条",)
    next_step = "请等待申请人说明逾期理由并提出申请，或者认定其放弃申请。"


class NotAppraisableError(Refusal):
    """所列事项属于不予委托鉴定的情形。"""

    code = "NOT_APPRAISABLE"
    law = ("法〔2020〕202号 第一条",)
    next_step = "请选择“不予委托鉴定”，或者调整鉴定事项后重新审查。"


class UnreliableTechniqueError(Refusal):
    """鉴定技术和方法的可靠性尚未确认。"""

    code = "UNRELIABLE_TECHNIQUE"
    law = ("法〔2020〕202号 第二条",)
    next_step = "请先审查技术和方法的科学可靠性；没有可靠方法的，不予委托鉴定。"


class NotCrossExaminedError(Refusal):
    """有材料尚未质证，不能移送或移交。"""

    code = "NOT_CROSS_EXAMINED"
    law = (f"{CER} 第三十四条",)
    next_step = "请先组织质证并记录结果；不作为鉴定材料的，请标明后再移送。"


class NoMaterialError(Refusal):
    """没有可以移送的鉴定材料。"""

    code = "NO_MATERIAL"
    law = (f"{CER} 第三十四条",)
    next_step = "请先登记鉴定材料并完成质证。"


class PaymentBelowFeeError(Refusal):
    """交费金额低于应交鉴定费。"""

    code = "PAYMENT_BELOW_FEE"
    law = (f"{CER} 第三十一条",)
    next_step = "请补足差额后提交全部凭证；确有困难的，可以向鉴定机构申请减免。"


class SummonsTooLateError(Refusal):
    """出庭通知须在开庭三日前送达。"""

    code = "SUMMONS_TOO_LATE"
    law = (f"{CER} 第七十九条",)
    next_step = "请推迟开庭日期，或者另行确定出庭时间。"


class ReportIncompleteError(Refusal):
    """鉴定书缺少必备内容或者有明显瑕疵，不能认定为齐备。"""

    code = "REPORT_INCOMPLETE"
    law = (f"{CER} 第三十六条", "法〔2020〕202号 第十一条")
    next_step = "请选择退回补充，并说明缺少的内容。"


class NotSentBackError(Refusal):
    """鉴定书没有退回补充过，不能直接认定未完成委托事项。"""

    code = "NOT_SENT_BACK"
    law = ("法〔2020〕202号 第十一条",)
    next_step = "请先在审查鉴定书时退回补充；补充以后仍不能完成的，再作认定。"


class SameSupervisorError(Refusal):
    """督办人和协办人不能是同一人。"""

    code = "SAME_SUPERVISOR"
    next_step = "请为本案另行指定一名协办人。"


class TermTooLongError(Refusal):
    """指定的鉴定期限超过上限。"""

    code = "TERM_TOO_LONG"
    law = ("法〔2020〕202号 第十三条",)
    next_step = "请缩短期限；确属重大、疑难、复杂的，应在提出鉴定时标明。"


class LicenceNotCheckedError(Refusal):
    """出具委托书前须核对机构许可证和业务范围。"""

    code = "LICENCE_NOT_CHECKED"
    law = ("法〔2020〕202号 第六条",)
    next_step = "请核对后勾选确认；不符合的，请选择“机构资格审查不通过”。"


class NoInstitutionYetError(Refusal):
    """尚未委托鉴定机构，不能申请鉴定人回避。"""

    code = "NO_INSTITUTION_YET"
    law = ("司法鉴定程序通则 第二十条",)
    next_step = "请在委托书出具之后提出；对备选机构有意见的，请在选择机构时提出。"


class PlanNotCheckedError(Refusal):
    """通知交费前须审查鉴定方案和收费标准。"""

    code = "PLAN_NOT_CHECKED"
    law = ("法〔2020〕202号 第七条",)
    next_step = "请审查鉴定方案、收费标准和鉴定人承诺书后勾选确认。"


class NotThisObjectionError(Refusal):
    """没有等待答复的异议。"""

    code = "NO_OBJECTION_WAITING"
    next_step = "请刷新页面核对异议状态。"


class EveryPointError(Refusal):
    """应当逐项答复异议。"""

    code = "EVERY_POINT"
    law = (f"{CER} 第三十七条",)
    next_step = "请对每一项异议分别答复后再提交。"


class NotOverdueError(Refusal):
    """鉴定机构的期限尚未届满，不能以逾期为由另行委托。"""

    code = "NOT_OVERDUE"
    law = (f"{CER} 第三十五条",)
    next_step = "请等待期限届满；机构确实不能完成的，由其终止鉴定。"


class UnusableOpinionError(Refusal):
    """鉴定人拒不出庭作证，鉴定意见不得作为认定案件事实的根据。"""

    code = "UNUSABLE_OPINION"
    law = (f"{CER} 第八十一条", "民事诉讼法 第八十一条")
    next_step = "请决定重新鉴定，或者不再鉴定。"


class StaffChallengedError(Refusal):
    """已有一项司法技术人员的回避尚未决定。"""

    code = "STAFF_CHALLENGED"
    law = ("民事诉讼法 第五十条",)
    next_step = "请等待法院决定（三日内）后再提出。"


class StaffDecidedError(Refusal):
    """对同一人员以同一事由提出的回避，法院已经作出决定。"""

    code = "STAFF_DECIDED"
    status = 409
    law = ("民事诉讼法 第五十条",)
    next_step = "对驳回决定不服的，可以申请复议一次；有新的事由的，请按新的事由提出。"


class NotOfTheUnitError(Refusal):
    """所选的人不是司法技术部门可以办理本案的人员。"""

    code = "NOT_OF_THE_UNIT"
    law = ("民事诉讼法 第四十七条",)
    next_step = "请从列出的人员中选择；部门没有其他人员的，请先由管理人员登记任职。"


class NoDecisionToReviewError(Refusal):
    """没有可以申请复议的回避决定。"""

    code = "NO_DECISION_TO_REVIEW"
    law = ("民事诉讼法 第五十条",)
    next_step = "只有提出回避申请的一方，对驳回的决定可以申请复议一次。"

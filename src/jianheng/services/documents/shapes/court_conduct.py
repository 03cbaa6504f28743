"""Papers of a civil court's entrustment once the work has begun: time, report, objection, hearing, rating."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from jianheng.services.documents.shapes.parts import (
    Appraiser,
    Choice,
    CourtPaper,
    Fen,
    Instant,
    Institution,
    Line,
    Party,
    Prose,
    Shape,
)


class ExtensionRequest(CourtPaper):
    """延期申请书, by the institution, before expiry (法〔2020〕202号 第十三条)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="申请机构")
    matter: Prose = Field(title="委托鉴定事项")
    due_on: date | None = Field(None, title="原定完成日期")
    extra_working_days: int = Field(title="申请延长工作日数", ge=1, le=1000)
    requested_due_on: date | None = Field(None, title="申请延长至")
    reason: Prose = Field(title="申请理由")
    requested_on: date | None = Field(None, title="申请日期")


class ExtensionDecision(CourtPaper):
    """延期决定."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="鉴定机构")
    matter: Prose = Field(title="委托鉴定事项")
    requested_on: date = Field(title="申请日期")
    due_on: date | None = Field(None, title="原定完成日期")
    granted: bool = Field(title="是否准许")
    extra_working_days: int | None = Field(None, title="准许延长工作日数", ge=1, le=1000)
    new_due_on: date | None = Field(None, title="延长后完成日期")
    reason: Prose = Field(title="理由")


class ErasureCertificate(CourtPaper):
    """销毁证明: that, why and by whom; nothing of what was erased."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    ground: Line = Field(title="销毁依据")
    reason: Prose = Field(title="具体事实和理由")
    kept_until: date = Field(title="保管期限届满日")
    proposed_by: Line = Field(title="提请人")
    approved_by: Line = Field(title="批准人")
    erased_on: date = Field(title="销毁日期")
    acts: int = Field(title="销毁的办理内容", ge=0)
    papers: int = Field(title="销毁的文书", ge=0)
    files: int = Field(title="销毁的文件", ge=0)


class CheckedContent(Shape):
    """Whether one required content is there."""

    present: bool = Field(title="是否具备")
    remark: Line | None = Field(None, title="说明")


class ReportConclusion(Choice):
    """鉴定书审查结论."""

    ACCEPT = "ACCEPT", "内容齐备，送达当事人"
    SUPPLEMENT = "SUPPLEMENT", "视为未完成委托鉴定事项，通知补充鉴定"
    REDO = "REDO", "视为未完成委托鉴定事项，通知重新鉴定"


class ReportCheck(CourtPaper):
    """鉴定书审查表: the seven contents of 证据规定 第三十六条 and the flaws of 法〔2020〕202号 第十一条."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="鉴定机构")
    report_number: Line = Field(title="鉴定书编号")
    report_dated_on: date = Field(title="鉴定书日期")
    received_on: date = Field(title="收到日期")
    court_name: CheckedContent = Field(title="委托法院的名称")
    matter_and_request: CheckedContent = Field(title="委托鉴定的内容、要求")
    material: CheckedContent = Field(title="鉴定材料")
    principle_and_method: CheckedContent = Field(title="鉴定所依据的原理、方法")
    process: CheckedContent = Field(title="对鉴定过程的说明")
    opinion: CheckedContent = Field(title="鉴定意见")
    promise: CheckedContent = Field(title="承诺书")
    signatures: CheckedContent = Field(title="鉴定人签名及资格证明、鉴定机构盖章")
    contradictory: bool = Field(title="鉴定意见和鉴定书其他部分相互矛盾")
    uncertain: bool = Field(title="同一认定意见使用不确定性表述")
    otherwise_flawed: bool = Field(title="鉴定书有其他明显瑕疵")
    flaw_note: Prose | None = Field(None, title="瑕疵说明")
    conclusion: ReportConclusion = Field(title="审查结论")
    checked_by: Line = Field(title="审查人")
    checked_on: date = Field(title="审查日期")


class Point(Shape):
    """One point of an objection."""

    point: Prose = Field(title="异议内容")
    reason: Prose = Field(title="理由")


class Objection(CourtPaper):
    """异议书, by a party (证据规定 第三十七条)."""

    objectors: tuple[Party, ...] = Field(title="异议人", min_length=1)
    institution: Line = Field(title="鉴定机构")
    report_number: Line = Field(title="鉴定书编号")
    received_on: date | None = Field(None, title="收到鉴定书日期")
    points: tuple[Point, ...] = Field(title="异议事项", min_length=1)
    requests: tuple[Prose, ...] = Field(title="请求", min_length=1)
    objected_on: date | None = Field(None, title="提出日期")
    entered_by: Line | None = Field(None, title="录入人", description="当事人提交纸质异议的")
    entered_on: date | None = Field(None, title="录入日期")


class Answer(Shape):
    """One point and what the appraisers answer."""

    point: Prose = Field(title="异议内容")
    answer: Prose = Field(title="答复")


class ObjectionAnswer(CourtPaper):
    """异议答复, written by the appraisers (证据规定 第三十七条第三款)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="鉴定机构")
    report_number: Line = Field(title="鉴定书编号")
    objector: Line = Field(title="异议人")
    objected_on: date = Field(title="异议提出日期")
    answers: tuple[Answer, ...] = Field(title="逐项答复", min_length=1)
    conclusion: Prose = Field(title="答复意见")
    appraisers: tuple[Appraiser, ...] = Field(title="鉴定人", min_length=1)


class AttendanceCostNotice(CourtPaper):
    """预交鉴定人出庭费用通知书 (证据规定 第三十八条)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    payer: Line = Field(title="预交人")
    institution: Line = Field(title="鉴定机构")
    report_number: Line = Field(title="鉴定书编号")
    amount_fen: Fen = Field(title="出庭费用")
    due_on: date | None = Field(None, title="预交期限")
    contact: Line = Field(title="联系人")


class AppraiserSummons(CourtPaper):
    """出庭通知书, served at least three days before the hearing (证据规定 第七十九条)."""

    appraiser: Line = Field(title="鉴定人")
    institution: Line = Field(title="鉴定机构")
    report_number: Line = Field(title="鉴定书编号")
    hearing_at: Instant = Field(title="开庭时间")
    place: Line = Field(title="开庭地点")
    by_video: bool = Field(False, title="是否通过视听传输技术出庭")
    questions: Prose | None = Field(None, title="需要说明的问题")
    attendance_cost_fen: Fen | None = Field(None, title="预交出庭费用")
    officer: Line = Field(title="联系人")
    phone: Line | None = Field(None, title="联系电话")


class Score(Shape):
    """One item of the rating."""

    item: Line = Field(title="评价项目")
    standard: Prose | None = Field(None, title="评价标准")
    full: int = Field(title="分值", ge=1, le=100)
    score: int = Field(title="得分", ge=0, le=100)


class RatingForm(CourtPaper):
    """机构评价表."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="被评价机构")
    matter: Prose = Field(title="委托鉴定事项")
    appraisers: tuple[Line, ...] = Field((), title="鉴定人")
    entrusted_on: date = Field(title="委托日期")
    completed_on: date = Field(title="完成日期")
    overdue: bool = Field(title="是否超期")
    scores: tuple[Score, ...] = Field(title="评分", min_length=1)
    comment: Prose | None = Field(None, title="评价意见")
    rated_by: Line = Field(title="评价人")
    rated_on: date = Field(title="评价日期")


class RefundGround(Choice):
    """责令退还鉴定费用的情形; codes of the law's enumeration ``court.refund_grounds``, its two branches told apart."""

    GROUNDLESS = "B5", "鉴定意见被采信后，鉴定人无正当理由撤销鉴定意见"
    ALLOWED = "B5P", "鉴定意见被采信后，人民法院准许撤销鉴定意见"
    UNCOMPLETED = "B6", "经补充鉴定或者重新鉴定，仍不能完成委托鉴定事项"


class RefundOrder(CourtPaper):
    """责令退还鉴定费用通知书 (证据规定 第四十二条; 法〔2020〕202号 第十一条)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="鉴定机构")
    matter: Prose = Field(title="委托鉴定事项")
    report_number: Line = Field(title="鉴定书编号")
    ground: RefundGround = Field(title="情形")
    facts: Prose = Field(title="事实和理由")
    payee: Line = Field(title="交费的当事人")
    paid_on: date | None = Field(None, title="交费日期")
    amount_fen: Fen = Field(title="应退还的鉴定费用")
    costs_fen: Fen | None = Field(None, title="应负担的由此增加的合理费用")
    sanction: Prose | None = Field(None, title="处罚")
    days: int | None = Field(None, title="退还期限（日）", ge=1, le=1000)
    contact: Line = Field(title="联系人")


class LapseGround(Choice):
    """视为放弃申请的情形 (证据规定 第三十一条)."""

    NOT_APPLIED = "NOT_APPLIED", "在指定期间内无正当理由不提出鉴定申请"
    NOT_PAID = "NOT_PAID", "在指定期间内无正当理由不预交鉴定费用"
    NO_MATERIAL = "NO_MATERIAL", "拒不提供相关材料，致使待证事实无法查明"


class LapseNotice(CourtPaper):
    """视为放弃鉴定告知书."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    addressee: Line = Field(title="被告知人")
    matter: Prose = Field(title="申请鉴定事项")
    ground: LapseGround = Field(title="情形")
    facts: Prose = Field(title="事实")
    due_on: date | None = Field(None, title="指定期间届满日")

"""Working forms of an institution (司法鉴定程序通则; forms.md §2)."""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from jianheng.services.documents.shapes.parts import (
    Appraiser,
    Choice,
    Examinee,
    Fen,
    Instant,
    InstitutionPaper,
    Instrument,
    Line,
    Material,
    Prose,
    Shape,
    Standard,
)


class RefusalGround(Choice):
    """不得受理的情形 (程序通则 第十五条); codes of the law's enumeration ``appraisal.refusal_grounds``."""

    OUT_OF_SCOPE = "R1", "委托鉴定事项超出本机构司法鉴定业务范围"
    MATERIAL = "R2", "发现鉴定材料不真实、不完整、不充分或者取得方式不合法"
    PURPOSE = "R3", "鉴定用途不合法或者违背社会公德"
    REQUEST = "R4", "鉴定要求不符合司法鉴定执业规则或者相关鉴定技术规范"
    ABILITY = "R5", "鉴定要求超出本机构技术条件或者鉴定能力"
    DUPLICATE = "R6", "委托人就同一鉴定事项同时委托其他司法鉴定机构进行鉴定"
    OTHER = "R7", "其他不符合法律、法规、规章规定的情形"


class AcceptanceCheck(Shape):
    """The answer to one of the six acceptance questions."""

    passed: bool = Field(title="是否通过")
    remark: Line | None = Field(None, title="说明")


class AcceptanceResult(Choice):
    """受理审查结果."""

    ACCEPT = "ACCEPT", "决定受理"
    SUPPLEMENT = "SUPPLEMENT", "通知补充材料"
    REFUSE = "REFUSE", "不予受理"


class AcceptanceReviewForm(InstitutionPaper):
    """受理审查表: six checks, reviewer and head."""

    received_on: date = Field(title="收到委托日期")
    due_on: date | None = Field(None, title="受理决定期限")
    in_scope: AcceptanceCheck = Field(title="委托事项属于本机构业务范围")
    material_sound: AcceptanceCheck = Field(title="鉴定材料真实、完整、充分，取得方式合法")
    purpose_lawful: AcceptanceCheck = Field(title="鉴定用途合法，不违背社会公德")
    request_proper: AcceptanceCheck = Field(title="鉴定要求符合执业规则和技术规范")
    within_ability: AcceptanceCheck = Field(title="鉴定要求未超出技术条件和鉴定能力")
    sole_entrustment: AcceptanceCheck = Field(title="同一事项未同时委托其他机构")
    result: AcceptanceResult = Field(title="审查结果")
    opinion: Prose = Field(title="审查意见")
    reviewer: Line = Field(title="审查人")
    reviewed_on: date = Field(title="审查日期")
    head: Line | None = Field(None, title="机构负责人")
    decided_on: date | None = Field(None, title="决定日期")


class MaterialReceipt(InstitutionPaper):
    """材料接收清单 (程序通则 第十二条)."""

    materials: tuple[Material, ...] = Field(title="接收的鉴定材料", min_length=1)
    submitted_by: Line = Field(title="送交人")
    received_by: Line = Field(title="接收人")
    received_at: Instant = Field(title="接收时间")
    remark: Prose | None = Field(None, title="备注")


class RefusalNotice(InstitutionPaper):
    """不予受理通知书 (程序通则 第十五条、第十七条)."""

    received_on: date = Field(title="收到委托日期")
    ground: RefusalGround = Field(title="不予受理情形")
    facts: Prose = Field(title="理由")
    materials_returned: tuple[Material, ...] = Field((), title="退还的鉴定材料")


class SupplementItem(Shape):
    """One material asked for."""

    name: Line = Field(title="材料名称")
    requirement: Prose = Field(title="要求")


class SupplementNotice(InstitutionPaper):
    """补充材料通知书 (程序通则 第十四条)."""

    items: tuple[SupplementItem, ...] = Field(title="需要补充的材料", min_length=1)
    reason: Prose | None = Field(None, title="补充理由")
    due_on: date | None = Field(None, title="提交期限")


class FeeItem(Shape):
    """One priced item."""

    item: Line = Field(title="收费项目")
    quantity: int = Field(1, title="数量", ge=1, le=10_000)
    unit_price_fen: Fen = Field(title="单价")
    amount_fen: Fen = Field(title="金额")
    basis: Line | None = Field(None, title="收费依据")


class FeeQuote(InstitutionPaper):
    """收费告知书."""

    items: tuple[FeeItem, ...] = Field(title="收费项目", min_length=1)
    total_fen: Fen = Field(title="收费总额")
    reduction_fen: Fen = Field(0, title="减免金额")
    reduction_reason: Line | None = Field(None, title="减免理由")
    payer: Line | None = Field(None, title="交费人")
    account_name: Line | None = Field(None, title="户名")
    bank: Line | None = Field(None, title="开户银行")
    account_number: Line | None = Field(None, title="账号")

    @model_validator(mode="after")
    def _adds_up(self) -> FeeQuote:
        for row in self.items:
            if row.amount_fen != row.quantity * row.unit_price_fen:
                raise ValueError(f"“{row.item}”的金额不等于数量乘以单价")
        if self.total_fen != sum(row.amount_fen for row in self.items) - self.reduction_fen:
            raise ValueError("收费总额不等于各项金额之和减去减免金额")
        return self


class AssignmentSheet(InstitutionPaper):
    """指派单 (程序通则 第十八条、第十九条)."""

    category: Line = Field(title="执业类别")
    accepted_on: date = Field(title="受理日期")
    due_on: date | None = Field(None, title="完成期限")
    is_re_appraisal: bool = Field(False, title="是否属于重新鉴定")
    is_complex: bool = Field(False, title="是否复杂、疑难、特殊")
    appraisers: tuple[Appraiser, ...] = Field(title="指派的司法鉴定人（首位为第一鉴定人）", min_length=2)
    assistants: tuple[Line, ...] = Field((), title="司法鉴定人助理")
    requirement: Prose | None = Field(None, title="工作要求")
    head: Line = Field(title="机构负责人")
    assigned_on: date = Field(title="指派日期")


class RecusalDecision(InstitutionPaper):
    """回避决定书 (程序通则 第二十条、第二十一条)."""

    requested_by: Line = Field(title="申请人")
    requested_on: date = Field(title="申请日期")
    appraiser: Line = Field(title="被申请回避的司法鉴定人或者鉴定机构")
    ground: Prose = Field(title="申请理由")
    recused: bool = Field(title="是否回避")
    stepping_back: Line | None = Field(None, title="决定回避的司法鉴定人", description="本机构回避的，不填")
    institution_recused: bool = Field(False, title="是否由本机构回避")
    reason: Prose = Field(title="决定理由")
    replacement: Line | None = Field(None, title="另行指派的司法鉴定人")


class PlanStep(Shape):
    """One step of the plan."""

    step: Line = Field(title="步骤")
    content: Prose = Field(title="内容")
    method: Line | None = Field(None, title="方法")
    planned_on: date | None = Field(None, title="计划日期")


class ExaminationPlan(InstitutionPaper):
    """鉴定方案 (法〔2020〕202号 第七条; 程序通则 第二十三条)."""

    category: Line = Field(title="执业类别")
    appraisers: tuple[Appraiser, ...] = Field(title="司法鉴定人", min_length=2)
    standards: tuple[Standard, ...] = Field(title="技术标准和方法", min_length=1)
    method_reason: Prose | None = Field(None, title="方法选择说明")
    instruments: tuple[Instrument, ...] = Field((), title="仪器设备")
    steps: tuple[PlanStep, ...] = Field(title="鉴定步骤", min_length=1)
    planned_due_on: date = Field(title="计划完成日期")
    fee_fen: Fen | None = Field(None, title="鉴定费用")
    cooperation: Prose | None = Field(None, title="需要委托人配合的事项")
    risk: Prose | None = Field(None, title="风险提示")


class RecordEntry(Shape):
    """One entry made while working."""

    at: Instant = Field(title="时间")
    method: Line = Field(title="方法和过程")
    result: Prose = Field(title="检验结果")
    instrument: Line | None = Field(None, title="仪器设备使用情况")
    signed_by: Line = Field(title="记录人签名")


class ExaminationRecord(InstitutionPaper):
    """鉴定记录, made and signed while working (程序通则 第二十七条)."""

    examinee: Examinee | None = Field(None, title="被鉴定人")
    exhibit: Line | None = Field(None, title="检材编号")
    place: Line = Field(title="鉴定地点")
    environment: Line | None = Field(None, title="环境条件")
    present: tuple[Line, ...] = Field((), title="在场人员")
    entries: tuple[RecordEntry, ...] = Field(title="记录", min_length=1)
    appraisers: tuple[Appraiser, ...] = Field(title="司法鉴定人", min_length=1)


class SignoffStep(Shape):
    """One hand the report went through."""

    role: Line = Field(title="环节")
    name: Line = Field(title="姓名")
    opinion: Prose = Field(title="意见")
    signed_on: date = Field(title="日期")


class SignoffSheet(InstitutionPaper):
    """签发单: drafted, reviewed, signed off."""

    report_number: Line | None = Field(None, title="文书编号")
    report_title: Line = Field(title="文书名称")
    appraisers: tuple[Line, ...] = Field(title="司法鉴定人", min_length=1)
    steps: tuple[SignoffStep, ...] = Field(title="办理环节", min_length=1)
    copies: int = Field(4, title="份数", ge=1, le=100)


class DeliveryMode(Choice):
    """送达方式."""

    DIRECT = "DIRECT", "直接送达"
    ELECTRONIC = "ELECTRONIC", "电子送达"
    POST = "POST", "邮寄送达"
    PICK_UP = "PICK_UP", "自取"


class DeliveredPaper(Shape):
    """One paper delivered."""

    title: Line = Field(title="文书名称")
    number: Line | None = Field(None, title="文书编号")
    copies: int = Field(1, title="份数", ge=1, le=100)


class DeliveryReceipt(InstitutionPaper):
    """送达回证."""

    receiver: Line = Field(title="受送达人")
    address: Line | None = Field(None, title="送达地址")
    mode: DeliveryMode = Field(title="送达方式")
    papers: tuple[DeliveredPaper, ...] = Field(title="送达文书", min_length=1)
    sent_at: Instant = Field(title="发送时间")
    received_by: Line | None = Field(None, title="收件人")
    received_at: Instant | None = Field(None, title="收到时间")
    delivered_by: Line = Field(title="送达人")
    remark: Prose | None = Field(None, title="备注")


class VolumeEntry(Shape):
    """One row of the index."""

    title: Line = Field(title="文件名称")
    number: Line | None = Field(None, title="文号")
    author: Line | None = Field(None, title="责任者")
    dated_on: date | None = Field(None, title="日期")
    first_page: int | None = Field(None, title="起始页码", ge=1)
    last_page: int | None = Field(None, title="终止页码", ge=1)
    remark: Line | None = Field(None, title="备注")


class VolumeIndex(InstitutionPaper):
    """卷内目录."""

    volume_number: Line = Field(title="卷号")
    retention: Line | None = Field(None, title="保管期限")
    entries: tuple[VolumeEntry, ...] = Field(title="目录", min_length=1)
    filed_by: Line = Field(title="立卷人")
    checked_by: Line | None = Field(None, title="检查人")
    filed_on: date = Field(title="立卷日期")

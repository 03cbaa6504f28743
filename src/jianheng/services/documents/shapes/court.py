"""Papers of a civil court's entrustment, from the request to handing over the material.

Law: 民事诉讼法、最高人民法院关于民事诉讼证据的若干规定（证据规定）、法〔2020〕202号.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from jianheng.services.documents.shapes.parts import (
    Appraiser,
    Choice,
    CourtPaper,
    Fen,
    Instant,
    Institution,
    Line,
    Material,
    Party,
    Prose,
    Shape,
)


class AppraisalApplication(CourtPaper):
    """鉴定申请书, by a party (证据规定 第三十一条)."""

    applicants: tuple[Party, ...] = Field(title="申请人", min_length=1)
    respondents: tuple[Party, ...] = Field((), title="被申请人")
    matters: tuple[Prose, ...] = Field(title="申请鉴定事项", min_length=1)
    purpose: Prose = Field(title="证明目的")
    facts_and_reasons: Prose = Field(title="事实与理由")
    materials: tuple[Material, ...] = Field((), title="拟提交的鉴定材料")
    applied_on: date | None = Field(None, title="申请日期")


class ExcludedKind(Choice):
    """不予委托鉴定的九种情形 (法〔2020〕202号 第一条); codes of the law's enumeration ``court.non_appraisable``."""

    COMMON_SENSE = "N1", "通过生活常识、经验法则可以推定的事实"
    UNRELATED = "N2", "与待证事实无关联的问题"
    NO_PROBATIVE_VALUE = "N3", "对证明待证事实无意义的问题"
    PARTY_MUST_PROVE = "N4", "应当由当事人举证的非专门性问题"
    FOUND_BY_HEARING = "N5", "通过法庭调查、勘验等方法可以查明的事实"
    LIABILITY_SPLIT = "N6", "对当事人责任划分的认定"
    LEGAL_QUESTION = "N7", "法律适用问题"
    POLYGRAPH = "N8", "测谎"
    OTHER = "N9", "其他不适宜委托鉴定的情形"


class Origin(Choice):
    """How the appraisal was begun."""

    APPLICATION = "APPLICATION", "当事人申请"
    EX_OFFICIO = "EX_OFFICIO", "人民法院依职权"


class ScreeningDecision(Choice):
    """审查意见."""

    ENTRUST = "ENTRUST", "同意委托鉴定"
    DECLINE = "DECLINE", "不予委托鉴定"
    AMEND = "AMEND", "调整鉴定事项后委托"


class ScreeningForm(CourtPaper):
    """鉴定事项审查表."""

    origin: Origin = Field(title="启动方式")
    applicant: Line | None = Field(None, title="申请人")
    applied_on: date | None = Field(None, title="申请日期")
    matter: Prose = Field(title="鉴定事项")
    purpose: Prose = Field(title="拟证明的事实")
    excluded_kinds: tuple[ExcludedKind, ...] = Field((), title="存在的不予委托情形")
    technique_reliable: bool = Field(title="鉴定技术和方法是否可靠")
    technique_note: Prose | None = Field(None, title="技术可靠性说明")
    decision: ScreeningDecision = Field(title="审查意见")
    decision_reason: Prose = Field(title="理由")
    judge: Line = Field(title="承办法官")
    screened_on: date = Field(title="审查日期")

    @model_validator(mode="after")
    def _never_entrusts_an_excluded_kind(self) -> ScreeningForm:
        if self.decision is ScreeningDecision.ENTRUST and self.excluded_kinds:
            raise ValueError("存在不予委托鉴定的情形时，审查意见不得为“同意委托鉴定”")
        return self


class TransferForm(CourtPaper):
    """委托鉴定移送表, with 移送材料清单; in two copies."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    division: Line = Field(title="移送部门")
    judge: Line = Field(title="承办法官")
    judge_phone: Line | None = Field(None, title="联系电话")
    origin: Origin = Field(title="启动方式")
    category: Line = Field(title="鉴定类别")
    matter: Prose = Field(title="委托鉴定事项")
    scope: Prose = Field(title="鉴定范围")
    purpose: Prose = Field(title="鉴定目的")
    term: Line | None = Field(None, title="鉴定期限要求")
    basic_facts: Prose = Field(title="简要案情")
    selection_request: Prose | None = Field(None, title="对选择鉴定机构的意见")
    recusal_request: Prose | None = Field(None, title="申请回避情况")
    fee_payer: Line | None = Field(None, title="预交鉴定费用当事人")
    materials: tuple[Material, ...] = Field(title="移送材料", min_length=1)
    division_opinion: Prose | None = Field(None, title="部门负责人意见")
    transferred_on: date = Field(title="移送日期")
    transferred_by: Line = Field(title="移送人")
    received_by: Line | None = Field(None, title="接收人")
    received_on: date | None = Field(None, title="接收日期")


class Finding(Choice):
    """The court's finding on one material."""

    CONFIRMED = "CONFIRMED", "确认作为鉴定材料"
    REJECTED = "REJECTED", "不作为鉴定材料"
    PENDING = "PENDING", "待进一步审查"


class ExaminedMaterial(Shape):
    """One material as it was cross-examined."""

    name: Line = Field(title="材料名称")
    offered_by: Line = Field(title="提供人")
    authenticity: Prose = Field(title="对真实性的意见")
    legality: Prose = Field(title="对合法性的意见")
    relevance: Prose = Field(title="对关联性的意见")
    finding: Finding = Field(title="法庭认定")
    reason: Prose | None = Field(None, title="认定理由")


class CrossExaminationRecord(CourtPaper):
    """质证笔录 of the material to be handed over (证据规定 第三十四条)."""

    began_at: Instant = Field(title="质证时间")
    place: Line = Field(title="质证地点")
    judge: Line = Field(title="审判人员")
    clerk: Line = Field(title="书记员")
    present: tuple[Party, ...] = Field(title="到庭人员", min_length=1)
    absent_note: Prose | None = Field(None, title="未到庭人员及处理")
    materials: tuple[ExaminedMaterial, ...] = Field(title="质证材料", min_length=1)
    statement: Prose | None = Field(None, title="其他陈述")


class Deficiency(Shape):
    """One thing missing or wrong."""

    item: Line = Field(title="材料或者事项")
    problem: Prose = Field(title="存在的问题")
    requirement: Prose = Field(title="补正要求")


class DeficiencyNotice(CourtPaper):
    """一次性补正告知书: everything wrong is told at once."""

    addressee: Line = Field(title="送达对象")
    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    matter: Prose = Field(title="委托鉴定事项")
    deficiencies: tuple[Deficiency, ...] = Field(title="需要补正的内容", min_length=1)
    due_on: date | None = Field(None, title="补正期限")
    contact: Line | None = Field(None, title="联系人")
    phone: Line | None = Field(None, title="联系电话")


class SelectionMode(Choice):
    """选择方式."""

    BY_AGREEMENT = "BY_AGREEMENT", "协商确定"
    BY_LOT = "BY_LOT", "随机选定"
    BY_DESIGNATION = "BY_DESIGNATION", "人民法院指定"
    OUTSIDE_LIST = "OUTSIDE_LIST", "名册外选定"


class SideChoice(Shape):
    """One side's ranked list."""

    side: Line = Field(title="当事人")
    institutions: tuple[Line, ...] = Field((), title="依次提出的鉴定机构")
    attended: bool = Field(True, title="是否到场")


class ExcludedCandidate(Shape):
    """An institution left out of the candidates, and why."""

    institution: Line = Field(title="鉴定机构")
    reason: Line = Field(title="排除理由")


class SelectionRecord(CourtPaper):
    """选择机构笔录 (证据规定 第三十二条)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    category: Line = Field(title="鉴定类别")
    matter: Prose = Field(title="委托鉴定事项")
    held_at: Instant = Field(title="选择时间")
    place: Line = Field(title="选择地点")
    presided_by: Line = Field(title="主持人")
    recorded_by: Line = Field(title="记录人")
    sides: tuple[SideChoice, ...] = Field(title="各方意见", min_length=1)
    mode: SelectionMode = Field(title="选择方式")
    mode_reason: Prose | None = Field(None, title="采用该方式的理由")
    candidates: tuple[Line, ...] = Field((), title="备选机构")
    excluded: tuple[ExcludedCandidate, ...] = Field((), title="排除的机构")
    chosen: Line = Field(title="选定的鉴定机构")


class DrawNotice(CourtPaper):
    """摇号结果告知书: everything needed to recompute the draw."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    category: Line = Field(title="鉴定类别")
    matter: Prose = Field(title="委托鉴定事项")
    drawn_at: Instant = Field(title="摇号时间")
    digest: Line = Field(title="顺位算法")
    commitment: Line = Field(title="公布内容的承诺值")
    seed: Prose = Field(title="信标、轮次和脉冲")
    log_index: int | None = Field(None, title="日志序号", ge=0)
    order: tuple[Line, ...] = Field(title="摇号顺位", min_length=1)
    excluded: tuple[ExcludedCandidate, ...] = Field((), title="排除的机构")
    chosen: Line = Field(title="选定的鉴定机构")


class CourtEntrustment(CourtPaper):
    """人民法院司法鉴定委托书: matter, scope, purpose, time (证据规定 第三十二条)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="受托鉴定机构")
    category: Line = Field(title="鉴定类别")
    matter: Prose = Field(title="鉴定事项")
    scope: Prose = Field(title="鉴定范围")
    purpose: Prose = Field(title="鉴定目的")
    term_working_days: int = Field(title="鉴定期限（工作日）", ge=1, le=1000)
    answer_working_days: int | None = Field(None, title="反馈鉴定方案的工作日数", ge=1, le=1000)
    basic_facts: Prose = Field(title="基本案情")
    materials: tuple[Material, ...] = Field(title="鉴定材料", min_length=1)
    fee_payer: Line | None = Field(None, title="交费人")
    officer: Line = Field(title="承办人")
    phone: Line | None = Field(None, title="联系电话")
    address: Line | None = Field(None, title="人民法院地址")


class FeeNotice(CourtPaper):
    """缴费通知书: the payer pays the institution directly (诉讼费用交纳办法 第十二条)."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    payer: Line = Field(title="交费人")
    matter: Prose = Field(title="委托鉴定事项")
    institution: Institution = Field(title="收款鉴定机构")
    amount_fen: Fen = Field(title="应交金额")
    basis: Line | None = Field(None, title="收费依据")
    account_name: Line = Field(title="户名")
    bank: Line = Field(title="开户银行")
    account_number: Line = Field(title="账号")
    due_on: date | None = Field(None, title="交费期限")
    contact: Line | None = Field(None, title="联系人")
    phone: Line | None = Field(None, title="联系电话")


class PromiseLetter(CourtPaper):
    """鉴定人承诺书 (证据规定 第三十三条; 法〔2020〕202号 附件)."""

    institution: Institution = Field(title="鉴定机构")
    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    matter: Prose = Field(title="委托鉴定事项")
    appraiser: Appraiser = Field(title="承诺人")
    promised_on: date | None = Field(None, title="承诺日期")


class HandoverList(CourtPaper):
    """材料交接清单."""

    entrustment_number: Line | None = Field(None, title="委托鉴定案号")
    institution: Institution = Field(title="接收机构")
    matter: Prose = Field(title="委托鉴定事项")
    materials: tuple[Material, ...] = Field(title="交接材料", min_length=1)
    handed_over_by: Line = Field(title="移交人")
    received_by: Line = Field(title="接收人")
    handed_over_at: Instant = Field(title="交接时间")
    remark: Prose | None = Field(None, title="备注")

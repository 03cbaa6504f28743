"""The seven national forms but the opinion report, which has a page of its own (司发通〔2016〕112号).

Fields of F1, F2 and F7 follow the published forms; those of F3–F6 are compiled from practice and await
checking against the published text (待核).
"""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from jianheng.services.documents.shapes.parts import (
    Appraiser,
    Choice,
    Client,
    Fen,
    Institution,
    InstitutionPaper,
    Line,
    Material,
    Prose,
    Shape,
)


class Delivery(Choice):
    """司法鉴定意见书发送方式."""

    PICK_UP = "PICK_UP", "自取"
    POST = "POST", "邮寄"
    OTHER = "OTHER", "其他方式"


class MaterialReturn(Choice):
    """约定事项 1(1) 关于鉴定材料; also what a termination says became of it."""

    NO_RETURN = "NO_RETURN", "所有鉴定材料无需退还。"
    RETURN_WHOLE = "RETURN_WHOLE", "鉴定材料须完整、无损坏地退还委托人。"
    MAY_BE_USED_UP = "MAY_BE_USED_UP", "因鉴定需要，鉴定材料可能会损坏、耗尽，导致无法完整退还。"
    SPECIAL_KEEPING = "SPECIAL_KEEPING", "对保管和使用鉴定材料有特殊要求："


class ResidualMaterial(Choice):
    """约定事项 1(2) 关于剩余鉴定材料."""

    CLIENT_COLLECTS = "CLIENT_COLLECTS", "委托人自行取回；逾期未取的，鉴定机构有权自行处理。"
    INSTITUTION_DISPOSES = "INSTITUTION_DISPOSES", "鉴定机构自行处理；发生处理费的，按有关收费标准或者协商收取。"
    OTHER = "OTHER", "其他方式。"


class EntrustmentLetter(Shape):
    """F1 司法鉴定委托书."""

    client: Client = Field(title="委托人")
    institution: Institution = Field(title="司法鉴定机构")
    case_number: Line | None = Field(None, title="案号")
    matter: Prose = Field(title="委托鉴定事项")
    is_re_appraisal: bool = Field(title="是否属于重新鉴定")
    purpose: Prose = Field(title="鉴定用途")
    basic_facts: Prose = Field(title="与鉴定有关的基本案情")
    materials: tuple[Material, ...] = Field(title="鉴定材料", min_length=1)
    fee_mode: Line | None = Field(None, title="预计费用及收取方式")
    fee_fen: Fen | None = Field(None, title="预计收费总金额")
    delivery: Delivery = Field(title="司法鉴定意见书发送方式")
    delivery_detail: Line | None = Field(None, title="邮寄地址或者其他发送方式")
    material_return: MaterialReturn = Field(title="关于鉴定材料")
    material_keeping: Line | None = Field(None, title="对鉴定材料的特殊要求")
    residual_material: ResidualMaterial = Field(title="关于剩余鉴定材料")
    residual_weeks: int | None = Field(None, title="取回期限（周）", ge=1, le=520)
    residual_fee_fen: Fen | None = Field(None, title="剩余鉴定材料处理费")
    residual_other: Line | None = Field(None, title="剩余鉴定材料其他处理方式")
    due_on: date | None = Field(None, title="完成鉴定日期")
    due_working_days: int | None = Field(None, title="完成鉴定工作日数", ge=1, le=1000)
    recusals: Prose | None = Field(None, title="需要回避的鉴定人及回避事由")
    other_agreements: Prose | None = Field(None, title="其他约定事项")
    other: Prose | None = Field(None, title="其他需要说明的事项")
    client_signed_on: date | None = Field(None, title="委托人签字日期")
    institution_signed_on: date | None = Field(None, title="司法鉴定机构签字日期")

    @model_validator(mode="after")
    def _has_one_due_time(self) -> EntrustmentLetter:
        if (self.due_on is None) == (self.due_working_days is None):
            raise ValueError("鉴定时限应当在“完成日期”和“工作日数”中择一填写")
        return self


class ExtensionNotice(InstitutionPaper):
    """F3 延长鉴定时限告知书."""

    accepted_on: date = Field(title="受理日期")
    due_on: date | None = Field(None, title="原定完成日期")
    reason: Prose = Field(title="延长理由")
    extra_working_days: int = Field(title="延长工作日数", ge=1, le=1000)
    new_due_on: date | None = Field(None, title="延长后完成日期")
    approved_by: Line | None = Field(None, title="批准人")


class TerminationNotice(InstitutionPaper):
    """F4 终止鉴定告知书."""

    accepted_on: date = Field(title="受理日期")
    ground: Prose = Field(title="终止情形")
    facts: Prose = Field(title="终止理由")
    ended_on: date = Field(title="终止日期")
    materials_returned: tuple[Material, ...] = Field((), title="退还的鉴定材料")
    material_note: Prose | None = Field(None, title="鉴定材料处理说明")
    fee_charged_fen: Fen | None = Field(None, title="已收费用")
    fee_returned_fen: Fen | None = Field(None, title="退还费用")
    fee_note: Prose | None = Field(None, title="费用结算说明")


class ReviewConclusion(Choice):
    """复核结论."""

    AGREE = "AGREE", "同意鉴定意见，可以签发"
    REVISE = "REVISE", "修改后签发"
    REDO = "REDO", "重新组织鉴定"


class Reviewer(Shape):
    """复核人: not one of the appraisers of this matter."""

    name: Line = Field(title="复核人姓名")
    title: Line | None = Field(None, title="职称")
    certificate_number: Line | None = Field(None, title="执业证证号")


class ReviewOpinion(InstitutionPaper):
    """F5 司法鉴定复核意见: filed, not sent."""

    appraisers: tuple[Appraiser, ...] = Field(title="鉴定人", min_length=1)
    reviewers: tuple[Reviewer, ...] = Field(title="复核人", min_length=1)
    on_procedure: Prose = Field(title="关于鉴定程序")
    on_opinion: Prose = Field(title="关于鉴定意见")
    conclusion: ReviewConclusion = Field(title="复核结论")
    reviewed_on: date = Field(title="复核日期")


class CorrectionReason(Choice):
    """补正情形, only flaws of form; codes of the law's enumeration ``appraisal.correction_grounds``."""

    IMAGE = "C1", "图像、谱图、表格不清晰"
    SIGNATURE = "C2", "签名、盖章或者编号不符合制作要求"
    WORDING = "C3", "文字表达有瑕疵或者错别字，但不影响司法鉴定意见"


class CorrectedPlace(Shape):
    """One place corrected."""

    page: int = Field(title="页码", ge=1)
    line: int | None = Field(None, title="行次", ge=1)
    original: Prose = Field(title="原内容")
    corrected: Prose = Field(title="补正后内容")


class CorrectionNotice(InstitutionPaper):
    """F6 司法鉴定意见书补正书."""

    report_number: Line = Field(title="原司法鉴定意见书编号")
    report_dated_on: date = Field(title="原司法鉴定意见书日期")
    reason: CorrectionReason = Field(title="补正情形")
    places: tuple[CorrectedPlace, ...] = Field(title="补正内容", min_length=1)
    statement: Prose | None = Field(None, title="原鉴定人不能签名的说明")
    appraisers: tuple[Appraiser, ...] = Field(title="司法鉴定人", min_length=1)


class PartyNotice(Shape):
    """F7 司法鉴定告知书."""

    institution: Institution = Field(title="司法鉴定机构")
    informed: Line = Field(title="被告知人")
    relation: Line | None = Field(None, title="与案件或者被鉴定人的关系")
    matter: Line | None = Field(None, title="委托鉴定事项")
    taboos: Prose | None = Field(None, title="告知的民族习俗等禁忌")
    informed_on: date | None = Field(None, title="告知日期")

"""F2 司法鉴定意见书: one report in seven parts; disability grading adds its own tables.

The contents a civil court looks for (民事诉讼证据规定 第三十六条) are all required fields here: the
entrusting court, the matter, the material, the method, the process, the opinion, the promise letter.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from jianheng.services.documents.shapes.parts import (
    Appraiser,
    Choice,
    Examinee,
    Institution,
    Instrument,
    Line,
    Material,
    Picture,
    Prose,
    Shape,
    Standard,
)


class Chapter(Shape):
    """A headed passage, such as one examination."""

    heading: Line = Field(title="小标题")
    text: Prose = Field(title="内容")


class RecordAbstract(Shape):
    """资料摘要: what one record says."""

    source: Line = Field(title="资料名称和来源")
    dated_on: date | None = Field(None, title="资料日期")
    text: Prose = Field(title="摘要")


class Promise(Shape):
    """The promise letter the report refers to."""

    number: Line = Field(title="承诺书编号")
    signed_on: date = Field(title="承诺书签署日期")


class Dissent(Shape):
    """An appraiser's differing opinion, noted in the report (程序通则 第三十七条)."""

    appraiser: Line = Field(title="鉴定人")
    text: Prose = Field(title="不同意见")


class Attachment(Shape):
    """附件: named, and printed where it is a picture."""

    title: Line = Field(title="附件名称")
    pages: int | None = Field(None, title="页数", ge=1)
    pictures: tuple[Picture, ...] = Field((), title="图片")


class Opinion(Shape):
    """F2, general form."""

    institution: Institution = Field(title="司法鉴定机构")
    client: Line = Field(title="委托人（委托法院）")
    case_number: Line | None = Field(None, title="案号")
    entrustment_number: Line | None = Field(None, title="委托书编号")
    matter: Prose = Field(title="委托鉴定事项")
    category: Line = Field(title="鉴定类别")
    is_re_appraisal: bool = Field(False, title="是否属于重新鉴定")
    accepted_on: date = Field(title="受理日期")
    materials: tuple[Material, ...] = Field(title="鉴定材料", min_length=1)
    started_on: date = Field(title="鉴定开始日期")
    finished_on: date = Field(title="鉴定完成日期")
    place: Line = Field(title="鉴定地点")
    present: tuple[Line, ...] = Field((), title="在场人员")
    examinee: Examinee | None = Field(None, title="被鉴定人")
    basic_facts: Prose = Field(title="基本案情")
    records: tuple[RecordAbstract, ...] = Field((), title="资料摘要")
    principle: Prose = Field(title="鉴定依据的原理和方法")
    standards: tuple[Standard, ...] = Field(title="技术标准和方法", min_length=1)
    instruments: tuple[Instrument, ...] = Field((), title="仪器设备")
    examinations: tuple[Chapter, ...] = Field(title="检验过程和结果", min_length=1)
    analysis: Prose = Field(title="分析说明")
    opinions: tuple[Prose, ...] = Field(title="鉴定意见", min_length=1)
    dissents: tuple[Dissent, ...] = Field((), title="不同意见")
    promise: Promise | None = Field(None, title="鉴定人承诺书")
    attachments: tuple[Attachment, ...] = Field((), title="附件")
    appraisers: tuple[Appraiser, ...] = Field(title="司法鉴定人", min_length=2)
    authorised_signatory: Appraiser | None = Field(None, title="授权签字人")
    remark: Prose | None = Field(None, title="需要说明的事项")


class Contribution(Choice):
    """损伤与后果的因果关系类型."""

    COMPLETE = "COMPLETE", "完全作用"
    MAIN = "MAIN", "主要作用"
    EQUAL = "EQUAL", "同等作用"
    SECONDARY = "SECONDARY", "次要作用"
    SLIGHT = "SLIGHT", "轻微作用"
    NONE = "NONE", "没有作用"


class Accident(Shape):
    """The traffic accident."""

    happened_on: date = Field(title="事故日期")
    place: Line = Field(title="事故地点")
    account: Prose = Field(title="事故经过")
    liability_document: Line | None = Field(None, title="道路交通事故认定书编号")


class Hospitalisation(Shape):
    """One stay in hospital or out-patient treatment."""

    hospital: Line = Field(title="医疗机构")
    record_number: Line | None = Field(None, title="病案号")
    admitted_on: date | None = Field(None, title="入院日期")
    discharged_on: date | None = Field(None, title="出院日期")
    diagnosis: Prose = Field(title="诊断")
    course: Prose = Field(title="诊疗经过")


class Film(Shape):
    """One film read by the appraisers."""

    number: Line = Field(title="影像号")
    kind: Line = Field(title="影像种类")
    taken_on: date | None = Field(None, title="摄片日期")
    finding: Prose = Field(title="阅片所见")


class Measurement(Shape):
    """One function measured on both sides, such as the range of a joint."""

    item: Line = Field(title="测量项目")
    unit: Line = Field(title="单位")
    injured: Line = Field(title="伤侧")
    healthy: Line | None = Field(None, title="健侧")
    loss: Line | None = Field(None, title="丧失程度")


class DisabilityRating(Shape):
    """One disability and its grade; grade 1 is the heaviest of ten."""

    injury: Line = Field(title="损伤后遗")
    clause: Line = Field(title="对应条款")
    grade: int = Field(title="致残等级", ge=1, le=10)


class RecoveryPeriods(Shape):
    """误工期、护理期、营养期, in days."""

    off_work_days: int | None = Field(None, title="误工期（日）", ge=0)
    nursing_days: int | None = Field(None, title="护理期（日）", ge=0)
    nutrition_days: int | None = Field(None, title="营养期（日）", ge=0)


class DisabilityOpinion(Opinion):
    """F2 for 法医临床: disability grade after a traffic accident (人体损伤致残程度分级)."""

    examinee: Examinee = Field(title="被鉴定人")
    accident: Accident = Field(title="道路交通事故")
    hospitalisations: tuple[Hospitalisation, ...] = Field(title="病历摘要", min_length=1)
    films: tuple[Film, ...] = Field((), title="影像学资料")
    complaint: Prose = Field(title="被鉴定人主诉")
    measurements: tuple[Measurement, ...] = Field((), title="功能测量")
    healed_on: date = Field(title="医疗终结日期")
    contribution: Contribution = Field(title="损伤与后果的因果关系")
    contribution_note: Prose = Field(title="因果关系分析")
    ratings: tuple[DisabilityRating, ...] = Field((), title="致残等级")
    nursing_dependence: Line | None = Field(None, title="护理依赖程度")
    periods: RecoveryPeriods | None = Field(None, title="误工期、护理期、营养期")

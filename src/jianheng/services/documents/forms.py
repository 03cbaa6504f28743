"""The registry of forms: what each paper is called, rests on, says, who signs and who gets it.

A mistake here stops the program at import, not a clerk at work: every form has a template, a shape and a law.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jianheng.services.documents.errors import UnknownFormError
from jianheng.services.documents.form import Form
from jianheng.services.documents.numbering import NumberKind
from jianheng.services.documents.shapes import court, court_conduct, institution, national, opinion
from jianheng.services.documents.shapes.parts import Shape
from jianheng.services.documents.terms import APPRAISER, PARTY, REVIEWER, Confidentiality, Issuer, Seal, Seat
from jianheng.services.documents.typesetting import TEMPLATES

COURT = (Seat.COURT, Seat.UNIT)
INSTITUTION = (Seat.INSTITUTION,)
PARTIES = (Seat.APPLICANT, Seat.RESPONDENT)
ALL = (*COURT, *INSTITUTION, *PARTIES)
BY_COURT = ("judge", "tech", "leader")  # posts of a court that may put their name to its papers
CASE, SENSITIVE, INTERNAL = Confidentiality.CASE, Confidentiality.SENSITIVE, Confidentiality.INTERNAL
GR, CER, SPC202 = "司法鉴定程序通则", "最高人民法院关于民事诉讼证据的若干规定", "法〔2020〕202号"
FORMS_2016 = "司发通〔2016〕112号"


def _institution_form(code: str, title: str, shape: type[Shape], word: str, *law: str, **other: object) -> Form:
    """A paper an institution seals and sends to the court that entrusted it, unless said otherwise."""
    given: dict[str, object] = {
        "audience": (*COURT, *INSTITUTION),
        "number": NumberKind.LETTER,
        "signed_by": (Seal.INSTITUTION,),
        **other,
    }
    return Form(code, title, shape, Issuer.INSTITUTION, law, word=word, **given)  # type: ignore[arg-type]  # fields of a form


def _working_form(code: str, title: str, shape: type[Shape], word: str, *law: str, **other: object) -> Form:
    """A paper that stays in an institution."""
    given = {"audience": INSTITUTION, "confidentiality": INTERNAL, "signed_by": (), **other}
    return _institution_form(code, title, shape, word, *law, **given)


def _court_form(code: str, title: str, shape: type[Shape], word: str, *law: str, **other: object) -> Form:
    """A paper of a court, sealed unless said otherwise."""
    given: dict[str, object] = {
        "audience": (*COURT, *PARTIES),
        "number": NumberKind.COURT,
        "signed_by": (Seal.COURT,),
        **other,
    }
    return Form(code, title, shape, Issuer.COURT, law, word=word, **given)  # type: ignore[arg-type]  # fields of a form


_F2: dict[str, object] = {
    "number": NumberKind.FIELD,
    "confidentiality": SENSITIVE,
    "signed_by": (APPRAISER, Seal.INSTITUTION),
    "everyone_signs": True,
    "apart": ("dissents",),
    "places": (("authorised_signatory", ("authorised_signatory",)),),
}
_F2_LAW = (f"{GR} 第三十六条", f"{GR} 第三十七条", f"{CER} 第三十六条", FORMS_2016)

_NATIONAL = (
    _institution_form(
        "entrustment_letter",
        "司法鉴定委托书",
        national.EntrustmentLetter,
        "委",
        f"{GR} 第十六条",
        FORMS_2016,
        may_seal=(Seal.CLIENT,),
    ),
    _institution_form("opinion_disability", "司法鉴定意见书", opinion.DisabilityOpinion, "", *_F2_LAW, **_F2),
    _institution_form("opinion_general", "司法鉴定意见书", opinion.Opinion, "", *_F2_LAW, **_F2),
    _institution_form(
        "extension_notice",
        "延长鉴定时限告知书",
        national.ExtensionNotice,
        "（延）",
        f"{GR} 第二十八条",
        FORMS_2016,
        number=NumberKind.FIELD,
        verified=False,
    ),
    _institution_form(
        "termination_notice",
        "终止鉴定告知书",
        national.TerminationNotice,
        "（终）",
        f"{GR} 第二十九条",
        FORMS_2016,
        number=NumberKind.FIELD,
        verified=False,
    ),
    _working_form(
        "review_opinion",
        "司法鉴定复核意见",
        national.ReviewOpinion,
        "（复）",
        f"{GR} 第三十五条",
        FORMS_2016,
        number=NumberKind.FIELD,
        signed_by=(REVIEWER,),
        verified=False,
    ),
    _institution_form(
        "correction_notice",
        "司法鉴定意见书补正书",
        national.CorrectionNotice,
        "（补）",
        f"{GR} 第四十一条",
        FORMS_2016,
        number=NumberKind.FIELD,
        confidentiality=SENSITIVE,
        signed_by=(APPRAISER, Seal.INSTITUTION),
        verified=False,
    ),
    _institution_form(
        "party_notice",
        "司法鉴定告知书",
        national.PartyNotice,
        "告",
        f"{GR} 第十六条",
        FORMS_2016,
        audience=(*INSTITUTION, *PARTIES),
        signed_by=(),
    ),
)

_COURT = (
    Form(
        "appraisal_application",
        "鉴定申请书",
        court.AppraisalApplication,
        Issuer.PARTY,
        ("民事诉讼法 第七十九条", f"{CER} 第三十一条"),
        (*COURT, *PARTIES),
        places=(("party", (PARTY,)),),
    ),
    _court_form(
        "screening_form",
        "鉴定事项审查表",
        court.ScreeningForm,
        "审查",
        f"{SPC202} 第一条",
        f"{SPC202} 第二条",
        audience=COURT,
        confidentiality=INTERNAL,
        signed_by=(),
        places=(("judge", BY_COURT),),
    ),
    _court_form(
        "transfer_form",
        "委托鉴定移送表",
        court.TransferForm,
        "移送",
        f"{CER} 第三十二条",
        audience=COURT,
        confidentiality=INTERNAL,
        signed_by=(),
    ),
    _court_form(
        "cross_examination_record",
        "质证笔录",
        court.CrossExaminationRecord,
        "质证",
        f"{CER} 第三十四条",
        audience=ALL,
        confidentiality=SENSITIVE,
        signed_by=(),
        places=(("judge", BY_COURT), ("clerk", ("clerk",))),
        lasting=True,  # what was said of the material goes with the material (证据规定 第三十四条)
    ),
    _court_form(
        "deficiency_notice",
        "一次性补正告知书",
        court.DeficiencyNotice,
        "补正",
        f"{SPC202} 第三条",
        audience=COURT,
        verified=False,
    ),
    _court_form(
        "selection_record",
        "选择机构笔录",
        court.SelectionRecord,
        "选定",
        f"{CER} 第三十二条",
        "法释〔2002〕8号 第十条",
        signed_by=(),
        places=(("presiding", BY_COURT), ("clerk", ("clerk",))),
    ),
    _court_form("draw_notice", "摇号结果告知书", court.DrawNotice, "摇号", f"{CER} 第三十二条", audience=ALL),
    _court_form(
        "court_entrustment",
        "人民法院司法鉴定委托书",
        court.CourtEntrustment,
        "委托",
        "民事诉讼法 第七十九条",
        f"{CER} 第三十二条",
        audience=(*COURT, *INSTITUTION),
    ),
    _court_form(
        "fee_notice",
        "缴费通知书",
        court.FeeNotice,
        "缴费",
        "诉讼费用交纳办法 第十二条",
        f"{CER} 第三十一条",
        audience=ALL,
    ),
    Form(
        "promise_letter",
        "鉴定人承诺书",
        court.PromiseLetter,
        Issuer.APPRAISER,
        (f"{CER} 第三十三条", f"{SPC202} 附件"),
        ALL,
        number=NumberKind.COURT,
        word="承诺",
        signed_by=(APPRAISER, Seal.INSTITUTION),
    ),
    _court_form(
        "handover_list",
        "材料交接清单",
        court.HandoverList,
        "交接",
        f"{GR} 第十二条",
        audience=(*COURT, *INSTITUTION),
        may_seal=(Seal.INSTITUTION,),
    ),
    Form(
        "extension_request",
        "延期申请书",
        court_conduct.ExtensionRequest,
        Issuer.INSTITUTION,
        (f"{SPC202} 第十三条",),
        (*COURT, *INSTITUTION),
        number=NumberKind.COURT,
        word="延期申请",
        signed_by=(Seal.INSTITUTION,),
    ),
    _court_form(
        "extension_decision",
        "延期决定",
        court_conduct.ExtensionDecision,
        "延期",
        f"{SPC202} 第十三条",
        audience=ALL,
    ),
    _court_form(
        "erasure_certificate",
        "个人信息销毁证明",
        court_conduct.ErasureCertificate,
        "销",
        "个人信息保护法 第四十七条",
        audience=COURT,
    ),
    _court_form(
        "report_check",
        "鉴定书审查表",
        court_conduct.ReportCheck,
        "审核",
        f"{CER} 第三十六条",
        f"{SPC202} 第十一条",
        audience=COURT,
        confidentiality=INTERNAL,
        signed_by=(),
        places=(("checker", BY_COURT),),
    ),
    Form(
        "objection",
        "异议书",
        court_conduct.Objection,
        Issuer.PARTY,
        (f"{CER} 第三十七条",),
        ALL,
        confidentiality=SENSITIVE,
        places=(("party", (PARTY,)),),
    ),
    Form(
        "objection_answer",
        "异议答复",
        court_conduct.ObjectionAnswer,
        Issuer.APPRAISER,
        (f"{CER} 第三十七条",),
        ALL,
        confidentiality=SENSITIVE,
        number=NumberKind.COURT,
        word="答复",
        signed_by=(APPRAISER, Seal.INSTITUTION),
    ),
    _court_form(
        "attendance_cost_notice",
        "预交鉴定人出庭费用通知书",
        court_conduct.AttendanceCostNotice,
        "出庭费",
        f"{CER} 第三十八条",
        verified=False,
    ),
    _court_form(
        "summons_appraiser",
        "出庭通知书",
        court_conduct.AppraiserSummons,
        "出庭",
        f"{CER} 第七十九条",
        "民事诉讼法 第八十一条",
        audience=ALL,
    ),
    _court_form(
        "rating_form",
        "机构评价表",
        court_conduct.RatingForm,
        "评价",
        f"{SPC202} 第十四条",
        audience=(*COURT, *INSTITUTION),
        signed_by=(),
        places=(("rater", BY_COURT),),
        verified=False,
    ),
    _court_form(
        "refund_order",
        "责令退还鉴定费用通知书",
        court_conduct.RefundOrder,
        "退费",
        f"{CER} 第四十二条",
        f"{SPC202} 第十一条",
        audience=ALL,
        verified=False,
    ),
    _court_form("lapse_notice", "视为放弃鉴定告知书", court_conduct.LapseNotice, "放弃", f"{CER} 第三十一条"),
)

_WORKING = (
    _working_form(
        "acceptance_review_form",
        "受理审查表",
        institution.AcceptanceReviewForm,
        "受审",
        f"{GR} 第十三条",
        f"{GR} 第十四条",
        places=(("intake", ("intake",)), ("head", ("head",))),
    ),
    _institution_form("material_receipt", "材料接收清单", institution.MaterialReceipt, "收材", f"{GR} 第十二条"),
    _institution_form(
        "refusal_notice",
        "不予受理通知书",
        institution.RefusalNotice,
        "不受",
        f"{GR} 第十五条",
        f"{GR} 第十七条",
    ),
    _institution_form("supplement_notice", "补充材料通知书", institution.SupplementNotice, "补材", f"{GR} 第十四条"),
    _institution_form("fee_quote", "收费告知书", institution.FeeQuote, "费", f"{GR} 第十六条", audience=ALL),
    _working_form(
        "assignment_sheet",
        "指派单",
        institution.AssignmentSheet,
        "派",
        f"{GR} 第十八条",
        f"{GR} 第十九条",
        places=(("head", ("head",)),),
        verified=False,
    ),
    _institution_form(
        "recusal_decision",
        "回避决定书",
        institution.RecusalDecision,
        "避",
        f"{GR} 第二十条",
        f"{GR} 第二十一条",
        audience=ALL,
    ),
    _institution_form(
        "examination_plan",
        "鉴定方案",
        institution.ExaminationPlan,
        "案",
        f"{SPC202} 第七条",
        f"{GR} 第二十三条",
        signed_by=(APPRAISER, Seal.INSTITUTION),
        verified=False,
    ),
    _working_form(
        "examination_record",
        "鉴定记录",
        institution.ExaminationRecord,
        "录",
        f"{GR} 第二十七条",
        confidentiality=SENSITIVE,
        signed_by=(APPRAISER,),
    ),
    _working_form(
        "signoff_sheet",
        "签发单",
        institution.SignoffSheet,
        "签",
        f"{GR} 第三十五条",
        f"{GR} 第三十七条",
        places=(("head", ("head",)),),
    ),
    _institution_form("delivery_receipt", "送达回证", institution.DeliveryReceipt, "送", f"{GR} 第三十九条"),
    _working_form("volume_index", "卷内目录", institution.VolumeIndex, "", f"{GR} 第四十二条", number=None),
)

FORMS: Mapping[str, Form] = MappingProxyType({form.code: form for form in (*_NATIONAL, *_COURT, *_WORKING)})

LASTING = tuple(form.code for form in FORMS.values() if form.lasting)


def form(code: str) -> Form:
    """The form of that code; refuses with ``UnknownFormError``."""
    try:
        return FORMS[code]
    except KeyError:
        raise UnknownFormError(f"没有代码为“{code}”的文书。", about="kind") from None


for _form in FORMS.values():
    if not (TEMPLATES / f"{_form.code}.typ").is_file() or not _form.law:
        raise RuntimeError(f"form {_form.code} lacks a template or a law")

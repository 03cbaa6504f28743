"""Clocks and nodes of an entrustment: who owes what, by when."""

from __future__ import annotations

from jianheng.kernel.procedure import SYSTEM, ClockRule, Node
from jianheng.modules.entrustment.procedures.sources import CER, CPL, FEES, GR, SELECT_AGAIN, SPC202

CLOCKS = (
    ClockRule("application", "申请鉴定期限", "court.application.period", court_set=True, lapse="lapse_application"),
    ClockRule("mending", "补正期限", "court.mending.period", court_set=True),
    ClockRule("handover", "材料移交期限", "court.material.handover.period"),
    ClockRule("acceptance", "机构受理期限", "appraisal.acceptance.period", court_set=True, lapse="miss_answer"),
    ClockRule("plan", "机构提交方案期限", "court.entrustment.answer.period", court_set=True, lapse="miss_answer"),
    ClockRule("payment", "预交鉴定费期限", "court.fee.payment.period", court_set=True, lapse="miss_payment"),
    ClockRule("supplement", "补充材料期限", "court.supplement.period", court_set=True),
    ClockRule("objection", "提出异议期限", "court.objection.period", court_set=True, lapse="lapse_objection"),
    ClockRule("answer", "书面答复期限", "court.answer.period", court_set=True),
    ClockRule("contact", "联系方式更正的等待期", "court.contact.waiting.period", lapse="carry_contact"),
    ClockRule("erasing", "销毁以前的异议期", "court.erasing.waiting.period", lapse="carry_erasing"),
    ClockRule("attendance_cost", "预交出庭费用期限", "court.attendance.prepay.period", court_set=True),
)

BEFORE_ENTRUSTING = (
    Node(
        "apply",
        "申请鉴定并提交材料",
        "applicant.party",
        law=(f"{CER} 第三十条", f"{CER} 第三十一条"),
        clock="application",
        plain="请在法院指定的期限内提出鉴定申请",
    ),
    Node(
        "late_application",
        "逾期未申请的处理",
        "court.judge",
        law=(f"{CER} 第三十一条", f"{CPL} 第八十六条"),
        plain="申请鉴定的期限已过；确有正当理由的，请尽快说明理由并提出申请",
    ),
    Node(
        "screen",
        "鉴定事项审查",
        "court.judge",
        law=(f"{SPC202} 第一条", f"{SPC202} 第二条"),
        plain="承办法官正在审查是否需要鉴定",
    ),
    Node(
        "examine",
        "鉴定材料质证",
        "court.judge",
        law=(f"{CER} 第三十四条", f"{SPC202} 第三条"),
        plain="法院正在组织对鉴定材料质证",
    ),
    Node(
        "exempted",
        "不组织质证的材料（双方可以要求质证）",
        SYSTEM,
        design=True,
        aside=True,
        plain="法院对部分材料不组织质证；移交鉴定机构以前，您可以要求质证",
    ),
    Node("filing", "移送立案审查", "unit.tech", design=True, plain="司法技术部门正在审查立案"),
    Node("mend", "补正移送材料", "court.judge", design=True, clock="mending", plain="承办法官正在补正材料"),
    Node(
        "selection",
        "选择鉴定机构",
        SYSTEM,
        law=(f"{CER} 第三十二条", "法释〔2002〕8号 第十条"),
        plain="正在选择鉴定机构",
    ),
    Node(
        "entrust",
        "审查机构并出具委托书",
        "unit.tech",
        law=(f"{CER} 第三十二条", f"{SPC202} 第六条"),
        plain="机构已选定，法院正在审查其资格并出具委托书",
    ),
    Node(
        "confirm_rejection",
        "复核机构资格审查",
        "court.judge",
        law=(f"{SPC202} 第六条",),
        plain="有人认为选定的机构不合格，法官正在复核，双方可以提出意见",
    ),
)

AT_WORK = (
    Node(
        "hand_over",
        "移交鉴定材料",
        "unit.tech",
        law=(f"{CER} 第三十四条",),
        clock="handover",
        plain="法院正在向鉴定机构移交材料",
    ),
    Node(
        "acceptance",
        "机构受理与答复（见鉴定事项）",
        SYSTEM,
        law=(f"{GR} 第十三条", f"{SPC202} 第七条"),
        clock="acceptance",
        plain="鉴定机构正在决定是否受理",
    ),
    Node(
        "await_plan",
        "机构提交鉴定方案（见鉴定事项）",
        SYSTEM,
        law=(f"{SPC202} 第七条",),
        clock="plan",
        plain="鉴定机构已受理，正在制定鉴定方案",
    ),
    Node(
        "silence",
        "机构逾期未答复的处理",
        "unit.tech",
        law=(f"{GR} 第十三条", f"{SPC202} 第七条", SELECT_AGAIN),
        plain="鉴定机构逾期未答复，法院正在处理",
    ),
    Node(
        "notify_fee",
        "审查鉴定方案与收费",
        "unit.tech",
        law=(f"{SPC202} 第七条", f"{FEES} 第十二条"),
        plain="法院正在审查鉴定方案和收费",
    ),
    Node(
        "pay",
        "预交鉴定费",
        "applicant.party",
        law=(f"{CER} 第三十一条", f"{FEES} 第十二条"),
        clock="payment",
        plain="请在期限内向鉴定机构交费并上传凭证",
    ),
    Node(
        "judge_lapse", "逾期未交费处理", "court.judge", law=(f"{CER} 第三十一条",), plain="交费期限已过，法院正在处理"
    ),
    Node(
        "appraising",
        "鉴定进行中（见鉴定事项）",
        SYSTEM,
        law=(f"{SPC202} 第十三条",),
        plain="鉴定机构正在鉴定",
    ),
    Node(
        "supplement",
        "补充鉴定材料",
        "court.judge",
        law=("司法鉴定程序通则 第十四条", f"{CER} 第三十四条"),
        clock="supplement",
        plain="鉴定机构需要补充材料，法院正在处理",
    ),
    Node(
        "decide_extension",
        "审查延期申请",
        "court.judge",
        law=(f"{SPC202} 第十三条",),
        plain="鉴定机构申请延长期限，法院正在审查",
    ),
    Node(
        "after_failure",
        "机构退出后的处理",
        "court.judge",
        law=(SELECT_AGAIN,),
        plain="鉴定机构未能完成鉴定，法院正在决定如何处理",
    ),
)

AFTER_REPORT = (
    Node(
        "check_report",
        "鉴定书审查",
        "court.judge",
        law=(f"{CER} 第三十六条", f"{SPC202} 第十一条"),
        plain="法院正在审查鉴定书",
    ),
    Node("serve", "向当事人送达副本", "unit.tech", law=(f"{CER} 第三十七条",), plain="法院即将送达鉴定书副本"),
    Node(
        "objection_applicant",
        "申请人异议期",
        "applicant.party",
        law=(f"{CER} 第三十七条",),
        clock="objection",
        plain="申请人可以在期限内书面提出异议",
    ),
    Node(
        "objection_respondent",
        "对方当事人异议期",
        "respondent.party",
        law=(f"{CER} 第三十七条",),
        clock="objection",
        plain="对方当事人可以在期限内书面提出异议",
    ),
    Node(
        "answer_objection",
        "书面答复异议",
        "institution.appraiser",
        law=(f"{CER} 第三十七条",),
        clock="answer",
        plain="鉴定人正在书面答复异议",
    ),
    Node(
        "after_answer",
        "答复后的处理",
        "court.judge",
        law=(f"{CER} 第三十八条",),
        plain="法院正在征询对书面答复的意见",
    ),
    Node(
        "attendance_cost",
        "预交鉴定人出庭费用",
        "court.judge",
        law=(f"{CER} 第三十八条",),
        clock="attendance_cost",
        plain="仍有异议的当事人须预交鉴定人出庭费用",
    ),
    Node("summon", "通知鉴定人出庭", "court.judge", law=(f"{CER} 第七十九条",), plain="法院正在通知鉴定人出庭"),
    Node(
        "testimony",
        "鉴定人出庭作证",
        "court.judge",
        law=(f"{CER} 第八十条", f"{CER} 第八十一条", f"{CPL} 第八十一条"),
        plain="鉴定人将出庭接受询问",
    ),
    Node("adopt", "采信审查", "court.judge", law=(f"{CER} 第四十条",), plain="法院正在审查是否采信鉴定意见"),
    Node(
        "decide_withdrawal",
        "审查撤销已采信的鉴定意见",
        "court.judge",
        law=(f"{CER} 第四十二条",),
        plain="鉴定机构申请撤销已经采信的鉴定意见，法院正在审查",
    ),
    Node("rate", "评价鉴定机构", "unit.tech", law=(f"{SPC202} 第十四条",), plain="鉴定已完成，法院正在办理结案评价"),
)

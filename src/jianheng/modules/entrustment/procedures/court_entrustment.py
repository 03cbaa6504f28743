"""人民法院对外委托鉴定, from the request to the rating.

The course follows 民事诉讼证据规定 arts 30–42 and 法〔2020〕202号. Choosing the institution and the appraisal itself
are matters of their own: while they run, this one waits at a node the platform keeps (``system``), and they
report back by the acts marked so.
"""

from __future__ import annotations

from jianheng.kernel.procedure import End, Procedure
from jianheng.modules.entrustment.procedures.beginning import BEGINNING
from jianheng.modules.entrustment.procedures.contacts import ABOUT_CONTACTS, WHILE_CONTACTS_WAIT
from jianheng.modules.entrustment.procedures.erasing import ABOUT_ERASING, WHILE_ERASING
from jianheng.modules.entrustment.procedures.nodes import AFTER_REPORT, AT_WORK, BEFORE_ENTRUSTING, CLOCKS
from jianheng.modules.entrustment.procedures.recusal import ABOUT_STAFF, STAFF_CLOCKS, WHILE_STAFF_IS_CHALLENGED
from jianheng.modules.entrustment.procedures.report import AT_ANY_TIME, REPORT
from jianheng.modules.entrustment.procedures.sealing import ABOUT_SEALING, WHILE_SEALING
from jianheng.modules.entrustment.procedures.sources import CER, CPL, SPC202
from jianheng.modules.entrustment.procedures.work import FEES_AND_MATERIAL, FROM_THE_INSTITUTION

ENTRUSTMENT = Procedure(
    code="entrustment",
    version=1,
    title="人民法院对外委托鉴定",
    law=(CER, SPC202, CPL),
    summary="法官提出鉴定需求，经审查、质证、立案、选择机构、委托、交费、鉴定、审查鉴定书、异议答复，到采信和评价。",
    seats={
        "court": "审理法院",
        "unit": "司法技术部门",
        "institution": "鉴定机构",
        "applicant": "申请人一方",
        "respondent": "对方当事人",
    },
    begin="request",
    nodes=(
        *BEFORE_ENTRUSTING,
        *AT_WORK,
        *AFTER_REPORT,
        *WHILE_CONTACTS_WAIT,
        *WHILE_STAFF_IS_CHALLENGED,
        *WHILE_SEALING,
        *WHILE_ERASING,
    ),
    acts=(
        *BEGINNING,
        *FROM_THE_INSTITUTION,
        *FEES_AND_MATERIAL,
        *REPORT,
        *AT_ANY_TIME,
        *ABOUT_CONTACTS,
        *ABOUT_STAFF,
        *ABOUT_SEALING,
        *ABOUT_ERASING,
    ),
    ends=(
        End("completed", "委托完成", "鉴定已经完成"),
        End("waived", "视为放弃鉴定申请", "逾期，视为放弃鉴定"),
        End("declined", "不予委托鉴定", "法院决定不予委托鉴定"),
        End("withdrawn", "撤回委托", "法院已撤回委托"),
        End("without_opinion", "未形成鉴定意见结案", "本案不再鉴定"),
        End("re_appraisal", "决定重新鉴定", "法院决定重新鉴定"),
    ),
    clocks=(*CLOCKS, *STAFF_CLOCKS),
)

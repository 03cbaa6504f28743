"""Clocks and nodes of an appraisal: who owes what, by when."""

from __future__ import annotations

from jianheng.kernel.procedure import SYSTEM, ClockRule, Node
from jianheng.modules.casework.procedures.sources import CER, SPC202, gr

CLOCKS = (
    ClockRule("acceptance", "受理审查期限", "appraisal.acceptance.period"),
    ClockRule("answer", "提交方案期限", "court.entrustment.answer.period"),
    ClockRule("completion", "鉴定时限", "appraisal.completion.period", court_set=True),
    ClockRule("filing", "归档期限", "archive.filing.period"),
)

RECEIVING = (
    Node("register", "接收核对鉴定材料", "institution.intake", law=gr("第十二条"), plain="鉴定机构正在接收材料"),
    Node(
        "acceptance_review",
        "受理审查",
        "institution.intake",
        law=(*gr("第十三条"), *gr("第十四条")),
        clock="acceptance",
        plain="鉴定机构正在审查是否受理",
    ),
    Node(
        "acceptance_supplement",
        "等待补充材料（受理前）",
        SYSTEM,
        law=gr("第十四条"),
        carries=("acceptance",),
        plain="等待法院补充材料",
    ),
    Node(
        "acceptance_decision",
        "受理决定",
        "institution.head",
        law=(*gr("第十三条"), *gr("第十五条")),
        clock="acceptance",
        plain="鉴定机构负责人正在决定是否受理",
    ),
    Node(
        "assign",
        "指派鉴定人",
        "institution.head",
        law=(*gr("第十八条"), *gr("第十九条")),
        clock="answer",
        carries=("completion",),
        plain="鉴定机构正在指派鉴定人",
    ),
    Node(
        "promise",
        "签署承诺书",
        "institution.appraiser",
        law=(f"{CER} 第三十三条",),
        clock="answer",
        carries=("completion",),
        plain="鉴定人正在签署承诺书",
    ),
    Node(
        "plan",
        "制定鉴定方案并报价",
        "institution.appraiser",
        law=(f"{SPC202} 第七条", *gr("第二十三条")),
        clock="answer",
        carries=("completion",),
        plain="鉴定人正在制定鉴定方案",
    ),
    Node("await_fee", "等待交费", SYSTEM, law=gr("第二十九条"), plain="等待当事人交纳鉴定费"),
)
WORKING = (
    Node(
        "examine",
        "检验鉴定",
        "institution.appraiser",
        law=(*gr("第二十七条"), *gr("第二十八条")),
        clock="completion",
        plain="鉴定人正在检验鉴定",
    ),
    Node(
        "examine_supplement",
        "等待补充材料（鉴定中）",
        SYSTEM,
        law=gr("第二十八条第四款"),
        carries=("completion",),
        plain="等待法院补充材料，鉴定期限暂停计算",
    ),
    Node(
        "draft",
        "起草意见书",
        "institution.appraiser",
        law=gr("第三十六条"),
        clock="completion",
        plain="鉴定人正在起草意见书",
    ),
    Node("review", "复核", "institution.reviewer", law=gr("第三十五条"), clock="completion", plain="意见书正在复核"),
    Node(
        "sign",
        "鉴定人签名",
        "institution.appraiser",
        law=gr("第三十七条"),
        clock="completion",
        plain="鉴定人正在签名",
    ),
    Node("issue", "签发", "institution.head", law=gr("第三十八条"), clock="completion", plain="意见书正在签发"),
    Node(
        "deliver",
        "发送意见书",
        "institution.intake",
        law=gr("第三十九条"),
        clock="completion",
        plain="意见书即将发送法院",
    ),
    Node(
        "with_court",
        "法院审查与异议处理（见委托事项）",
        SYSTEM,
        law=(f"{CER} 第三十六条",),
        plain="意见书已交法院",
    ),
    Node(
        "archive", "立卷归档", "institution.archivist", law=gr("第四十二条"), clock="filing", plain="鉴定档案正在归档"
    ),
    Node(
        "decide_recusal",
        "决定回避",
        "institution.head",
        law=(*gr("第二十条"), *gr("第二十一条")),
        carries=("acceptance", "answer", "completion"),
        plain="鉴定机构正在决定回避申请",
    ),
)

"""选择鉴定机构: agreement first, then a draw anyone can recompute, or designation with a recorded reason.

One draw orders the whole list; a refusal or recusal moves to the next name (法释〔2002〕8号 第十二条), and nobody
draws again. The candidate list is committed to the log before the seed exists.
"""

from __future__ import annotations

from jianheng.kernel.procedure import SYSTEM, Act, ClockRule, End, Node, Outcome, Procedure

CER = "最高人民法院关于民事诉讼证据的若干规定"
OLD = "法释〔2002〕8号"

SELECTION = Procedure(
    code="selection",
    version=1,
    title="选择鉴定机构",
    law=(f"{CER} 第三十二条", OLD),
    summary="双方先各自提出意向机构，有一致的即协商选定；没有一致的，公开备选名单后摇号；也可依法指定。",
    seats={
        "unit": "司法技术部门",
        "court": "审理法院",
        "applicant": "申请人一方",
        "respondent": "对方当事人",
    },
    begin="begin",
    nodes=(
        Node("choose_mode", "确定选择方式", "unit.tech", law=(f"{CER} 第三十二条",), plain="法院正在确定选择方式"),
        Node(
            "rank_applicant",
            "申请人提出意向机构",
            "applicant.party",
            law=(f"{CER} 第三十二条",),
            clock="response",
            plain="请申请人按意愿排列鉴定机构",
        ),
        Node(
            "rank_respondent",
            "对方提出意向机构",
            "respondent.party",
            law=(f"{CER} 第三十二条",),
            clock="response",
            plain="请对方当事人按意愿排列鉴定机构",
        ),
        Node(
            "confirm_agreement",
            "审查协商结果",
            "unit.tech",
            law=(f"{CER} 第三十二条", "法〔2020〕202号 第六条"),
            plain="双方意向一致，法院正在审查",
        ),
        Node("commit_list", "确定并公开备选名单", "unit.tech", design=True, plain="法院正在确定备选名单"),
        Node("draw", "摇号", "unit.tech", law=(f"{OLD} 第十条",), plain="等待摇号，双方可以各提供一段随机字符"),
        Node(
            "standby",
            "已选定（候补顺位保留）",
            SYSTEM,
            law=(f"{OLD} 第十二条",),
            plain="已选定鉴定机构",
        ),
    ),
    acts=(
        Act(
            "begin",
            "开始选择机构",
            by=(SYSTEM,),
            outcomes={"done": Outcome(("choose_mode",))},
            law=(f"{CER} 第三十二条",),
            plain="开始选择鉴定机构",
        ),
        Act(
            "invite_ranking",
            "组织协商",
            at=("choose_mode",),
            outcomes={"done": Outcome(("rank_applicant", "rank_respondent"))},
            law=(f"{CER} 第三十二条",),
            plain="法院组织双方协商选择机构",
        ),
        Act(
            "go_to_draw",
            "采用摇号",
            at=("choose_mode", "confirm_agreement"),
            outcomes={"done": Outcome(("commit_list",))},
            law=(f"{OLD} 第十条",),
            plain="法院决定摇号选择",
        ),
        Act(
            "designate",
            "指定机构",
            at=("choose_mode", "commit_list", "confirm_agreement"),
            outcomes={"done": Outcome(("standby",))},
            law=(f"{CER} 第三十二条", f"{OLD} 第十一条"),
            documents=("selection_record",),
            solemn=True,
            plain="法院指定了鉴定机构",
        ),
        Act(
            "choose_outside_list",
            "名册外选择",
            at=("choose_mode",),
            outcomes={"done": Outcome(("standby",))},
            law=(f"{OLD} 第十一条", "最高人民法院关于知识产权民事诉讼证据的若干规定 第二十一条"),
            documents=("selection_record",),
            solemn=True,
            plain="法院在名册外选择了鉴定机构",
        ),
        Act(
            "rank",
            "提交意向机构",
            at=("rank_applicant", "rank_respondent"),
            outcomes={
                "waiting": Outcome(label="等待另一方"),
                "overlap": Outcome(("confirm_agreement",), label="双方意向有一致"),
                "none": Outcome(("commit_list",), label="双方意向没有一致"),
            },
            law=(f"{CER} 第三十二条",),
            plain="提交了意向机构",
        ),
        Act(
            "miss_ranking",
            "逾期未提交意向",
            at=("rank_applicant", "rank_respondent"),
            by=(SYSTEM,),
            outcomes={"done": Outcome(("commit_list",))},
            law=(f"{CER} 第三十二条",),
            plain="期限届满，视为放弃协商",
        ),
        Act(
            "confirm_agreement",
            "确认协商结果",
            at=("confirm_agreement",),
            outcomes={"done": Outcome(("standby",))},
            law=(f"{CER} 第三十二条", "法〔2020〕202号 第六条"),
            documents=("selection_record",),
            solemn=True,
            plain="协商选定了鉴定机构",
        ),
        Act(
            "commit_list",
            "公开备选名单",
            at=("commit_list",),
            outcomes={"done": Outcome(("draw",)), "empty": Outcome(("choose_mode",), label="没有符合条件的机构")},
            design=True,
            solemn=True,
            plain="备选名单已经公开并固定",
        ),
        Act(
            "contribute",
            "提供随机字符",
            at=("draw",),
            by=("applicant.party", "respondent.party"),
            outcomes={"done": Outcome(stays=True)},
            design=True,
            plain="提供了随机字符",
        ),
        Act(
            "draw",
            "摇号",
            at=("draw",),
            outcomes={"done": Outcome(("standby",))},
            law=(f"{OLD} 第十条",),
            documents=("selection_record", "draw_notice"),
            solemn=True,
            plain="摇号选定了鉴定机构",
        ),
        Act(
            "move_on",
            "由下一顺位递补",
            at=("standby",),
            by=(SYSTEM,),
            outcomes={
                "next": Outcome(stays=True, label="递补下一顺位"),
                "exhausted": Outcome(("choose_mode",), label="没有可递补的机构"),
            },
            law=(f"{OLD} 第十二条",),
            documents=("draw_notice",),
            plain="由下一顺位的鉴定机构递补",
        ),
        Act(
            "settle",
            "选择结束",
            at=("standby",),
            by=(SYSTEM,),
            outcomes={"done": Outcome(end="settled")},
            design=True,
            plain="选择结束",
        ),
        Act(
            "cancel",
            "委托结束，不再选择",
            by=(SYSTEM,),
            outcomes={"done": Outcome(end="cancelled")},
            clears=True,
            design=True,
            plain="委托已结束",
        ),
    ),
    ends=(End("settled", "已选定并受理", "已选定鉴定机构"), End("cancelled", "委托结束", "委托已结束")),
    clocks=(
        ClockRule(
            "response", "提交意向期限", "court.selection.response.period", court_set=True, lapse="miss_ranking"
        ),
    ),
)

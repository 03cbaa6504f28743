"""Recusal of the unit's own staff: beside the course of the matter, decided by the judge, reviewed once on request."""

from __future__ import annotations

from jianheng.kernel.procedure import Act, ClockRule, Node, Outcome
from jianheng.modules.entrustment.procedures.sources import CPL

GROUNDS, ASKED, DECIDED_BY, DECIDED_IN = (
    f"{CPL} 第四十七条",
    f"{CPL} 第四十八条",
    f"{CPL} 第四十九条",
    f"{CPL} 第五十条",
)
SIDES = ("applicant.party", "respondent.party")

WHILE_STAFF_IS_CHALLENGED = (
    Node(
        "decide_staff_recusal",
        "决定司法技术人员是否回避",
        "court.judge",
        law=(DECIDED_BY, DECIDED_IN),
        aside=True,
        clock="staff_recusal",
        plain="法院正在决定司法技术人员是否回避，决定前该人员暂停参与本案",
    ),
    Node(
        "review_staff_recusal",
        "复议司法技术人员的回避",
        "court.judge",
        law=(DECIDED_IN,),
        aside=True,
        clock="staff_recusal_review",
        plain="法院正在复议，复议期间该人员不停止参与本案",
    ),
)

ABOUT_STAFF = (
    Act(
        "challenge_staff",
        "申请司法技术人员回避",
        by=SIDES,
        outcomes={"done": Outcome(("decide_staff_recusal",), stays=True)},
        law=(GROUNDS, ASKED),
        plain="当事人申请司法技术人员回避",
    ),
    Act(
        "step_back",
        "自行回避",
        by=("unit.tech",),
        outcomes={"done": Outcome(("decide_staff_recusal",), stays=True)},
        law=(GROUNDS,),
        solemn=True,
        plain="司法技术人员提出自行回避",
    ),
    Act(
        "grant_staff_recusal",
        "准许回避，更换人员",
        at=("decide_staff_recusal", "review_staff_recusal"),
        law=(GROUNDS, DECIDED_BY),
        solemn=True,
        plain="法院决定该司法技术人员回避，已更换",
    ),
    Act(
        "reject_staff_recusal",
        "驳回回避申请",
        at=("decide_staff_recusal", "review_staff_recusal"),
        law=(DECIDED_IN,),
        plain="法院驳回了回避申请",
    ),
    Act(
        "ask_recusal_review",
        "申请复议回避决定",
        by=SIDES,
        outcomes={"done": Outcome(("review_staff_recusal",), stays=True)},
        law=(DECIDED_IN,),
        plain="当事人对回避决定申请复议",
    ),
)

STAFF_CLOCKS = (
    ClockRule("staff_recusal", "作出回避决定的期限", "court.staff_recusal.decision.period"),
    ClockRule("staff_recusal_review", "作出复议决定的期限", "court.staff_recusal.review.period"),
)

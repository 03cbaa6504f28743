"""How what may no longer be kept of a case is erased: proposed by one, approved by another, after a time to object."""

from __future__ import annotations

from jianheng.kernel.procedure import SYSTEM, Act, Node, Outcome
from jianheng.modules.entrustment.procedures.sources import COURT, PARTIES

PIPL = "个人信息保护法 第四十七条"
LEADER = ("court.leader",)

WHILE_ERASING = (
    Node(
        "erasing_asked",
        "销毁待批准",
        "court.leader",
        law=(PIPL,),
        aside=True,
        plain="法院正在审批是否销毁本案的个人信息",
    ),
    Node(
        "erasing_due",
        "待销毁",
        SYSTEM,
        law=(PIPL,),
        aside=True,
        clock="erasing",
        plain="本案的个人信息将在期满后销毁，您可以提出异议",
    ),
)

ABOUT_ERASING = (
    Act(
        "propose_erasing",
        "提请销毁个人信息",
        by=COURT,
        outcomes={"done": Outcome(("erasing_asked",), stays=True)},
        law=(PIPL,),
        solemn=True,
        afterwards=True,
        plain="法院提请销毁本案的个人信息",
    ),
    Act(
        "approve_erasing",
        "批准销毁",
        at=("erasing_asked",),
        by=LEADER,
        outcomes={"done": Outcome(("erasing_due",))},
        law=(PIPL,),
        apart_from=("propose_erasing",),
        other_post=True,
        solemn=True,
        afterwards=True,
        plain="法院批准销毁本案的个人信息",
    ),
    Act(
        "stop_erasing",
        "不予销毁",
        at=("erasing_asked", "erasing_due"),
        by=LEADER,
        law=(PIPL,),
        afterwards=True,
        plain="法院决定不予销毁",
    ),
    Act(
        "object_erasing",
        "对销毁提出异议",
        at=("erasing_due",),
        by=PARTIES,
        law=(PIPL,),
        afterwards=True,
        plain="当事人对销毁提出异议",
    ),
    Act(
        "carry_erasing",
        "销毁个人信息",
        at=("erasing_due",),
        by=(SYSTEM,),
        law=(PIPL,),
        documents=("erasure_certificate",),
        afterwards=True,
        plain="本案的个人信息已经销毁",
    ),
)

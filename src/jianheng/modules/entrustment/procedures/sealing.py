"""How a case or a single paper of it is sealed and opened again: by nobody alone, and also after the case is over."""

from __future__ import annotations

from jianheng.kernel.procedure import Act, Node, Outcome
from jianheng.modules.entrustment.procedures.sources import COURT, CPL

SECRETS = (f"{CPL} 第七十一条", f"{CPL} 第一百三十七条")
LEADER = ("court.leader",)

WHILE_SEALING = (
    Node("seal_asked", "封存待批准", "court.leader", law=SECRETS, aside=True, plain="法院正在审批是否封存"),
    Node("opening_asked", "解封待批准", "court.leader", law=SECRETS, aside=True, plain="法院正在审批是否解封"),
)

ABOUT_SEALING = (
    Act(
        "seal",
        "提请封存",
        by=COURT,
        outcomes={"done": Outcome(("seal_asked",), stays=True)},
        law=SECRETS,
        solemn=True,
        afterwards=True,
        plain="法院提请封存",
    ),
    Act(
        "confirm_seal",
        "批准封存",
        at=("seal_asked",),
        by=LEADER,
        law=SECRETS,
        apart_from=("seal",),
        other_post=True,
        solemn=True,
        afterwards=True,
        plain="法院决定封存",
    ),
    Act(
        "open_seal",
        "提请解封",
        by=COURT,
        outcomes={"done": Outcome(("opening_asked",), stays=True)},
        law=SECRETS,
        solemn=True,
        afterwards=True,
        plain="法院提请解封",
    ),
    Act(
        "confirm_opening",
        "批准解封",
        at=("opening_asked",),
        by=LEADER,
        law=SECRETS,
        apart_from=("open_seal",),
        other_post=True,
        solemn=True,
        afterwards=True,
        plain="法院决定解封",
    ),
    Act(
        "refuse_sealing",
        "不予批准",
        at=("seal_asked", "opening_asked"),
        by=LEADER,
        law=SECRETS,
        afterwards=True,
        plain="法院不予批准封存或者解封",
    ),
)

"""How a party's phone is corrected: beside the course of the matter, by nobody alone."""

from __future__ import annotations

from jianheng.kernel.procedure import SYSTEM, Act, Node, Outcome
from jianheng.modules.entrustment.procedures.sources import COURT_OR_UNIT

ASKED = ("contact_asked_applicant", "contact_asked_respondent")
WAITING = ("contact_waiting_applicant", "contact_waiting_respondent")
PENDING = (*ASKED, *WAITING)

WHILE_CONTACTS_WAIT = tuple(
    Node(
        f"contact_{stage}_{side}",
        f"{who}{title}",
        f"{side}.party",
        design=True,
        aside=True,
        clock=clock,
        plain="法院拟更正您的联系电话，请确认是否本人要求；不是本人要求的，请提出异议",
    )
    for stage, title, clock in (("asked", "联系方式更正待确认", ""), ("waiting", "联系方式更正待生效", "contact"))
    for side, who in (("applicant", "申请人"), ("respondent", "对方当事人"))
)

ABOUT_CONTACTS = (
    Act(
        "correct_contact",
        "更正联系方式",
        by=COURT_OR_UNIT,
        outcomes={
            "applicant": Outcome(("contact_asked_applicant",), stays=True, label="申请人"),
            "respondent": Outcome(("contact_asked_respondent",), stays=True, label="对方当事人"),
        },
        design=True,
        plain="法院提出更正当事人的联系方式",
    ),
    Act(
        "confirm_contact",
        "确认联系方式的更正",
        at=ASKED,
        by=COURT_OR_UNIT,
        outcomes={
            "applicant": Outcome(("contact_waiting_applicant",), label="申请人"),
            "respondent": Outcome(("contact_waiting_respondent",), label="对方当事人"),
        },
        apart_from=("correct_contact",),
        other_post=True,
        design=True,
        solemn=True,
        plain="法院的另一人核实了联系方式的更正",
    ),
    Act(
        "accept_contact",
        "同意更正联系方式",
        at=PENDING,
        design=True,
        solemn=True,
        plain="当事人同意更正联系方式",
    ),
    Act(
        "object_contact",
        "对更正联系方式提出异议",
        at=PENDING,
        design=True,
        plain="当事人对更正联系方式提出异议",
    ),
    Act(
        "drop_contact",
        "不予更正联系方式",
        at=PENDING,
        by=COURT_OR_UNIT,
        design=True,
        plain="法院不予更正联系方式",
    ),
    Act(
        "carry_contact",
        "联系方式的更正生效",
        at=WAITING,
        by=(SYSTEM,),
        design=True,
        plain="联系方式已经更正",
    ),
)

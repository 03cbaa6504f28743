"""Applying after the court's explanation: in time, out of time with reasons, or not at all (nodes 1, 2)."""

from __future__ import annotations

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import NotAppliedError
from jianheng.modules.entrustment.terms import Origin
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Given, Text, Turn, carries_out


class Application(Given):
    """What a party says when applying."""

    reasons: Text = Field(title="事实与理由")


@carries_out("entrustment", "apply", given=Application)
def apply(turn: Turn, given: Application) -> None:
    """A party applies within the set time (证据规定 第三十一条), or the judge records its application."""
    entrustment = papers.of(turn)
    entrustment.origin, entrustment.applied_on = Origin.APPLICATION, turn.today
    entrustment.save(update_fields=["origin", "applied_on"])
    papers.application(turn, entrustment, reasons=given.reasons)


@carries_out("entrustment", "lapse_application")
def lapse_application(turn: Turn, given: Given) -> None:
    """The time to apply has passed; the judge decides what follows (证据规定 第三十一条第一款; 民事诉讼法 第八十六条)."""
    entrustment = papers.of(turn)
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge")],
        text=f"{entrustment.case_number}：申请鉴定的期限届满，{entrustment.applicant}未提出申请，请处理。",
    )


class LateApplication(Application):
    """What a party says when applying out of time."""

    delay: Text = Field(title="逾期的理由", description="如因不可抗拒的事由耽误，写明障碍何时消除")


@carries_out("entrustment", "explain_delay", given=LateApplication)
def explain_delay(turn: Turn, given: LateApplication) -> None:
    """A party applies out of time and says why (民事诉讼法 第八十六条); the judge decides."""
    entrustment = papers.of(turn)
    entrustment.origin, entrustment.applied_on = Origin.APPLICATION, turn.today
    entrustment.save(update_fields=["origin", "applied_on"])
    papers.application(turn, entrustment, reasons=f"{given.reasons}\n逾期申请的理由：{given.delay}")


class Judged(Given):
    """What the judge finds."""

    facts: Text = Field(title="事实和理由")


@carries_out("entrustment", "allow_late_application", given=Judged)
def allow_late_application(turn: Turn, given: Judged) -> None:
    """Accept an application out of time for a good reason; refuses where nobody has applied."""
    if papers.of(turn).applied_on is None:
        raise NotAppliedError


@carries_out("entrustment", "declare_not_applied", given=Judged)
def declare_not_applied(turn: Turn, given: Judged) -> None:
    """Find that the application was waived by not applying in time (证据规定 第三十一条第一款)."""
    entrustment = papers.of(turn)
    turn.issue(
        "lapse_notice",
        data={
            **papers.heading(entrustment),
            "addressee": entrustment.applicant,
            "matter": entrustment.subject,
            "ground": "NOT_APPLIED",
            "facts": given.facts,
            "due_on": turn.latest_due("application"),
        },
        signers=papers.by_judge(turn),
    )
    turn.publish("entrustment.ended", end="waived")
